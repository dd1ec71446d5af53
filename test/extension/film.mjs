/**
 * Makes the README's film, docs/images/foresay.gif: a sentence typed, ghost text, other ideas, one taken. `--vsix=FILE`
 * takes a packed extension, `--out=FILE` writes elsewhere. Each picture is taken when it is there and shown for as long
 * as a reader needs, so the film does not tell how long the model takes.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot, option } from '../../scripts/exec.mjs';
import { gifOf } from '../../scripts/gif.mjs';
import { packageVsix } from '../../scripts/package.mjs';
import { editorPage, modelLimit } from './editorPage.mjs';
import { continuations, writeDocuments } from './stories.mjs';
import { installVsix, makeFolders, removeFolders, startBrowser, startCodeServer, workbenchUrl } from './workbench.mjs';

const out = path.resolve(option('out', inRoot('docs/images/foresay.gif')));
const largest = 1.5e6;
const size = { width: 900, height: 440 };
/** Letters typed from one picture to the next, and milliseconds of it. */
const [stride, typing] = [2, 110];
const ideas = 3;

const folders = makeFolders({ 'editor.fontSize': 15, 'editor.cursorBlinking': 'solid', 'editor.lineNumbers': 'off' });
writeDocuments(folders.workspace);
let server;
let browser;
try {
  installVsix(folders, path.resolve(option('vsix') ?? (await packageVsix())));
  server = await startCodeServer(folders);
  browser = await startBrowser(folders, size);
  const page = browser.pages()[0] ?? (await browser.newPage());
  const writer = editorPage(page, folders, (name) => inRoot('out', `${name}.png`));
  const file = server.remote(path.join(folders.workspace, 'garden.md'));
  await page.goto(workbenchUrl(server, { folder: folders.workspace }, [['openFile', file]]));
  await page.waitForSelector('.monaco-editor .view-lines', { timeout: modelLimit });
  await page.locator('.monaco-editor .view-lines').first().click();
  await writer.press('Control+B');
  await writer.until('the model', async () => /ready/.test(await writer.statusText()));
  await writer.palette('Notifications: Clear All Notifications');
  await writer.goToEndOfProse('garden.md');
  await page.mouse.move(size.width - 5, 5);

  const frames = await film(page, writer);
  const gif = gifOf(frames);
  if (gif.length > largest) throw new Error(`the film has ${gif.length} bytes, more than ${largest}`);
  writeFileSync(out, gif);
  console.log(`${out}: ${frames.length} pictures, ${(gif.length / 1000).toFixed(0)} kB`);
} finally {
  await browser?.close().catch(() => {});
  await server?.stop();
  removeFolders(folders);
}

/** The pictures of a text for which there are ideas enough; silence is an answer too, so more than one is tried. */
async function film(page, writer) {
  for (const text of continuations['garden.md']) {
    const frames = [];
    const shoot = async (ms) => frames.push({ png: await page.screenshot(), ms });
    await shoot(1200);
    for (let at = 0; at < text.length; at += stride) {
      await writer.keyboard.type(text.slice(at, at + stride));
      await shoot(typing);
    }
    const ghost = () => writer.ghostText();
    const come = await writer
      .until('ghost text', async () => (await ghost()).length > 2, modelLimit / 3)
      .catch(() => '');
    if (come) {
      await page.waitForTimeout(500);
      await shoot(2200);
      const seen = [await ghost()];
      for (let tries = 0; tries < 2 * ideas && seen.length < ideas; tries += 1) {
        await writer.press('Alt+BracketRight');
        await page.waitForTimeout(700);
        await writer.until('the ideas', async () => !/working/.test(await writer.statusText()));
        const now = await ghost();
        if (now.length <= 2 || seen.includes(now)) continue;
        seen.push(now);
        await shoot(1800);
      }
      if (seen.length === ideas) {
        await writer.press('Tab');
        await page.waitForTimeout(400);
        await writer.press('Escape');
        await page.waitForTimeout(400);
        await shoot(3000);
        console.log(seen.map((each) => `“${each}”`).join(' | '));
        return frames;
      }
    }
    await writer.press('Escape');
  }
  throw new Error('no text had ideas enough');
}
