/** Runs the extension-host suite in code-server and gives its exit code; `--report=FILE` takes the counts, `--only=WORDS` runs some. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot, option, root } from '../../scripts/exec.mjs';
import { buildSuite, suiteFile } from './buildSuite.mjs';
import { makeFolders, makeTwoRoots, removeFolders, startBrowser, startCodeServer, workbenchUrl } from './workbench.mjs';

const limitMs = 420_000;
const report = path.resolve(option('report', inRoot('out/extension.json')));
mkdirSync(path.dirname(report), { recursive: true });

await buildSuite();
const folders = makeFolders();
const workspace = makeTwoRoots(folders);
/** What the workbench says: of interest only when the suite fails, for it misses its marketplace and more. */
const workbenchLog = [];
let server;
let browser;
let code = 1;
try {
  server = await startCodeServer(folders, { FORESAY_TEST_REPORT: report, FORESAY_TEST_ONLY: option('only', '') });
  browser = await startBrowser(folders);
  const page = browser.pages()[0] ?? (await browser.newPage());
  const done = new Promise((resolve) => page.exposeFunction('codeAutomationExit', resolve));
  await page.exposeFunction('codeAutomationLog', (type, args) => workbenchLog.push(`[${type}] ${args.join(' ')}`));
  await page.addInitScript(allowTestPayload);
  const payload = [
    ['extensionDevelopmentPath', server.remote(root)],
    ['extensionTestsPath', server.remote(suiteFile)],
  ];
  await page.goto(workbenchUrl(server, { workspace }, payload));
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve('late'), limitMs);
  });
  const ended = await Promise.race([done, late]);
  clearTimeout(timer);
  code = ended === 'late' ? 1 : Number(ended);
  if (ended === 'late') {
    console.error(`the suite did not end within ${limitMs / 1000} s`);
    await page.screenshot({ path: inRoot('out/extension-late.png') });
  }
} finally {
  await browser?.close().catch(() => {});
  await server?.stop();
}
if (existsSync(report)) {
  const { failed, lines } = JSON.parse(readFileSync(report, 'utf8'));
  console.log(lines.join('\n'));
  if (failed > 0) code ||= 1;
} else {
  console.error(`the suite wrote no report\n${server?.log().slice(-3000)}`);
  code ||= 1;
}
if (code !== 0) console.error(workbenchLog.join('\n').slice(-6000));
removeFolders(folders);
process.exitCode = code;

/** Built workbenches take a test payload only with the smoke-test driver on; it is switched on in the page's settings. */
function allowTestPayload() {
  const patch = () => {
    const meta = document.getElementById('vscode-workbench-web-configuration');
    if (!meta || meta.dataset.patched) return;
    meta.dataset.patched = 'yes';
    const settings = JSON.parse(meta.getAttribute('data-settings'));
    settings.developmentOptions = { ...settings.developmentOptions, enableSmokeTestDriver: true };
    meta.setAttribute('data-settings', JSON.stringify(settings));
  };
  new MutationObserver(patch).observe(document, { childList: true, subtree: true });
  patch();
}
