/** Leading the ideas: more and less like one, closer to the text, goals to pick, gaps, paragraphs, and accepted text. */
import assert from 'node:assert/strict';
import { modelLimit, plain } from '../editorPage.mjs';
import { contains } from '../stories.mjs';

const ferry = [
  '# The Ferry',
  '',
  'The ferry leaves the island at seven in the morning. Most of the passengers are children on their way to school.',
  '',
  'In winter the sea is often too rough for the crossing. Then the teachers send the lessons by radio.',
  '',
  '## The Harbor',
  '',
  'The old harbor wall was built from stones of the ruined castle. It has to be repaired after every storm.',
  '',
].join('\n');

export const documents = { 'island.md': ferry };

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  const { page } = writer;
  const title = page.locator('.quick-input-title');
  /** First lines of the rows; their second lines are labels too. */
  const labels = async () =>
    (
      await page.$$eval('.quick-input-list .monaco-list-row', (rows) =>
        rows.map((row) => row.querySelector('.label-name')?.textContent ?? ''),
      )
    ).map(plain);
  const ideas = async () =>
    (await page.locator('.quick-input-list .monaco-list-row', { hasText: 'score' }).allTextContents()).map(plain);
  /** Waits until the list has answered. */
  const answered = (what) =>
    writer.until(what, async () => /Pick the idea|no suggestion here/.test(await placeholder()), modelLimit);
  const placeholder = async () =>
    (await page.locator('.quick-input-widget:visible input').first().getAttribute('placeholder')) ?? '';
  const titled = (text) =>
    writer.until(`the title ${text}`, async () => plain((await title.textContent()) ?? '').includes(text));
  const decorations = () =>
    page.$$eval('.view-lines span', (spans) =>
      spans.map((span) => getComputedStyle(span, '::after').content).join(' '),
    );

  await step(
    'an idea is wanted more, another less; the list is led there, and the facts are in its title',
    async () => {
      await writer.open('garden.md');
      await writer.goToEndOfProse('garden.md');
      await writer.palette('Foresay: Suggest Next Sentence');
      await titled('seed 0');
      await answered('ideas');
      const first = await ideas();
      const [liked] = await labels();
      assert.ok(first.length >= 1, 'no idea');
      await writer.shot('ideas-named');
      await writer.press('Alt+m');
      await titled('seed 1');
      await answered('more like it');
      assert.ok((await labels()).includes(liked), 'the idea that was liked has gone');
      await writer.shot('ideas-more');
      await writer.press('ArrowDown');
      await writer.press('Alt+l');
      await titled('seed 2');
      await answered('less like it');
      await writer.shot('ideas-less');
      await writer.press('Alt+c');
      await titled('guidance 4.5');
      await answered('closer to the text');
      const closer = await ideas();
      await writer.press('Alt+a');
      await titled('guidance 3');
      await writer.press('Alt+a');
      await titled('guidance 2');
      await answered('more adventurous');
      await writer.shot('ideas-adventurous');
      const text = (await labels()).find((label) => /\p{L}{3}/u.test(label));
      await writer.press('Enter');
      await writer.save('garden.md', (saved) => contains(saved, text ?? ''));
      return `first: ${first.join(' | ')}; closer: ${closer.join(' | ')}`;
    },
  );

  await step('goals to pick: what is typed, the next section, headings, sentences', async () => {
    await writer.open('island.md');
    await writer.goTo(3, 200);
    await writer.palette('Foresay: Suggest Towards');
    await titled('Suggest towards');
    await writer.row('its first sentence').waitFor();
    await writer.shot('goals');
    assert.deepEqual(
      (await labels()).slice(0, 2).map((label) => label.trim()),
      ['The Harbor', 'The old harbor wall was built from stones of the ruined castle.'],
    );
    await writer.keyboard.type('radio');
    await writer.row('what you typed').waitFor();
    await writer.row('lessons by radio').waitFor();
    await writer.shot('goals-typed');
    await writer.press('ArrowDown');
    await writer.press('Enter');
    await titled('towards “Then the teachers');
    await answered('ideas');
    await writer.shot('ideas-towards');
    const found = await ideas();
    await writer.press('Escape');
    return found.join(' | ');
  });

  await step('a gap between two paragraphs is filled from the code action menu', async () => {
    await writer.open('island.md');
    await writer.goTo(4);
    await writer.clickRow(await writer.codeAction('Fill the gap'));
    await titled('Filling the gap');
    await answered('ideas');
    const found = await ideas();
    assert.ok(found.length > 0, 'nothing to fill the gap with');
    const [text] = await labels();
    await writer.until('the idea in place', async () => contains(plain(await decorations()), text));
    await writer.shot('gap');
    await writer.press('Enter');
    await writer.save('island.md', (saved) => contains(saved, text));
    const lines = writer.saved('island.md').split('\n');
    assert.equal(lines[4], '', 'the paragraphs have run together');
    await writer.shot('gap-filled');
    return found.join(' | ');
  });

  await step('the next paragraph comes sentence by sentence, and is undone in one step', async () => {
    await writer.open('garden.md');
    const before = writer.saved('garden.md');
    await writer.press('Control+End');
    await writer.palette('Foresay: Next Paragraph');
    await titled('Next paragraph');
    await writer.until('the end of it', async () => /Pick the last|It ends here/.test(await placeholder()));
    const sentences = await ideas();
    assert.ok(sentences.length > 0, 'no sentence');
    await writer.shot('paragraph');
    await writer.press('Enter');
    await writer.save('garden.md', (saved) => saved.length > before.length);
    const after = writer.saved('garden.md');
    await writer.shot('paragraph-inserted');
    await writer.press('Control+z');
    await writer.save('garden.md', (saved) => saved === before);
    return after.slice(before.trimEnd().length);
  });
}
