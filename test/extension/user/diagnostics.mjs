/** Marks in a text that repeats itself, drifts and jumps: the problems, their pages, and a quick fix of each kind. */
import assert from 'node:assert/strict';
import { modelLimit, plain } from '../editorPage.mjs';

const jumpedTo = 'Good bread needs only flour, water, salt and a great deal of time.';
const repeat = 'When the sea is calm, the crossing takes some forty minutes.';
const drifting = 'The cat of the neighbor caught three mice behind the piano.';

/** Every section has something wrong with it. */
export const documents = {
  'crossing.md': [
    '# The Ferry',
    '',
    '## The Crossing',
    '',
    'The ferry leaves the island at seven in the morning. Most of the passengers are children on their way to the ' +
      'school on the mainland. The crossing takes about forty minutes when the sea is calm. In winter the waves are ' +
      'often too high for the little boat. The captain decides at six whether the ferry can leave the harbor. ' +
      `${jumpedTo} Knead the dough until it is smooth, and let it rise overnight in a cool kitchen. Bake the loaf ` +
      'in a very hot oven until the crust is dark and crisp. Bread that is cut while it is hot turns to glue.',
    '',
    '## Tickets',
    '',
    'A ticket for the ferry costs four euros, and half of that for islanders. Tickets are sold on board by the second ' +
      `mate. ${repeat} Bicycles travel free of charge on the lower deck. Groups should book their tickets a week ` +
      `ahead. ${drifting} In August every ticket for the first boat is sold by noon.`,
    '',
    '## Storms',
    '',
    'My grandmother kept her recipes in a tin box. She wrote them in violet ink on the backs of old calendars. A ' +
      'storm warning is given when the wind reaches eight on the scale. The ferry then stays in the harbor until the ' +
      'storm has passed. Storms from the northwest are the worst, because they push the waves into the bay. After a ' +
      'storm the crew checks the hull and the engine of the ferry. In the last century two ferries were lost in ' +
      'winter storms.',
    '',
  ].join('\n'),
};
/** Lines of paragraphs in it. */
const [crossing, tickets] = [5, 9];
const file = 'crossing.md';

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  const { page } = writer;
  const settings = '.vscode/settings.json';
  const problem = (text) => page.locator('.markers-panel .monaco-list-row', { hasText: text }).first();

  /** Puts the cursor into a sentence of the document. */
  const goInto = (line, sentence) => {
    const text = writer.saved(file).split('\n')[line - 1];
    return writer.goTo(line, text.indexOf(sentence) + 10);
  };
  /** Takes the quick fix at the cursor. */
  const fix = async (title) => writer.clickRow(await writer.codeAction(title));
  /** A problem that is listed before the writer does something, and not any more after that. */
  const goes = async (text, act) => {
    await problem(text).waitFor({ timeout: modelLimit });
    await act();
    await problem(text).waitFor({ state: 'detached', timeout: modelLimit });
  };
  const toggleWholePanel = () => writer.palette('View: Toggle Maximized Panel');

  await step('switched on, the four kinds of marks are listed among the problems', async () => {
    const on = ['repeats', 'drift', 'jump', 'topic'].map((name) => [`foresay.diagnostics.${name}`, 'information']);
    writer.configure(Object.fromEntries(on));
    // Its marks would be listed too.
    await writer.close('garden.md');
    await writer.open(file);
    await writer.press('Control+Shift+M');
    // Rows below the panel's edge are not there for a browser.
    await toggleWholePanel();
    for (const text of [/says this already/, /something else than its section/, /text jumps here/, /does not begin/]) {
      await problem(text).waitFor({ timeout: modelLimit });
    }
    await writer.shot('diagnostics-listed');
    await toggleWholePanel();
    await writer.shot('diagnostics');
  });

  await step('the name of a mark leads to its page', async () => {
    const link = problem(/says this already/).locator('a', { hasText: 'repeats' });
    await link.click({ modifiers: ['Control'] });
    await page.locator('.tab.active', { hasText: 'repeats.md' }).waitFor();
    await writer.shot('diagnostics-page');
    await writer.close('repeats.md');
  });

  await step('a transition is inserted where the text jumps', async () => {
    await writer.open(file);
    await goInto(crossing, jumpedTo);
    const before = writer.saved(file);
    const row = await writer.codeAction('Insert a transition');
    await writer.shot('diagnostics-fixes', [page.locator('.action-widget')], {
      top: 120,
      bottom: 60,
      left: 2000,
      right: 400,
    });
    await writer.clickRow(row);
    // Where it comes as a list of what could lead over, the best is taken.
    const list = writer.row('score');
    const written = page.locator('.tab.active.dirty');
    await writer.until('a transition', async () => (await list.isVisible()) || written.isVisible());
    await writer.shot('diagnostics-transition');
    if (await list.isVisible()) await writer.press('Enter');
    await writer.save(file, (text) => text !== before && text.includes(jumpedTo));
    const after = writer.saved(file).split('\n')[crossing - 1];
    const inserted = after.slice(before.split('\n')[crossing - 1].indexOf(jumpedTo), after.indexOf(jumpedTo)).trim();
    assert.match(inserted, /^\S+ \S+/);
    return inserted;
  });

  await step('a repeat leads to what said it first', async () => {
    await goInto(tickets, repeat);
    await fix(`Go to line ${crossing}, which says this first`);
    await writer.until('the cursor there', async () =>
      (await page.locator('.statusbar').textContent()).includes(`Ln ${crossing}, Col`),
    );
  });

  await step('a repeat is removed, and its problem goes', async () => {
    await goInto(tickets, repeat);
    await goes(/says this already/, async () => {
      await fix('Remove this repeat');
      await writer.save(file, (text) => !text.includes(repeat));
    });
  });

  await step('an ignore comment takes a mark away', async () => {
    await goInto(tickets, drifting);
    await goes(/something else than its section/, async () => {
      await fix('Ignore drifting sentences in this paragraph');
      await writer.save(file, (text) => text.includes('<!-- foresay:ignore drift -->\nA ticket'));
    });
    await writer.shot('diagnostics-ignored');
  });

  await step('a mark is never shown again in the workspace', async () => {
    const line =
      writer
        .saved(file)
        .split('\n')
        .findIndex((text) => text.startsWith('My grandmother')) + 1;
    await writer.goTo(line, 5);
    await goes(/does not begin/, () => fix('Never mark this in this workspace'));
    const { 'foresay.diagnostics.ignore': ignored } = JSON.parse(writer.saved(settings));
    assert.match(Object.keys(ignored).join(), /^topic \w+$/);
    assert.match(plain(Object.values(ignored).join()), /^My grandmother kept/);
    // The panel was not there before.
    await writer.press('Control+J');
    return JSON.stringify(ignored);
  });
}
