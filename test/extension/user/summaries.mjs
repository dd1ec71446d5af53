/** Summaries of a section and of a selection, and where they go. */
import { modelLimit } from '../editorPage.mjs';
import { firstParagraph, waterParagraph } from '../stories.mjs';

/** Those of its pictures that the README shows. */
export const readmePictures = ['summary'];

/** Chooses where the summary goes, once it is there; gives the quoted line on disk. */
async function placeSummary(writer, file, place, picture) {
  const { page } = writer;
  const row = writer.row(place);
  await row.waitFor({ timeout: modelLimit });
  await page.locator('.tab', { hasText: 'Summary' }).first().waitFor({ timeout: modelLimit });
  await writer.shot(picture);
  await row.click();
  await page.locator('.tab.active', { hasText: file }).first().click();
  const lines = () =>
    writer
      .saved(file)
      .split('\n')
      .filter((line) => line.startsWith('> **Summary.** '));
  const before = lines();
  await writer.save(file, () => lines().length > before.length, 'the summary on disk');
  return lines().find((line) => !before.includes(line));
}

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  const { page } = writer;

  await step('a section is summarised from the code action menu and inserted above', async () => {
    await writer.open('garden.md');
    await writer.goTo(waterParagraph, 200);
    await writer.clickRow(await writer.codeAction(/Summarise section in 3/));
    return placeSummary(writer, 'garden.md', 'Insert above', 'summary');
  });

  await step('the summary in the document', async () => {
    await page.waitForTimeout(500);
    await writer.shot('summary-inserted', [page.locator('.view-line', { hasText: 'Summary.' })], {
      top: 90,
      bottom: 160,
    });
  });

  await step('a selection is summarised from the code action menu and inserted below', async () => {
    await writer.open('garden.md');
    await writer.goTo(firstParagraph);
    await writer.press('Shift+ArrowDown', 3);
    await writer.clickRow(await writer.codeAction(/Summarise selection in one/));
    return placeSummary(writer, 'garden.md', 'Insert below', 'summary-selection');
  });

  await step('Summarise Section asks for a length first, and can be kept open', async () => {
    await writer.open('garden.md');
    await writer.goTo(firstParagraph);
    await writer.palette('Foresay: Summarise Section');
    await writer.row('2 sentences').click();
    const keep = writer.row('Only keep it open');
    await keep.waitFor({ timeout: modelLimit });
    await keep.click();
    await writer.close('Summary');
    await page.locator('.tab', { hasText: 'garden.md' }).first().click();
  });
}
