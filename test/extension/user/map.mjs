/** The concept map. */
import assert from 'node:assert/strict';
import { plain } from '../editorPage.mjs';
import { waterParagraph } from '../stories.mjs';

/** Those of its pictures that the README shows. */
export const readmePictures = ['concept-map', 'concept-map-dark'];

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  const { page } = writer;
  /** The map's own page, two frames deep; the outer ones are the workbench's. */
  const map = page.frameLocator('iframe.webview').frameLocator('#active-frame');
  const rows = map.locator('.sentence');
  const selected = map.locator('.sentence[aria-selected="true"]');
  const isLaidOut = async () => (await map.locator('#notice').textContent()) === '' && (await rows.count()) > 50;
  const lineOf = (text) =>
    writer
      .saved('garden.md')
      .split('\n')
      .findIndex((each) => each.includes(text)) + 1;
  const cursorAt = (line) =>
    writer.until(`line ${line}`, async () =>
      (await page.locator('.statusbar').textContent()).includes(`Ln ${line}, Col`),
    );

  await step('the map draws the sentences, and lists them by section', async () => {
    await writer.goTo(waterParagraph, 100);
    await writer.palette('Foresay: Open Concept Map');
    await writer.until('the map', isLaidOut);
    assert.equal(await map.locator('.section').count(), 8);
    await map.locator('.sentence.cursor').waitFor();
    return rows.count();
  });

  await step('keys go through it: down the text, to the nearest sentence and back, and into the text', async () => {
    await map.locator('#list').focus();
    await writer.press('ArrowDown', 2);
    const first = plain(await selected.textContent());
    await writer.press('ArrowRight');
    const near = await writer.until('another sentence', async () => {
      const now = plain(await selected.textContent());
      return now !== first && now;
    });
    assert.match(await map.locator('#spoken').textContent(), /similarity \d\.\d\d/);
    await writer.shot('concept-map');
    await writer.press('ArrowLeft');
    await writer.until('the way back', async () => plain(await selected.textContent()) === first);
    await writer.press('ArrowRight');
    await writer.press('Enter');
    await cursorAt(lineOf(near));
    return `${first} -> ${near}`;
  });

  await step('a new sentence gets a place, and the cursor is followed', async () => {
    const before = await rows.count();
    await writer.press('Control+1');
    await writer.press('Control+End');
    await writer.keyboard.type('\n\nThe ferry leaves the island at seven in the morning.');
    await writer.until('the new sentence', async () => (await rows.count()) === before + 1);
    await writer.until('the cursor', async () =>
      /ferry/.test((await map.locator('.sentence.cursor').textContent({ timeout: 1000 })) ?? ''),
    );
  });

  await step('it has the colors of the theme', async () => {
    for (const [theme, picture] of [
      ['Default Dark Modern', 'concept-map-dark'],
      ['Default High Contrast', 'concept-map-high-contrast'],
      [undefined, 'concept-map-light'],
    ]) {
      writer.configure({ 'workbench.colorTheme': theme });
      await page.waitForTimeout(1500);
      await writer.shot(picture);
    }
  });
}
