/** Find by meaning, with the keyboard alone: in this document, in files that are not open, and the index forgotten again. */
import assert from 'node:assert/strict';
import { modelLimit, plain } from '../editorPage.mjs';
import { wide } from '../stories.mjs';

/** Documents of its own, by name. */
export const documents = {
  'logbook/november.md': [
    '# November',
    '',
    'The crossing on Tuesday was called off because of the storm. Forty people slept in the waiting room.',
    '',
    '## Repairs',
    '',
    'A new propeller costs more than we earn in a month. The mechanic comes from the mainland on Friday.',
    '',
  ].join('\n'),
  'logbook/secret.md': 'The boat did not sail since the weather was too bad.\n',
  '.gitignore': 'secret.md\n',
};
/** Those of its pictures that the README shows. */
export const readmePictures = ['find-by-meaning'];

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  const { page } = writer;
  const title = (text) => page.locator('.quick-input-title', { hasText: text });
  const input = page.locator('.quick-input-widget:visible input').first();
  const firstRow = page.locator('.quick-input-list .monaco-list-row', { hasText: 'similarity' }).first();
  const told = async () => plain((await firstRow.textContent()) ?? '');
  /** The list is gone, and the editor has the keyboard again. */
  const left = async () => {
    await page.locator('.quick-input-widget').first().waitFor({ state: 'hidden' });
    await page.locator('.editor-group-container.active .monaco-editor.focused').first().waitFor();
    await page.waitForTimeout(1000);
  };
  const line = async () => /Ln (\d+)/.exec(await page.locator('.statusbar').textContent())?.[1];

  await step(
    'Find by Meaning in This Document… shows each sentence in place, and goes to the one that is chosen',
    async () => {
      await writer.open('garden.md');
      await writer.goTo(1);
      await writer.palette('Foresay: Find by Meaning in This Document');
      await title('Find by meaning in this document').waitFor();
      await writer.keyboard.type('who waters the beds while somebody is on holiday', { delay: 20 });
      await writer.until('the sentence', async () => /water for them/.test(await told()));
      await writer.shot('find-by-meaning-document');
      const row = await told();
      const place = /garden\.md:(\d+)/.exec(row)?.[1];
      // It is in view, and left again where it is not wanted.
      await writer.press('Escape');
      await left();
      await writer.until('the place where one was', async () => (await line()) === '1');
      await writer.palette('Foresay: Find by Meaning in This Document');
      await input.fill('who waters the beds while somebody is on holiday');
      await writer.until('the sentence', async () => /water for them/.test(await told()));
      await writer.press('Enter');
      await left();
      assert.equal(await line(), place);
      return row;
    },
  );

  await step('Find by Meaning… starts from the sentence at the cursor, without a word typed', async () => {
    await writer.palette('Foresay: Find by Meaning…');
    await title('Find by meaning').waitFor();
    await writer.until('neighbors', async () => /similarity 0\.\d\d/.test(await told()));
    const row = await told();
    assert.doesNotMatch(row, /water for them/);
    await writer.press('Escape');
    await left();
    return row;
  });

  await step(
    'the whole workspace is read when that is asked for, and a file that was never opened is found',
    async () => {
      await writer.palette('Foresay: Find by Meaning…');
      await input.fill('the boat did not sail since the weather was too bad');
      await writer.row('Search the whole workspace').waitFor({ timeout: modelLimit });
      await writer.shot('find-by-meaning-offer');
      // One up from the first sentence.
      await writer.press('ArrowUp');
      await writer.press('Enter');
      await title(/sentences of \d+ files/).waitFor({ timeout: modelLimit });
      const focused = page.locator('.quick-input-list .monaco-list-row.focused').first();
      const active = async () => plain((await focused.textContent()) ?? '');
      await writer.until('the sentence', async () => {
        if (/called off because of the storm/.test(await active())) return true;
        await writer.press('ArrowDown');
        await page.waitForTimeout(500);
        return false;
      });
      await page.locator('.tab.active', { hasText: 'november.md' }).waitFor();
      await writer.shot('find-by-meaning', [page.locator('.quick-input-widget')], { ...wide, top: 0, bottom: 240 });
      const row = await active();
      assert.match(row, /logbook\/november\.md:3/);
      assert.equal(await writer.row('secret.md').count(), 0);
      await writer.press('Enter');
      await left();
      assert.equal(await line(), '3');
      return row;
    },
  );

  await step('Clear Search Index… says how much there is, and deletes it', async () => {
    await writer.palette('Foresay: Clear Search Index');
    const dialog = page.locator('.monaco-dialog-box', { hasText: 'The search index takes' });
    await dialog.waitFor({ timeout: modelLimit });
    const question = plain((await dialog.textContent()) ?? '');
    assert.match(question, /takes \d\.\d MB on this disk\. It holds \d+ sentences of \d+ files/);
    await writer.shot('find-by-meaning-clear');
    await writer.press('Enter');
    await page.locator('.statusbar', { hasText: 'Search index deleted' }).waitFor({ timeout: modelLimit });
    return question;
  });
}
