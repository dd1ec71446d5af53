/** Ghost text: at the end, in the middle, in a new document; other ideas, and accepting. */
import { beginnings, contains, continuations, newDocument, wide } from '../stories.mjs';

/** Those of its pictures that the README shows. */
export const readmePictures = ['ghost-text'];

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  const { page } = writer;

  await step('ghost text at the end of a long document; the usual keys lead through three', async () => {
    await writer.goToEndOfProse('garden.md');
    let candidates = [];
    await writer.typeUntilGhost(continuations['garden.md'], async () => {
      await writer.shot('ghost-text', [writer.ghost], wide);
      candidates = await writer.cycle();
      return candidates.length >= 3;
    });
    await page.mouse.move(500, 300);
    return candidates.map((each) => `“${each}”`).join(' | ');
  });

  await step('Tab accepts the one that is shown', async () => {
    const shown = await writer.ghostText();
    await writer.press('Tab');
    await writer.save('garden.md', (text) => contains(text, shown));
    return shown;
  });

  await step('ghost text finishes a sentence in the middle', async () => {
    const suggestion = await writer.typeUntilGhost(beginnings);
    await writer.shot('ghost-text-middle', [writer.ghost], wide);
    await writer.press('Escape');
    return suggestion;
  });

  await step('ghost text in a new document', async () => {
    await writer.open('ferry.md');
    const suggestion = await writer.typeUntilGhost(newDocument);
    await writer.shot('ghost-text-new', [writer.ghost], wide);
    await writer.press('Tab');
    await writer.save('ferry.md', (text) => contains(text, suggestion));
    return suggestion;
  });
}
