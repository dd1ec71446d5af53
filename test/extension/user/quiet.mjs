/** When no ghost text comes by itself. */
import assert from 'node:assert/strict';
import { newDocument } from '../stories.mjs';

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  const { page } = writer;

  await step('no ghost text while it is paused, nor after an undo', async () => {
    await writer.open('ferry.md');
    await writer.palette('Foresay: No Ghost Text for an Hour');
    await writer.until('the pause in the status', async () => /no ghost text until/.test(await writer.statusText()));
    await writer.press('Control+End');
    await writer.keyboard.type(newDocument.slice(0, 2).join(''));
    await page.waitForTimeout(3000);
    assert.equal(await writer.ghost.count(), 0, 'ghost text came in spite of the pause');
    await writer.palette('Foresay: Show Ghost Text Again');
    await writer.until('the end of the pause', async () => !/no ghost text/.test(await writer.statusText()));
    await writer.press('Control+Z');
    await page.waitForTimeout(3000);
    assert.equal(await writer.ghost.count(), 0, 'ghost text came after an undo');
    await writer.press('Control+Shift+Z');
    await writer.typeUntilGhost(newDocument.slice(2));
    await writer.press('Escape');
  });
}
