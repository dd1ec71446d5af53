/** Ghost text while one writes on: typed through, accepted word by word, followed by the next, taken back, counted. */
import assert from 'node:assert/strict';
import { modelLimit } from '../editorPage.mjs';
import { contains, continuations, wide } from '../stories.mjs';

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  const { page } = writer;
  const [first, ...others] = continuations['garden.md'];
  const text = () => writer.saved('garden.md');
  /** Waits until ghost text says this, and nothing else. */
  const says = (expected) => writer.until(`“${expected}”`, async () => (await writer.ghostText()) === expected.trim());

  await step('a suggestion that is typed stays, and what is left of it stays the same', async () => {
    await writer.goToEndOfProse('garden.md');
    let rest = ` ${await writer.typeUntilGhost([first, ...others])}`;
    for (const letter of rest.slice(0, 9)) {
      await page.keyboard.type(letter);
      rest = rest.slice(1);
      await says(rest);
    }
    // Long enough for the editor to ask the server, which must not answer with something else.
    await page.waitForTimeout(1500);
    assert.equal(await writer.ghostText(), rest.trim());
    await writer.shot('ghost-text-typed', [writer.ghost], wide);
    return rest;
  });

  await step('accepted word by word, the remainder is shown word for word', async () => {
    const whole = await writer.ghostText();
    let rest = whole;
    for (let i = 0; i < 3 && rest.includes(' '); i += 1) {
      // What has just been drawn may not take the key yet.
      await writer.until('a word less', async () => {
        await writer.press('Control+ArrowRight');
        await page.waitForTimeout(400);
        return (await writer.ghostText()).length < rest.length;
      });
      const now = await writer.ghostText();
      assert.ok(whole.endsWith(now), `“${now}” is not what was left of “${whole}”`);
      rest = now;
      await page.waitForTimeout(700);
      assert.equal(await writer.ghostText(), rest, 'it changed while nothing was typed');
    }
    await writer.shot('ghost-text-word', [writer.ghost], wide);
    await writer.press('Tab');
    await writer.save('garden.md', (saved) => contains(saved, whole));
    return `${whole} | ${rest}`;
  });

  await step('behind an accepted suggestion the next one is shown, and one undo takes one of them back', async () => {
    await writer.press('Enter', 2);
    /** Accepts what is shown and waits for what follows, which may be nothing. */
    const acceptAndGoOn = async (shown) => {
      const from = performance.now();
      await writer.press('Tab');
      const isNext = async () => {
        const now = await writer.ghostText();
        return now !== shown && now.length > 2 && { next: now, took: Math.round(performance.now() - from) };
      };
      return writer.until('the next suggestion', isNext, modelLimit / 4).catch(() => undefined);
    };
    for (const sentence of others) {
      const shown = await writer.typeUntilGhost([sentence]);
      // As long as one reads: what follows is worked out meanwhile.
      await page.waitForTimeout(4000);
      await writer.save('garden.md', (saved) => saved.includes(sentence.trim()));
      const before = text();
      const found = await acceptAndGoOn(shown);
      if (!found) continue;
      await writer.shot('ghost-text-next', [writer.ghost], wide);
      await writer.press('Escape');
      await writer.save('garden.md', (saved) => saved.length > before.length);
      await writer.press('Control+Z');
      await writer.save('garden.md', (saved) => saved === before, 'the document as it was before Tab');
      return `${shown} | ${found.next} (${found.took} ms after Tab)`;
    }
    throw new Error('nothing followed any of the accepted suggestions');
  });

  await step('what became of the suggestions is shown, and cleared', async () => {
    await writer.palette('Foresay: Show Suggestion Statistics');
    const view = page.locator('.editor-group-container.active .view-lines');
    await writer.until('the counts', async () => /markdown\s*\|\s*[1-9]/.test(await view.textContent()));
    await writer.shot('statistics');
    const told = (await view.textContent()).match(/markdown.*?all/)?.[0];
    await writer.palette('Foresay: Clear Suggestion Statistics');
    const button = page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Delete' });
    await button.waitFor();
    await writer.shot('statistics-clear');
    await button.click();
    await writer.until('no counts', async () => /None.has.been.shown.yet/.test(await view.textContent()));
    return told;
  });
}
