/** The status item: how Foresay is, the facts, and its menu. */
import assert from 'node:assert/strict';
import { modelLimit, plain } from '../editorPage.mjs';

/** Those of its pictures that the README shows. */
export const readmePictures = ['status'];

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step, hasBundle }) {
  const { page } = writer;

  await step(
    'the status item says how Foresay is',
    async () => {
      await writer.statusItem.waitFor({ timeout: modelLimit });
      const status = await writer.until('Foresay to have started', async () => {
        const now = await writer.statusText();
        return !/starting|working/.test(now) && now;
      });
      assert.match(status, hasBundle ? /^Foresay, ready/ : /^Foresay, (off|error): \S/);
      return status;
    },
    { needsBundle: false },
  );

  await step(
    'the status item tells the facts, and a click on it opens its menu',
    async () => {
      await writer.palette('Notifications: Clear All Notifications');
      await writer.statusItem.hover();
      const facts = page.locator('.monaco-hover:not(.hidden)', { hasText: /^\s*Foresay, / }).first();
      await facts.waitFor({ timeout: 20_000 });
      await writer.shot('status', [facts, writer.statusItem], { top: 90, right: 170, left: 200 });
      const told = plain((await facts.textContent()) ?? '');
      await writer.statusItem.click();
      await writer.row('Switch off for markdown').waitFor();
      await writer.shot('status-menu');
      await writer.press('Escape');
      return told;
    },
    { needsBundle: false },
  );
}
