/** The walkthrough: its steps, and the text to try them on. */
import assert from 'node:assert/strict';
import { contains } from '../stories.mjs';

/** A sentence below the sample's last one. */
const typed = [
  ' The orchard will need its own water supply.',
  ' We have to dig a well before the first trees are planted.',
  ' The council has promised to help with the cost.',
];

export default async function story({ writer, step }) {
  const { page } = writer;

  await step(
    'the walkthrough shows a picture for each step',
    async () => {
      await writer.palette('Welcome: Open Walkthrough...');
      await writer.row('Write with Foresay').click();
      const steps = page.locator('.getting-started-step');
      await steps.first().waitFor();
      const titles = await page.locator('.getting-started-step .step-title').allTextContents();
      assert.equal(titles.length, 6, titles.join(', '));
      for (let index = 0; index < titles.length; index += 1) {
        // The first one is open already, and a click would close it.
        if (index > 0) await steps.nth(index).click();
        const media = page.locator(
          '.getting-started-media img, .getting-started-media iframe, .getting-started-media .webview',
        );
        await media.first().waitFor();
        await writer.shot(`walkthrough-${index + 1}`);
      }
      return titles.join(' | ');
    },
    { needsBundle: false },
  );

  await step('its sample opens beside it, and takes a suggestion', async () => {
    await page.locator('.getting-started-step').first().click();
    await page.getByRole('button', { name: 'Open a Sample Text' }).first().click();
    // The walkthrough keeps the focus, as a page to read does.
    await page.locator('.view-lines', { hasText: 'lease' }).first().click();
    await writer.press('Control+End');
    const suggestion = await writer.typeUntilGhost(typed);
    await writer.shot('walkthrough-sample');
    await writer.press('Tab');
    const lines = page.locator('.editor-group-container.active .view-lines');
    await writer.until('the suggestion in the text', async () => contains(await lines.textContent(), suggestion));
    return suggestion;
  });
}
