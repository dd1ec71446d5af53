/** Other editors against `foresay-server --stdio`: Emacs with eglot, Neovim. One that is missing is skipped, and said. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hasCommand, inRoot, option, run } from '../../scripts/exec.mjs';

const report = path.resolve(option('report', inRoot('out/editors.json')));
mkdirSync(path.dirname(report), { recursive: true });
const script = (name) => inRoot('test/editors', name);

const editors = [
  { command: 'emacs', args: ['--batch', '-l', script('eglot.el')] },
  { command: 'nvim', args: ['--headless', '--clean', '-c', `luafile ${script('nvim.lua')}`] },
];

const counts = { passed: 0, failed: 0, skipped: [] };
for (const { command, args } of editors) {
  if (!hasCommand(command)) {
    counts.skipped.push(`${command} is not installed`);
    continue;
  }
  const workspace = mkdtempSync(path.join(tmpdir(), 'foresay-editor-'));
  copyFileSync(inRoot('samples/community-garden.md'), path.join(workspace, 'garden.md'));
  const env = {
    FORESAY_WORKSPACE: workspace,
    FORESAY_SERVER: inRoot('bin/foresay-server.mjs'),
    // Without a bundle the scripts ask only for what works without one.
    FORESAY_BUNDLE: existsSync(inRoot('models/bundle/manifest.json')) ? 'yes' : '',
    HOME: workspace,
    // A real one, set, would be written to.
    XDG_CACHE_HOME: path.join(workspace, '.cache'),
  };
  const { code } = await run(command, args, { env, allowFailure: true });
  console.log(`\n${code === 0 ? 'ok  ' : 'FAIL'} ${command}`);
  if (code === 0) counts.passed += 1;
  else counts.failed += 1;
  rmSync(workspace, { recursive: true, force: true, maxRetries: 5 });
}
writeFileSync(report, JSON.stringify(counts));
console.log(`editors: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped.length} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;
