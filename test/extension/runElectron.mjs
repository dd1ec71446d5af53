/** Runs the extension-host suite in desktop VS Code, where it can be downloaded (or `VSCODE_PATH` names one). */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { inRoot, option, root } from '../../scripts/exec.mjs';
import { buildSuite, suiteFile } from './buildSuite.mjs';
import { makeFolders, makeTwoRoots, removeFolders } from './workbench.mjs';

const report = path.resolve(option('report', inRoot('out/electron.json')));
mkdirSync(path.dirname(report), { recursive: true });
await buildSuite();
const folders = makeFolders();
try {
  await runTests({
    extensionDevelopmentPath: root,
    extensionTestsPath: suiteFile,
    ...(process.env.VSCODE_PATH ? { vscodeExecutablePath: process.env.VSCODE_PATH } : { version: 'stable' }),
    extensionTestsEnv: { FORESAY_TEST_REPORT: report },
    launchArgs: [makeTwoRoots(folders), '--user-data-dir', folders.data, '--disable-extensions', '--disable-gpu'],
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  removeFolders(folders);
}
try {
  console.log(JSON.parse(readFileSync(report, 'utf8')).lines.join('\n'));
} catch {
  console.error('the suite wrote no report');
  process.exitCode = 1;
}
