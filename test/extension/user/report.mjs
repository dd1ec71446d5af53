/** The concept report. */
import assert from 'node:assert/strict';
import { plain } from '../editorPage.mjs';

/** Those of its pictures that the README shows. */
export const readmePictures = ['concept-report'];

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  const { page } = writer;
  const report = page.locator('.editor-group-container', { has: page.locator('.tab', { hasText: 'Concept report' }) });
  const lines = report.locator('.view-line');
  const text = async () => (await lines.allTextContents()).map(plain).join('\n');

  await step('the report tells of each section what it is about', async () => {
    await writer.goTo(1);
    await writer.palette('Foresay: Open Concept Report');
    await writer.until('the report', async () => /What it is about/.test(await text()));
    await writer.shot('concept-report');
    return (await text()).slice(0, 120);
  });

  await step('a place in it is a link into the text', async () => {
    const place = lines.locator('.detected-link', { hasText: /^L\d+$/ }).nth(1);
    const [, line] = /L(\d+)/.exec(plain(await place.textContent()));
    await place.click({ modifiers: ['Control'] });
    await writer.until('the cursor there', async () =>
      (await page.locator('.statusbar').textContent()).includes(`Ln ${line}, Col`),
    );
    return `L${line}`;
  });

  await step('it follows an edit', async () => {
    const before = await text();
    await writer.open('garden.md');
    await writer.press('Control+Home');
    await writer.keyboard.type('The ferry leaves the island at seven. ');
    await writer.until('the other report', async () => (await text()) !== before);
    assert.match(await text(), /ferry/);
  });
}
