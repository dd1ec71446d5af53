/** Summaries of a whole document that are kept up to date, and a note that becomes a paragraph; with the keyboard alone. */
import assert from 'node:assert/strict';
import { modelLimit } from '../editorPage.mjs';

const tide = [
  '# The Tide Mill',
  '',
  'The mill stands where the river meets the sea. Twice a day the tide fills the pond behind its wall.',
  'When the tide goes out, the water leaves the pond through the wheel. The wheel turns the stones that grind the flour.',
  '',
  '## The wall',
  '',
  'The wall is made of granite from the island. Every winter the storms take some of its stones away.',
  'The miller and his sons put them back in spring.',
  '',
  'storms and the cost of repairs',
  '',
].join('\n');

export const documents = { 'tide.md': tide };

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  const { page } = writer;
  const list = page.locator('.quick-input-widget');

  /** Takes the row of the list with this text in it, by typing it. */
  async function choose(text) {
    const row = writer.row(text);
    await list.waitFor({ timeout: modelLimit });
    await page.locator('.quick-input-list .monaco-list-row').first().waitFor({ timeout: modelLimit });
    await page.locator('.quick-input-widget input').first().fill(text);
    await row.waitFor({ timeout: modelLimit });
    await writer.press('Enter');
  }

  /** Saves the document once it has what was asked for; the previews have its name in their tabs too. */
  async function saveWritten(matches) {
    await page.locator('.tab.dirty', { hasText: 'tide.md' }).first().waitFor();
    await writer.open('tide.md');
    await writer.save('tide.md', matches);
  }

  await step('the document is summarised into its front matter, seen as a diff first', async () => {
    await writer.open('tide.md');
    await writer.palette('Foresay: Summarise Document');
    await writer.shot('summary-length');
    await choose('2 sentences');
    await writer.row('Insert as the abstract').waitFor({ timeout: modelLimit });
    await writer.shot('summary-places');
    await choose('Preview as diff');
    await choose('Insert as the description');
    await page.locator('.monaco-diff-editor').first().waitFor({ timeout: modelLimit });
    await page.waitForTimeout(1500);
    await writer.shot('summary-diff');
    await choose('Insert as the description');
    await saveWritten((text) => text.startsWith('---\n# foresay:summary '));
    const text = writer.saved('tide.md');
    assert.match(
      text,
      /^---\n# foresay:summary scope=document .*\ndescription: .+\n# \/foresay:summary\n---\n\n# The Tide Mill/,
    );
    assert.ok(text.endsWith(tide), 'the rest has changed');
    return text.split('\n')[2];
  });

  const lens = page.locator('.codelens-decoration', { hasText: 'Summary is stale' });

  await step('a lens says when its text has changed, and refreshing makes it again in one step', async () => {
    await writer.open('tide.md');
    assert.equal(await lens.count(), 0, 'the lens is there before anything has changed');
    const before = writer.saved('tide.md');
    await writer.press('Control+End');
    await writer.keyboard.type('\nThe mill makes flour for three villages. Its bread is known on the whole coast.');
    await writer.press('Escape');
    await writer.press('Control+Home');
    await lens.first().waitFor({ timeout: modelLimit });
    await writer.shot('summary-stale');
    await writer.save('tide.md', (text) => text.includes('whole coast'));
    const edited = writer.saved('tide.md');
    await writer.palette('Foresay: Refresh Stale Summaries');
    const hash = (text) => /hash=(\w+)/.exec(text)?.[1];
    await lens.first().waitFor({ state: 'detached', timeout: modelLimit });
    await writer.save('tide.md', (text) => hash(text) !== hash(before));
    const refreshed = writer.saved('tide.md');
    assert.equal(refreshed.slice(refreshed.indexOf('\n---\n')), edited.slice(edited.indexOf('\n---\n')));
    await page.locator('.editor-group-container.active .view-lines').first().click();
    await writer.press('Control+Z');
    await writer.save('tide.md', (text) => text === edited, 'the text before the refresh');
    await writer.press('Control+Shift+Z');
    await writer.save('tide.md', (text) => text === refreshed, 'the refreshed text again');
  });

  await step('a note is expanded, shown, and replaced', async () => {
    const line = writer.saved('tide.md').split('\n').indexOf('storms and the cost of repairs') + 1;
    await writer.goTo(line);
    await writer.press('Shift+End');
    await writer.palette('Foresay: Expand Selection');
    await writer.row('Insert below').waitFor({ timeout: modelLimit });
    await writer.shot('expansion');
    await choose('Replace the note');
    await saveWritten((text) => !text.includes('storms and the cost of repairs'));
    return writer.saved('tide.md').split('\n')[line - 1];
  });

  await step('the folder is summarised into a new document', async () => {
    await writer.palette('Foresay: Summarise Folder');
    await choose('1 sentence');
    await page.locator('.tab.active', { hasText: 'Untitled' }).first().waitFor({ timeout: modelLimit });
    await page.waitForTimeout(500);
    const text = await page.locator('.editor-group-container.active .view-lines').first().textContent();
    assert.match(text ?? '', /Summary.of/);
    await writer.shot('summary-folder');
  });
}
