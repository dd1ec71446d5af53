/** The hover of a sentence. */
import assert from 'node:assert/strict';
import { waterParagraph, wide } from '../stories.mjs';

/** Those of its pictures that the README shows. */
export const readmePictures = ['hover'];

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  const { page } = writer;

  await step('hover tells similarities with links', async () => {
    await writer.open('garden.md');
    await writer.goTo(waterParagraph, 200);
    const told = await writer.hover(/Similarity/);
    assert.match(told, /line \d+/);
    await writer.shot('hover', [page.locator('.monaco-hover:not(.hidden)')], { ...wide, top: 60 });
    await writer.press('Escape');
    return told.replace(/\s+/g, ' ').slice(0, 160);
  });
}
