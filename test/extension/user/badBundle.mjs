/** A model bundle that is not there. */

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  await step(
    'a bundle path that leads nowhere is named, and the commands stay',
    async () => {
      await writer.open('.vscode/settings.json');
      await writer.press('Control+A');
      await writer.keyboard.insertText('{ "foresay.bundlePath": "/no/such/bundle" }');
      await writer.press('Control+S');
      await writer.open('bread.txt');
      await writer.until('the path in the status', async () => /no\/such\/bundle/.test(await writer.statusText()));
      await writer.shot('no-bundle');
      await writer.palette('Foresay: Show Status Menu');
      await writer.row('Restart').waitFor();
      await writer.press('Escape');
      return writer.statusText();
    },
    { needsBundle: false },
  );
}
