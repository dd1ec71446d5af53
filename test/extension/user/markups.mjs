/** Ghost text in every markup but Markdown, in a comment of a source file, and in a notebook's cell. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { succeeds } from '../editorPage.mjs';
import { contains, continuations, wide } from '../stories.mjs';

const prose =
  'The harbor lies on the west coast. Its mouth is narrow, and the water runs fast when the tide turns. The pilots wait for the slack before they take a boat in.';
/** Typed at the end of each document; more than one, because silence is a valid answer to any of them. */
const more = [
  ' The old harbor wall was built by the fishermen of the village.',
  ' In winter the storms throw the waves over it.',
  ' The council wants to repair it before the next season.',
];
const cell = { cell_type: 'markdown', metadata: {}, source: [`# Harbor\n`, `\n`, prose] };

/** Documents of its own, by name. */
export const documents = {
  'harbor.adoc': `= Harbor\nAda Holm\n\n// A comment.\n\n== Tides\n\n----\nload("tides")\n----\n\n${prose}\n`,
  'harbor.rst': `Harbor\n======\n\n.. note:: Nobody swims here.\n\n.. code-block:: python\n\n   load("tides")\n\n${prose}\n`,
  'harbor.typ': `#set text(lang: "en")\n\n= Harbor\n\n#figure(image("map.png"))\n\n${prose}\n`,
  'harbor.org': `#+title: Harbor\n\n* Tides\n:PROPERTIES:\n:CUSTOM_ID: tides\n:END:\n\n${prose}\n`,
  'gate.py': `import tides\n\n# ${prose}\n`,
  'harbor.ipynb': JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 }),
};

async function ghostAndAccept(writer, file, texts = continuations[file] ?? more) {
  await writer.open(file);
  await writer.goToEndOfProse(file);
  const suggestion = await writer.typeUntilGhost(texts);
  await writer.shot(`ghost-text${path.extname(file).replace('.', '-')}`, [writer.ghost], wide);
  await writer.press('Tab');
  await writer.save(file, (text) => contains(text, suggestion));
  return suggestion;
}

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  const { keyboard, page } = writer;
  await step('LaTeX: ghost text, accepted', () => ghostAndAccept(writer, 'lighthouse.tex'));

  await step('plain text: ghost text, accepted', () => ghostAndAccept(writer, 'bread.txt'));

  for (const [language, file] of [
    ['AsciiDoc', 'harbor.adoc'],
    ['reStructuredText', 'harbor.rst'],
    ['Typst', 'harbor.typ'],
    ['Org', 'harbor.org'],
  ]) {
    await step(`${language}: ghost text, accepted`, async () => {
      const suggestion = await ghostAndAccept(writer, file);
      assert.match(await page.locator('.statusbar').textContent(), new RegExp(language));
      return suggestion;
    });
  }

  await step('a comment of a source file, once they are read', async () => {
    writer.configure({ 'foresay.comments.enable': true });
    return ghostAndAccept(writer, 'gate.py');
  });

  await step("a notebook's Markdown cell: ghost text", async () => {
    await writer.open('harbor.ipynb');
    await page.locator('.notebookOverlay .cell-list-container').first().waitFor();
    /** Into the cell, to write in it, once the notebook takes keys. */
    const enterCell = async () => {
      await writer.until('the cell', async () => {
        await writer.press('Enter');
        return succeeds(page.locator('.notebookOverlay .view-lines').first().waitFor({ timeout: 3000 }));
      });
      await writer.press('Control+End');
    };
    await enterCell();
    const suggestion = await writer.typeUntilGhost(more, undefined, enterCell);
    await writer.shot('ghost-text-notebook', [writer.ghost], wide);
    await keyboard.press('Tab');
    await writer.save('harbor.ipynb', (text) => contains(text, suggestion));
    return suggestion;
  });
}
