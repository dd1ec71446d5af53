/** The lists of ideas: for the next sentence, and towards a phrase. */
import assert from 'node:assert/strict';
import { modelLimit, plain } from '../editorPage.mjs';
import { contains, newDocument, wide } from '../stories.mjs';

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  const { page } = writer;

  await step('Suggest Next Sentence… lists the ideas and inserts one', async () => {
    await writer.open('ferry.md');
    await writer.press('Control+End');
    const title = page.locator('.quick-input-title', { hasText: 'Next sentence' });
    /** True once there are ideas to pick from, false if the picker closed without. */
    const offered = async () => {
      await writer.palette('Foresay: Suggest Next Sentence');
      await title.waitFor({ timeout: modelLimit });
      const answer = () => writer.row('score').isVisible();
      await writer.until('an answer', async () => (await answer()) || !(await title.isVisible()));
      return answer();
    };
    let found = false;
    for (const text of newDocument) {
      if (found) break;
      await writer.keyboard.type(text);
      found = await offered();
    }
    assert.ok(found, 'no idea after any sentence');
    await writer.shot('next-sentence', [page.locator('.quick-input-widget')], { ...wide, bottom: 30 });
    const idea = plain((await writer.row('score').locator('.label-name').first().textContent()) ?? '');
    await writer.press('Enter');
    await writer.save('ferry.md', (text) => contains(text, idea));
    return idea;
  });

  await step('Suggest Towards… leads the ideas to a phrase, and shows them in place', async () => {
    await writer.open('garden.md');
    await writer.goToEndOfProse('garden.md');
    await writer.keyboard.type(' The new orchard is far from the old garden.');
    const list = page.locator('.quick-input-title', { hasText: 'Next sentence, towards' });
    const idea = writer.row('score').locator('.label-name').first();
    /** True once there are ideas to pick from, false if the picker closed without. */
    const offered = async (goal) => {
      await writer.palette('Foresay: Suggest Towards');
      await page.locator('.quick-input-title', { hasText: 'Suggest towards' }).waitFor();
      await writer.keyboard.type(goal);
      await writer.row('what you typed').waitFor();
      await writer.press('Enter');
      await list.waitFor();
      await writer.until('an answer', async () => (await idea.isVisible()) || !(await list.isVisible()));
      return idea.isVisible();
    };
    let found = false;
    for (const goal of ['the children of the school', 'water for the tomatoes', 'what a plot costs in a year']) {
      found ||= await offered(goal);
    }
    assert.ok(found, 'no idea towards any goal');
    const text = plain((await idea.textContent()) ?? '');
    // Decorations are written by style sheets.
    const decorations = () =>
      page.$$eval('.view-lines span', (spans) =>
        spans.map((span) => getComputedStyle(span, '::after').content).join(' '),
      );
    await writer.until('the idea in place', async () => contains(plain(await decorations()), text));
    await writer.shot('next-sentence-towards');
    await writer.press('Enter');
    await writer.save('garden.md', (saved) => contains(saved, text));
    return text;
  });
}
