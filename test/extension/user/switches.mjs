/** Switching off and on for a language. */

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  await step('switched off for a language, the status says so; switched on, it is ready again', async () => {
    await writer.open('bread.txt');
    await writer.palette('Foresay: Disable for This Language');
    await writer.until('the status to say off', async () => /off/.test(await writer.statusText()));
    const told = await writer.statusText();
    await writer.palette('Foresay: Enable for This Language');
    await writer.until('the status not to say off', async () => !/switched off/i.test(await writer.statusText()));
    return told;
  });
}
