/** Uses the installed .vsix as a writer would, in a real workbench; `--screenshots=DIR` keeps pictures for the README. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot, option } from '../../scripts/exec.mjs';
import { installVsix, makeFolders, removeFolders, startBrowser, startCodeServer, workbenchUrl } from './workbench.mjs';

const long = 120_000;
const hasBundle = existsSync(inRoot('models/bundle/manifest.json'));
const pictures = path.resolve(option('screenshots', inRoot('out/screenshots')));
const report = path.resolve(option('report', inRoot('out/user.json')));
mkdirSync(pictures, { recursive: true });

const ghost = '.ghost-text-decoration, .ghost-text-decoration-preview, .ghost-text';
const plain = (text) => text.replace(/[\u00a0\u202f]/g, ' ').replace(/[\u200b\u200c]/g, '');

/** What is typed at the end of each document; more than one, because silence is a valid answer to any of them. */
const paragraphs = {
  'garden.md': [
    ' The orchard will need its own water supply.',
    ' We have to dig a well before the first trees are planted.',
    ' The council has promised to help with the cost.',
  ],
  'lighthouse.tex': [
    ' The keepers lived in three small rooms under the lamp.',
    ' Every storm brought salt water through the windows.',
    ' The light itself was never allowed to go out.',
  ],
  'bread.txt': [
    ' The dough should rest overnight in a cool place.',
    ' In the morning it will have doubled in size.',
    ' Bake it in a very hot oven until the crust is dark.',
  ],
};

const folders = makeFolders();
copyFileSync(inRoot('samples/community-garden.md'), path.join(folders.workspace, 'garden.md'));
writeFileSync(
  path.join(folders.workspace, 'lighthouse.tex'),
  [
    '\\documentclass{article}',
    '\\begin{document}',
    '\\section{The Tower}',
    'The lighthouse stands on a rock two miles from the harbor. It was built of granite blocks that lock into each',
    'other like the pieces of a puzzle. The tower is forty meters high, and its walls are three meters thick at the',
    'foot. Supplies came by boat once a month when the sea was calm.',
    '\\end{document}',
  ].join('\n'),
);
writeFileSync(
  path.join(folders.workspace, 'bread.txt'),
  'Good bread needs only flour, water, salt and time. Mix the flour and the water and let them stand for an hour. ' +
    'Then add the salt and a little of the old dough. Fold it four times during the first two hours.\n',
);

let server;
let browser;
let page;
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
    const told = await work();
    passed += 1;
    lap(`ok    ${name}${told ? `: ${told}` : ''}`);
  } catch (error) {
    failures.push(name);
    lap(`FAIL  ${name}: ${error.stack ?? error}`);
    await page?.screenshot({ path: inRoot('out', `failed-${failures.length}.png`) }).catch(() => {});
    for (let times = 0; times < 3; times += 1) await page?.keyboard.press('Escape').catch(() => {});
  }
}

const shot = (name) => page.screenshot({ path: path.join(pictures, `${name}.png`) });
const saved = (file) => readFileSync(path.join(folders.workspace, file), 'utf8');

async function save(file, matches) {
  await page.keyboard.press('Control+S');
  await until(`${file} on disk`, () => matches(saved(file)));
}

/** Asks again until it is true. */
async function until(what, ask, milliseconds = long) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited ${milliseconds / 1000} s for ${what}`);
    await page.waitForTimeout(100);
  }
}

/** Runs a command by its title, as in the palette. */
async function palette(title) {
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget input').first();
  await input.waitFor({ timeout: long });
  await input.fill(`>${title}`);
  const row = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
  await row.waitFor({ timeout: long });
  await page.keyboard.press('Enter');
}

async function openFile(file) {
  await page.keyboard.press('Control+P');
  const input = page.locator('.quick-input-widget input').first();
  await input.waitFor({ timeout: long });
  await input.fill(file);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: file }).first().waitFor({ timeout: long });
  await page.keyboard.press('Enter');
  await page.locator('.tab.active', { hasText: file }).first().waitFor({ timeout: long });
  await page.locator('.editor-group-container.active .monaco-editor .view-lines').first().waitFor({ timeout: long });
}

/** Puts the cursor at the end of the last line of prose. */
async function goToEndOfProse(file) {
  await page.keyboard.press('Control+End');
  // Below the last sentence stand an empty line, or the end of the LaTeX document.
  if (file.endsWith('.tex')) await page.keyboard.press('ArrowUp');
  else if (saved(file).endsWith('\n')) await page.keyboard.press('ArrowUp');
  await page.keyboard.press('End');
  await page.keyboard.press('End');
}

const ghostText = async () => plain((await page.locator(ghost).allTextContents()).join('')).trim();

/** Types a paragraph until ghost text appears; gives it. */
async function typeUntilGhost(file) {
  for (const sentence of paragraphs[file]) {
    await page.keyboard.type(sentence, { delay: 15 });
    const seen = await page.waitForSelector(ghost, { timeout: long / 2 }).then(
      () => true,
      () => false,
    );
    if (seen) return until('letters in the ghost text', async () => (await ghostText()).length > 2 && ghostText());
  }
  throw new Error(`no ghost text after ${paragraphs[file].length} sentences; status: ${await statusText()}`);
}

const statusItem = () =>
  page.locator('.statusbar-item[id="foresay.foresay.foresay.status"], .statusbar-item[id*="foresay"]').first();
async function statusText() {
  return plain(
    (await statusItem()
      .getAttribute('aria-label')
      .catch(() => '')) ?? '',
  );
}

async function ghostAndAccept(file, picture) {
  await openFile(file);
  await goToEndOfProse(file);
  const suggestion = await typeUntilGhost(file);
  await shot(picture);
  await page.keyboard.press('Tab');
  const words = suggestion.split(/\s+/).slice(0, 4).join(' ');
  await save(file, (text) => plain(text).replace(/\s+/g, ' ').includes(words.slice(0, 20)));
  return suggestion;
}

try {
  installVsix(folders, path.resolve(option('vsix', inRoot(`foresay-${process.platform}-${process.arch}.vsix`))));
  lap('installed the .vsix');
  server = await startCodeServer(folders);
  browser = await startBrowser(folders);
  page = browser.pages()[0] ?? (await browser.newPage());
  page.setDefaultTimeout(long);
  const file = server.remote(path.join(folders.workspace, 'garden.md'));
  await page.goto(workbenchUrl(server, folders, [['openFile', file]]));
  await page.waitForSelector('.monaco-editor .view-lines', { timeout: long });
  await page.locator('.monaco-editor .view-lines').first().click();
  lap('the workbench is up');

  await step(
    'the status item says how Foresay is',
    async () => {
      await statusItem().waitFor({ timeout: long });
      const wanted = hasBundle ? /Foresay, ready/ : /Foresay, (off|error): \S/;
      await until(`status ${wanted}`, async () => wanted.test(await statusText()));
      return statusText();
    },
    { needsBundle: false },
  );

  await step('ghost text at the end of a long Markdown document', async () => {
    await goToEndOfProse('garden.md');
    const suggestion = await typeUntilGhost('garden.md');
    await shot('ghost-text');
    return suggestion;
  });

  await step('Alt+] goes to another candidate, Tab accepts it', async () => {
    const first = await ghostText();
    await page.keyboard.press('Alt+BracketRight');
    const second = await until('another candidate', async () => {
      const now = await ghostText();
      return now.length > 2 && now !== first && now;
    });
    await shot('ghost-text-second');
    await page.keyboard.press('Tab');
    await save('garden.md', (text) => text.replace(/\s+/g, ' ').includes(second.replace(/\s+/g, ' ').slice(0, 20)));
    return second;
  });

  await step('ghost text finishes a sentence in the middle', async () => {
    await page.keyboard.type(' The first trees we', { delay: 15 });
    await page.waitForSelector(ghost, { timeout: long });
    const suggestion = await until(
      'letters in the ghost text',
      async () => (await ghostText()).length > 2 && ghostText(),
    );
    await shot('ghost-text-middle');
    await page.keyboard.press('Escape');
    return suggestion;
  });

  await step('hover tells similarities with links', async () => {
    await page.keyboard.press('Control+Home');
    for (let down = 0; down < 7; down += 1) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Home');
    for (let right = 0; right < 20; right += 1) await page.keyboard.press('ArrowRight');
    const told = await until('the hover', async () => {
      await page.keyboard.press('Control+K');
      await page.keyboard.press('Control+I');
      const box = page.locator('.monaco-hover:not(.hidden) .hover-contents', { hasText: /Similarity/ }).first();
      const shown = await box.waitFor({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
      return shown && plain(await box.textContent());
    });
    assert.match(told, /line \d+/);
    await shot('hover');
    await page.keyboard.press('Escape');
    return told.replace(/\s+/g, ' ').slice(0, 120);
  });

  await step('the code action menu offers ideas, and one is inserted', async () => {
    await page.keyboard.press('Control+Period');
    const idea = page.locator('.action-widget .monaco-list-row', { hasText: 'Next sentence: ' }).first();
    await idea.waitFor({ timeout: long });
    await shot('code-actions');
    const title = plain(await idea.textContent());
    const before = saved('garden.md');
    await idea.click();
    await save('garden.md', (text) => text.length > before.length);
    return title;
  });

  await step('a section is summarized from the code action menu and inserted above', async () => {
    await page.keyboard.press('Control+Period');
    const action = page.locator('.action-widget .monaco-list-row', { hasText: /Summari[sz]e section/ }).last();
    await action.waitFor({ timeout: long });
    await action.click();
    await page
      .locator('.notification-toast, .notifications-toasts .notification-list-item', { hasText: 'summarizing' })
      .first()
      .waitFor({ timeout: 10_000 })
      .then(
        () => shot('summary-progress'),
        // A quick machine has the summary before the notification is drawn.
        () => {},
      );
    const place = page.locator('.quick-input-list .monaco-list-row', { hasText: 'Insert above' }).first();
    await place.waitFor({ timeout: long });
    await shot('summary-choice');
    await place.click();
    await page.locator('.tab.active', { hasText: 'garden.md' }).first().click();
    await save('garden.md', (text) => text.includes('> **Summary.** '));
    await shot('summary-inserted');
    return saved('garden.md')
      .split('\n')
      .find((line) => line.startsWith('> **Summary.** '));
  });

  await step('Suggest Next Sentence… lists the ideas and inserts one', async () => {
    await page.keyboard.press('Control+End');
    const before = saved('garden.md');
    await palette('Foresay: Suggest Next Sentence');
    const row = page.locator('.quick-input-list .monaco-list-row', { hasText: 'score' }).first();
    await row.waitFor({ timeout: long });
    await shot('next-sentence-command');
    await page.keyboard.press('Enter');
    await save('garden.md', (text) => text.length > before.length);
  });

  await step(
    'a click on the status item opens its menu',
    async () => {
      await statusItem().click();
      const row = page.locator('.quick-input-list .monaco-list-row', { hasText: 'Switch off for markdown' }).first();
      await row.waitFor({ timeout: long });
      await shot('status-menu');
      await page.keyboard.press('Escape');
    },
    { needsBundle: false },
  );

  await step('LaTeX: ghost text, accepted', () => ghostAndAccept('lighthouse.tex', 'ghost-text-latex'));
  await step('plain text: ghost text, accepted', () => ghostAndAccept('bread.txt', 'ghost-text-plain'));

  await step(
    'switched off for a language, the status says so',
    async () => {
      await openFile('bread.txt');
      await palette('Foresay: Disable for This Language');
      await until('the status to say off', async () => /off/.test(await statusText()));
      return statusText();
    },
    { needsBundle: false },
  );
} catch (error) {
  failures.push('the run itself');
  console.error(error);
  await page?.screenshot({ path: inRoot('out/failed.png') }).catch(() => {});
} finally {
  await browser?.close();
  server?.stop();
}
if (failures.length > 0) console.error(server?.log().slice(-3000));
removeFolders(folders);
writeFileSync(report, JSON.stringify({ passed, failed: failures.length, skipped }));
console.log(`user: ${passed} passed, ${failures.length} failed, ${skipped.length} skipped`);
process.exitCode = failures.length > 0 ? 1 : 0;
