/**
 * Uses the installed .vsix as a writer would, in a real workbench: runs the stories in `user/`, or those that
 * `--only=NAME,…` names. `--screenshots=DIR` keeps pictures for the README. How to add a story: README.md here.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot, option } from '../../scripts/exec.mjs';
import { editorPage, modelLimit } from './editorPage.mjs';
import { writeDocuments } from './stories.mjs';
import {
  installCopilotStandIn,
  installVsix,
  makeFolders,
  removeFolders,
  startBrowser,
  startCodeServer,
  workbenchUrl,
} from './workbench.mjs';

const allStories = readdirSync(inRoot('test/extension/user')).map((file) => path.basename(file, '.mjs'));
const wanted = option('only')?.split(',') ?? allStories;
for (const name of wanted) {
  if (!allStories.includes(name)) throw new Error(`no story '${name}', expected one of ${allStories.join(', ')}`);
}
const stories = await Promise.all(wanted.map(async (name) => ({ name, ...(await import(`./user/${name}.mjs`)) })));

const hasBundle = existsSync(inRoot('models/bundle/manifest.json'));
/** The pictures that the README shows; the others are only for whoever looks into a run. */
const readmePictures = new Set(stories.flatMap((story) => story.readmePictures ?? []));
const allPictures = inRoot('out/screenshots');
const pictures = path.resolve(option('screenshots', allPictures));
const report = path.resolve(option('report', inRoot('out/user.json')));
for (const folder of [allPictures, pictures, path.dirname(report)]) mkdirSync(folder, { recursive: true });
const pictureFile = (name) => path.join(readmePictures.has(name) ? pictures : allPictures, `${name}.png`);

const folders = makeFolders();
writeDocuments(folders.workspace);

let server;
let browser;
let writer;
/** Lost keys of a slow machine must not read as faults of the product: as Playwright's `retries: 1`, and told. */
const tellings = 2;
let passed = 0;
let failures = [];
const flaky = [];
const skipped = [];
const started = performance.now();
const lap = (message) => console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${message}`);

/** A story from its start: the documents as they were before any other, garden.md in front. */
async function tell({ name, documents, default: story }) {
  const result = { passed: 0, failures: [], skipped: [] };

  /** One thing a writer does. */
  async function step(what, work, { needsBundle = true } = {}) {
    if (needsBundle && !hasBundle) {
      result.skipped.push(`${what}: no models/bundle`);
      return;
    }
    try {
      const told = await work();
      result.passed += 1;
      lap(`ok    ${what}${told ? `: ${told}` : ''}`);
    } catch (error) {
      await failed(what, error);
    }
  }

  /** Leaves a picture, and a clean keyboard for whatever comes next. */
  async function failed(what, error) {
    result.failures.push(`${name}: ${what}`);
    lap(`FAIL  ${what}: ${error.stack ?? error}`);
    await writer.page
      .screenshot({ path: inRoot('out', `failed-${name}-${result.failures.length}.png`) })
      .catch(() => {});
    await writer.press('Escape', 3).catch(() => {});
  }

  lap(name);
  // What goes wrong outside its steps ends this story, not the run.
  try {
    await writer.closeAll();
    writeDocuments(folders.workspace, documents);
    await writer.open('garden.md');
    await story({ writer, step, hasBundle });
  } catch (error) {
    await failed('the story', error);
  }
  return result;
}

/** A story that fails is told once more; what it then gives counts, and that it did so is told at the end. */
async function tellUntilGood(story) {
  let result;
  for (let telling = 1; telling <= tellings; telling += 1) {
    result = await tell(story);
    if (result.failures.length === 0) break;
    if (telling < tellings) flaky.push(...result.failures);
  }
  passed += result.passed;
  failures = failures.concat(result.failures);
  skipped.push(...result.skipped);
}

try {
  installVsix(folders, path.resolve(option('vsix', inRoot(`foresay-${process.platform}-${process.arch}.vsix`))));
  installCopilotStandIn(folders);
  lap('installed the .vsix');
  server = await startCodeServer(folders);
  browser = await startBrowser(folders, { width: 1000, height: 640 });
  const page = browser.pages()[0] ?? (await browser.newPage());
  page.setDefaultTimeout(40_000);
  writer = editorPage(page, folders, pictureFile);
  const file = server.remote(path.join(folders.workspace, 'garden.md'));
  await page.goto(workbenchUrl(server, { folder: folders.workspace }, [['openFile', file]]));
  await page.waitForSelector('.monaco-editor .view-lines', { timeout: modelLimit });
  await page.locator('.monaco-editor .view-lines').first().click();
  // The text has the window to itself.
  await writer.press('Control+B');
  lap('the workbench is up');
  for (const each of stories) await tellUntilGood(each);
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
for (const what of flaky) console.log(`failed at its first telling: ${what}`);
console.log(`user: ${passed} passed, ${failures.length} failed, ${skipped.length} skipped`);
process.exitCode = failures.length > 0 ? 1 : 0;
