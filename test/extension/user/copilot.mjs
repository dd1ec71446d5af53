/** Beside GitHub Copilot, of which only the setting is there: its ghost text comes by itself, ours when it is asked for. */
import assert from 'node:assert/strict';
import { newDocument } from '../stories.mjs';

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  const { page } = writer;
  const status = (matches) => writer.until('the status', async () => matches.test(await writer.statusText()));

  await step('where Copilot is on for the language, ghost text comes only when it is asked for', async () => {
    writer.configure({ 'github.copilot.enable': { '*': false, markdown: true } });
    await writer.open('ferry.md');
    await status(/left to GitHub Copilot in markdown/);
    await writer.keyboard.type(newDocument.slice(0, 2).join(''));
    await page.waitForTimeout(3000);
    assert.equal(await writer.ghost.count(), 0, 'ghost text came in spite of Copilot');
    await writer.shot('copilot-status', [writer.statusItem], { top: 500, left: 1000 });
    await writer.palette('Trigger Inline Suggestion');
    await writer.until('what was asked for', async () => (await writer.ghostText()).length > 2);
    await writer.press('Escape');
    return writer.statusText();
  });

  await step('the status menu changes that with a click, and back', async () => {
    await writer.statusItem.click();
    await writer.row('Ghost text beside GitHub Copilot').waitFor();
    await writer.shot('copilot-menu');
    await writer.row('Ghost text beside GitHub Copilot').click();
    await status(/ready$/);
    // The status item has the focus after a click.
    await writer.press('Control+1');
    await writer.press('Control+End');
    await writer.typeUntilGhost(newDocument.slice(2));
    await writer.press('Escape');
    await writer.statusItem.click();
    await writer.row('Leave ghost text to GitHub Copilot').click();
    await status(/left to GitHub Copilot/);
    writer.configure({});
    await writer.open('ferry.md');
    await status(/ready$/);
  });
}
