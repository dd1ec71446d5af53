/** The hover of a sentence. */
import assert from 'node:assert/strict';
import { plain } from '../editorPage.mjs';
import { waterParagraph, wide } from '../stories.mjs';

/** Those of its pictures that the README shows. */
export const readmePictures = ['hover'];

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  const { page } = writer;

  await step('hover tells similarities with links', async () => {
    await writer.open('garden.md');
    await writer.goTo(waterParagraph, 200);
    const box = page.locator('.monaco-hover:not(.hidden) .hover-contents', { hasText: /Similarity/ }).first();
    await writer.until('the hover', async () => {
      await writer.press('Control+K');
      await writer.press('Control+I');
      return box.waitFor({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
    });
    const told = plain(await box.textContent());
    assert.match(told, /line \d+/);
    await writer.shot('hover', [page.locator('.monaco-hover:not(.hidden)')], { ...wide, top: 60 });
    await writer.press('Escape');
    return told.replace(/\s+/g, ' ').slice(0, 160);
  });
}
