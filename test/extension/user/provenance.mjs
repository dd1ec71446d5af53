/** Text accepted from suggestions: marked once that is on, listed, known again after a reload, gone when rewritten. */
import assert from 'node:assert/strict';
import { modelLimit, plain } from '../editorPage.mjs';
import { contains, continuations } from '../stories.mjs';

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  const { page } = writer;
  const title = page.locator('.quick-input-title', { hasText: 'Accepted text' });
  const listed = async () =>
    (await page.locator('.quick-input-list .monaco-list-row .label-name:visible').allTextContents()).map(plain);
  /** Opens the list, once it has so many rows: those of the list before it go a moment later. */
  const list = async (count) => {
    await writer.palette('Foresay: Show Accepted Text');
    await title.waitFor({ timeout: modelLimit });
    await writer.until(`${count} marks in the list`, async () => (await listed()).length === count, 10_000);
    return listed();
  };

  let accepted = '';
  await step('Tab, a word and a picked idea are marked, and listed with line and seed', async () => {
    writer.configure({ 'foresay.provenance.mark': true });
    await writer.open('garden.md');
    await writer.goToEndOfProse('garden.md');
    accepted = await writer.typeUntilGhost(continuations['garden.md']);
    await writer.press('Tab');
    await writer.until('the text', async () => (await writer.ghostText()) !== accepted);
    await writer.press('Escape');
    await writer.typeUntilGhost(continuations['garden.md'].slice(1));
    await writer.press('Control+ArrowRight', 3);
    await page.waitForTimeout(500);
    await writer.press('Escape');
    await writer.save('garden.md', (text) => contains(text, accepted));
    await writer.shot('accepted-marked');
    const rows = await list(2);
    await writer.shot('accepted-list');
    assert.ok(contains(rows[0], accepted), rows[0]);
    await writer.press('Escape');
    return rows.join(' | ');
  });

  await step('after a reload they are known again', async () => {
    await page.waitForTimeout(1500);
    await page.reload();
    await page.waitForSelector('.monaco-editor .view-lines', { timeout: modelLimit });
    await writer.open('garden.md');
    await writer.until('the status', async () => /ready/.test(await writer.statusText()));
    const rows = await list(2);
    await writer.press('Enter');
    await writer.shot('accepted-again');
    return rows.join(' | ');
  });

  await step('what is rewritten is no longer listed, and all can be forgotten', async () => {
    // The pick has selected it.
    await writer.keyboard.type('We wrote this sentence ourselves in the end.');
    await list(1);
    await page.locator('.quick-input-titlebar .codicon-clear-all').click();
    await title.waitFor({ state: 'hidden' });
    await writer.palette('Foresay: Show Accepted Text');
    await page.locator('.notification-toast', { hasText: 'knows of no accepted text' }).first().waitFor();
    await writer.palette('Notifications: Clear All Notifications');
  });
}
