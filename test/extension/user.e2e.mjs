/** Uses the installed .vsix as a writer would, in a real workbench; `--screenshots=DIR` keeps pictures for the README. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot, option } from '../../scripts/exec.mjs';
import { editorPage, modelLimit, plain } from './editorPage.mjs';
import { beginnings, continuations, newDocument, writeDocuments } from './stories.mjs';
import { installVsix, makeFolders, removeFolders, startBrowser, startCodeServer, workbenchUrl } from './workbench.mjs';

const hasBundle = existsSync(inRoot('models/bundle/manifest.json'));
/** The pictures that the README shows; the others are only for whoever looks into a run. */
const readmePictures = new Set(['ghost-text', 'hover', 'code-actions', 'summary', 'status']);
const allPictures = inRoot('out/screenshots');
const pictures = path.resolve(option('screenshots', allPictures));
const report = path.resolve(option('report', inRoot('out/user.json')));
for (const folder of [allPictures, pictures]) mkdirSync(folder, { recursive: true });
const pictureFile = (name) => path.join(readmePictures.has(name) ? pictures : allPictures, `${name}.png`);
mkdirSync(path.dirname(report), { recursive: true });

const folders = makeFolders();
writeDocuments(folders.workspace);

let server;
let browser;
let writer;
let passed = 0;
const failures = [];
const skipped = [];
const started = performance.now();
const lap = (message) => console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${message}`);

/** One thing a writer does. A failed step leaves a picture, and the next one starts from a clean keyboard. */
async function step(name, work, { needsBundle = true } = {}) {
  if (needsBundle && !hasBundle) {
    skipped.push(`${name}: no models/bundle`);
    return;
  }
  try {
    const told = await work(writer);
    passed += 1;
    lap(`ok    ${name}${told ? `: ${told}` : ''}`);
  } catch (error) {
    failures.push(name);
    lap(`FAIL  ${name}: ${error.stack ?? error}`);
    await writer.page.screenshot({ path: inRoot('out', `failed-${failures.length}.png`) }).catch(() => {});
    await writer.press('Escape', 3).catch(() => {});
  }
}

/** Puts the cursor at the end of the last line of prose. */
async function goToEndOfProse(file) {
  await writer.press('Control+End');
  // Below the last sentence stand an empty line, or the end of the LaTeX document.
  if (file.endsWith('.tex') || writer.saved(file).endsWith('\n')) await writer.press('ArrowUp');
  await writer.press('End', 2);
}

/** Lines of paragraphs in the sample: the first, one on soil, and the one below "Water and Soil". */
const [firstParagraph, soilParagraph, waterParagraph] = [8, 14, 18];
/** Whole lines of text round a ghost text. */
const wide = { top: 200, bottom: 60, left: 2000, right: 2000 };

const contains = (text, part) => plain(text).replace(/\s+/g, ' ').includes(part.replace(/\s+/g, ' ').slice(0, 20));

async function ghostAndAccept(file) {
  await writer.open(file);
  await goToEndOfProse(file);
  const suggestion = await writer.typeUntilGhost(continuations[file]);
  await writer.shot(`ghost-text${path.extname(file).replace('.', '-')}`, [writer.ghost], wide);
  await writer.press('Tab');
  await writer.save(file, (text) => contains(text, suggestion));
  return suggestion;
}

/** Chooses where the summary goes, once it is there; gives the quoted line on disk. */
async function placeSummary(file, place, picture) {
  const { page } = writer;
  const row = writer.row(place);
  await row.waitFor({ timeout: modelLimit });
  await page.locator('.tab', { hasText: 'Summary' }).first().waitFor({ timeout: modelLimit });
  await writer.shot(picture);
  await row.click();
  await page.locator('.tab.active', { hasText: file }).first().click();
  const lines = () =>
    writer
      .saved(file)
      .split('\n')
      .filter((line) => line.startsWith('> **Summary.** '));
  const before = lines();
  await writer.save(file, () => lines().length > before.length, 'the summary on disk');
  return lines().find((line) => !before.includes(line));
}

async function run() {
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

  await step('ghost text at the end of a long document; the usual keys lead through three', async () => {
    await goToEndOfProse('garden.md');
    let candidates = [];
    await writer.typeUntilGhost(continuations['garden.md'], async () => {
      await writer.shot('ghost-text', [writer.ghost], wide);
      candidates = await writer.cycle();
      return candidates.length >= 3;
    });
    await page.mouse.move(500, 300);
    return candidates.map((each) => `“${each}”`).join(' | ');
  });

  await step('Tab accepts the one that is shown', async () => {
    const shown = await writer.ghostText();
    await writer.press('Tab');
    await writer.save('garden.md', (text) => contains(text, shown));
    return shown;
  });

  await step('ghost text finishes a sentence in the middle', async () => {
    const suggestion = await writer.typeUntilGhost(beginnings);
    await writer.shot('ghost-text-middle', [writer.ghost], wide);
    await writer.press('Escape');
    return suggestion;
  });

  await step('ghost text in a new document', async () => {
    await writer.open('ferry.md');
    const suggestion = await writer.typeUntilGhost(newDocument);
    await writer.shot('ghost-text-new', [writer.ghost], wide);
    await writer.press('Tab');
    await writer.save('ferry.md', (text) => contains(text, suggestion));
    return suggestion;
  });

  await step('hover tells similarities with links', async () => {
    await writer.open('garden.md');
    await writer.goTo(waterParagraph, 200);
    const box = page.locator('.monaco-hover:not(.hidden) .hover-contents', { hasText: /Similarity/ }).first();
    await writer.until('the hover', async () => {
      await writer.press('Control+K');
      await writer.press('Control+I');
      return box.waitFor({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
    });
    const told = plain(await box.textContent());
    assert.match(told, /line \d+/);
    await writer.shot('hover', [page.locator('.monaco-hover:not(.hidden)')], { ...wide, top: 60 });
    await writer.press('Escape');
    return told.replace(/\s+/g, ' ').slice(0, 160);
  });

  await step('the code action menu offers ideas, and one is inserted', async () => {
    await writer.open('garden.md');
    await writer.goTo(soilParagraph, 150);
    const idea = await writer.codeAction('Next sentence: ');
    await writer.shot('code-actions', [page.locator('.action-widget')], { ...wide, top: 110 });
    const title = plain(await idea.textContent());
    const before = writer.saved('garden.md');
    await writer.clickRow(idea);
    await writer.save('garden.md', (text) => text.length > before.length);
    return title;
  });

  await step('a section is summarised from the code action menu and inserted above', async () => {
    await writer.open('garden.md');
    await writer.goTo(waterParagraph, 200);
    await writer.clickRow(await writer.codeAction(/Summarise section in 3/));
    return placeSummary('garden.md', 'Insert above', 'summary');
  });

  await step('the summary in the document', async () => {
    await page.waitForTimeout(500);
    await writer.shot('summary-inserted', [page.locator('.view-line', { hasText: 'Summary.' })], {
      top: 90,
      bottom: 160,
    });
  });

  await step('a selection is summarised from the code action menu and inserted below', async () => {
    await writer.open('garden.md');
    await writer.goTo(firstParagraph);
    await writer.press('Shift+ArrowDown', 3);
    await writer.clickRow(await writer.codeAction(/Summarise selection in one/));
    return placeSummary('garden.md', 'Insert below', 'summary-selection');
  });

  await step('Summarise Section asks for a length first, and can be kept open', async () => {
    await writer.open('garden.md');
    await writer.goTo(firstParagraph);
    await writer.palette('Foresay: Summarise Section');
    await writer.row('2 sentences').click();
    const keep = writer.row('Only keep it open');
    await keep.waitFor({ timeout: modelLimit });
    await keep.click();
    await writer.close('Summary');
    await page.locator('.tab', { hasText: 'garden.md' }).first().click();
  });

  await step('Suggest Next Sentence… lists the ideas and inserts one', async () => {
    await writer.open('ferry.md');
    await writer.press('Control+End');
    const title = page.locator('.quick-input-title', { hasText: 'Next sentence' });
    /** True once there are ideas to pick from, false if the picker closed without. */
    const offered = async () => {
      await writer.palette('Foresay: Suggest Next Sentence');
      await title.waitFor({ timeout: modelLimit });
      const answer = () => writer.row('score').isVisible();
      await writer.until('an answer', async () => (await answer()) || !(await title.isVisible()));
      return answer();
    };
    let found = await offered();
    for (const text of newDocument.slice(1)) {
      if (found) break;
      await writer.keyboard.type(text);
      found = await offered();
    }
    assert.ok(found, 'no idea after any sentence');
    await writer.shot('next-sentence', [page.locator('.quick-input-widget')], { ...wide, bottom: 30 });
    const idea = plain((await writer.row('score').locator('.label-name').first().textContent()) ?? '');
    await writer.press('Enter');
    await writer.save('ferry.md', (text) => contains(text, idea));
    await writer.open('garden.md');
    return idea;
  });

  await step('Suggest Towards… leads the ideas to a phrase, and shows them in place', async () => {
    await goToEndOfProse('garden.md');
    // Above, a sentence was left unfinished.
    await writer.keyboard.type('\n\nThe new orchard is far from the old garden.');
    const list = page.locator('.quick-input-title', { hasText: 'Next sentence, towards' });
    const idea = writer.row('score').locator('.label-name').first();
    /** True once there are ideas to pick from, false if the picker closed without. */
    const offered = async (goal) => {
      await writer.palette('Foresay: Suggest Towards');
      await page.locator('.quick-input-message', { hasText: 'the next sentence should lead to' }).waitFor();
      await page.locator('.quick-input-widget input').first().fill(goal);
      await writer.press('Enter');
      await list.waitFor();
      await writer.until('an answer', async () => (await idea.isVisible()) || !(await list.isVisible()));
      return idea.isVisible();
    };
    let found = false;
    for (const goal of ['the children of the school', 'water for the tomatoes', 'what a plot costs in a year']) {
      found ||= await offered(goal);
    }
    assert.ok(found, 'no idea towards any goal');
    const text = plain((await idea.textContent()) ?? '');
    // Decorations are written by style sheets.
    const decorations = () =>
      page.$$eval('.view-lines span', (spans) =>
        spans.map((span) => getComputedStyle(span, '::after').content).join(' '),
      );
    await writer.until('the idea in place', async () => contains(plain(await decorations()), text));
    await writer.shot('next-sentence-towards');
    await writer.press('Enter');
    await writer.save('garden.md', (saved) => contains(saved, text));
    return text;
  });

  await step('no ghost text while it is paused, nor after an undo', async () => {
    await writer.open('ferry.md');
    await writer.palette('Foresay: No Ghost Text for an Hour');
    await writer.until('the pause in the status', async () => /no ghost text until/.test(await writer.statusText()));
    await writer.press('Control+End');
    await writer.keyboard.type(newDocument[1]);
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
    await writer.open('garden.md');
  });

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

  await step('LaTeX: ghost text, accepted', () => ghostAndAccept('lighthouse.tex'));
  await step('plain text: ghost text, accepted', () => ghostAndAccept('bread.txt'));

  await step('switched off for a language, the status says so; switched on, it is ready again', async () => {
    await writer.open('bread.txt');
    await writer.palette('Foresay: Disable for This Language');
    await writer.until('the status to say off', async () => /off/.test(await writer.statusText()));
    const told = await writer.statusText();
    await writer.palette('Foresay: Enable for This Language');
    await writer.until('the status not to say off', async () => !/switched off/i.test(await writer.statusText()));
    return told;
  });

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

try {
  installVsix(folders, path.resolve(option('vsix', inRoot(`foresay-${process.platform}-${process.arch}.vsix`))));
  lap('installed the .vsix');
  server = await startCodeServer(folders);
  browser = await startBrowser(folders, { width: 1000, height: 640 });
  const page = browser.pages()[0] ?? (await browser.newPage());
  page.setDefaultTimeout(40_000);
  writer = editorPage(page, folders, pictureFile);
  const file = server.remote(path.join(folders.workspace, 'garden.md'));
  await page.goto(workbenchUrl(server, folders, [['openFile', file]]));
  await page.waitForSelector('.monaco-editor .view-lines', { timeout: modelLimit });
  await page.locator('.monaco-editor .view-lines').first().click();
  // The text has the window to itself.
  await writer.press('Control+B');
  lap('the workbench is up');
  await run();
} catch (error) {
  failures.push('the run itself');
  console.error(error);
  await writer?.page.screenshot({ path: inRoot('out/failed.png') }).catch(() => {});
} finally {
  await browser?.close().catch(() => {});
  await server?.stop();
}
if (failures.length > 0) console.error(server?.log().slice(-3000));
removeFolders(folders);
writeFileSync(report, JSON.stringify({ passed, failed: failures.length, skipped }));
console.log(`user: ${passed} passed, ${failures.length} failed, ${skipped.length} skipped`);
process.exitCode = failures.length > 0 ? 1 : 0;
