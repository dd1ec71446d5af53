/** The flow heatmap. */
import assert from 'node:assert/strict';
import { waterParagraph } from '../stories.mjs';

/** Those of its pictures that the README shows. */
export const readmePictures = ['flow-heatmap'];

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  const { page } = writer;
  /** Different backgrounds of the text. */
  const tints = () =>
    page.$$eval('.view-overlays .cdr', (found) => [
      ...new Set(found.map((each) => getComputedStyle(each).backgroundColor).filter((color) => /0\.\d+\)/.test(color))),
    ]);

  await step('the heatmap tints sentences that jump, and those that stay close', async () => {
    // On an empty line: a word under the cursor is tinted by the editor itself, a moment later.
    await writer.goTo(waterParagraph - 1);
    const before = (await tints()).length;
    await writer.palette('Foresay: Show or Hide Flow Heatmap');
    await writer.until('the tints', async () => (await tints()).length >= before + 2);
    await writer.shot('flow-heatmap');
    await writer.palette('Foresay: Show or Hide Flow Heatmap');
    await writer.until('no tint', async () => (await tints()).length <= before);
    assert.equal((await tints()).length, before);
  });
}
