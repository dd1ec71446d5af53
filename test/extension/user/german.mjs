/** An editor whose language is German: what package.json, the client and the server say is German too. */
import assert from 'node:assert/strict';
import { modelLimit } from '../editorPage.mjs';
import { waterParagraph } from '../stories.mjs';

export default async function story({ writer, step }) {
  const page = await writer.page.context().newPage();
  // The workbench's own language comes with a package that is not here; its extensions ask for what it says it is.
  await page.addInitScript(() => {
    globalThis._VSCODE_NLS_LANGUAGE = 'de';
  });
  await page.goto(writer.page.url());
  await page.locator('.monaco-editor .view-lines').first().click();
  const german = writer.onPage(page);

  await step('commands, status, hover and code actions are German', async () => {
    await german.until('the status', async () => /^Foresay, bereit/.test(await german.statusText()));
    await german.palette('Foresay: Nächsten Satz vorschlagen');
    // Whether there are ideas here or not.
    const list = page.locator('.quick-input-title', { hasText: 'Nächster Satz' });
    await list.waitFor({ state: 'attached', timeout: modelLimit });
    await german.press('Escape');
    await german.goTo(waterParagraph, 200);
    const hover = await german.hover(/Ähnlichkeit/);
    assert.match(hover, /Zeile \d+/);
    await german.press('Escape');
    await german.codeAction(/Abschnitt in 3 Sätzen zusammenfassen/);
    await german.shot('german-actions');
    await german.press('Escape');
    return hover.replace(/\s+/g, ' ').slice(0, 120);
  });
  await page.close();
}
