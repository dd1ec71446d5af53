/** A model bundle that is not there. */

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  await step(
    'a bundle path that leads nowhere is named, and the commands stay',
    async () => {
      writer.configure({ 'foresay.bundlePath': '/no/such/bundle' });
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
