/**
 * Other editors against `foresay-server --stdio`, with the settings that docs/editors.md gives for each. One that is
 * missing is skipped, and said. `--only=NAME,…` runs some.
 */
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hasCommand, inRoot, option, run } from '../../scripts/exec.mjs';
import { newNeovim } from '../../scripts/setup.mjs';
import { runKate } from './kate.mjs';
import { snippet } from './snippets.mjs';

const report = path.resolve(option('report', inRoot('out/editors.json')));
mkdirSync(path.dirname(report), { recursive: true });
const script = (name) => inRoot('test/editors', name);

const neovim = (settings) => [
  '--headless',
  '--clean',
  '-c',
  `luafile ${settings}`,
  '-c',
  `luafile ${script('nvim.lua')}`,
];
const emacs = (client) => (settings) => [
  '--batch',
  '-l',
  script('emacs.el'),
  '-l',
  settings,
  '-l',
  script(`${client}.el`),
];

/** Each with the block of docs/editors.md that it is started with, and what is given on its command line. */
const editors = {
  'neovim-0.7': { command: 'nvim', file: 'init.lua', args: neovim },
  neovim: { command: newNeovim, file: 'init.lua', args: neovim },
  eglot: { command: 'emacs', file: 'init.el', args: emacs('eglot') },
  'lsp-mode': { command: 'emacs', file: 'init.el', args: emacs('lsp-mode') },
  kate: { command: 'kate', file: '.config/kate/lspclient/settings.json', run: runKate },
};

/** A home of its own with a document, the settings, and `foresay-server` on the PATH. */
function makeHome(name, file) {
  const home = mkdtempSync(path.join(tmpdir(), 'foresay-editor-'));
  copyFileSync(inRoot('samples/community-garden.md'), path.join(home, 'garden.md'));
  const settings = path.join(home, file);
  const command = path.join(home, 'bin/foresay-server');
  for (const each of [settings, command]) mkdirSync(path.dirname(each), { recursive: true });
  writeFileSync(settings, snippet(name));
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${inRoot('bin/foresay-server.mjs')}" "$@"\n`);
  chmodSync(command, 0o755);
  return { home, settings };
}

const environment = (home) => ({
  PATH: `${path.join(home, 'bin')}${path.delimiter}${process.env.PATH}`,
  HOME: home,
  FORESAY_WORKSPACE: home,
  // Without a bundle the scripts ask only for what works without one.
  FORESAY_BUNDLE: existsSync(inRoot('models/bundle/manifest.json')) ? 'yes' : '',
  // Real ones, set, would be read and written.
  XDG_CACHE_HOME: path.join(home, '.cache'),
  XDG_CONFIG_HOME: path.join(home, '.config'),
  XDG_DATA_HOME: path.join(home, '.local/share'),
  XDG_STATE_HOME: path.join(home, '.local/state'),
});

const counts = { passed: 0, failed: 0, skipped: [] };
const only = option('only')?.split(',') ?? Object.keys(editors);
for (const [name, editor] of Object.entries(editors).filter(([name]) => only.includes(name))) {
  if (!hasCommand(editor.command)) {
    counts.skipped.push(`${name}: ${editor.command} is not installed`);
    continue;
  }
  const { home, settings } = makeHome(name, editor.file);
  const env = environment(home);
  const ok = editor.run
    ? await editor.run(home, env)
    : (await run(editor.command, editor.args(settings), { cwd: home, env, allowFailure: true, timeoutMs: 240_000 }))
        .code === 0;
  console.log(`\n${ok ? 'ok  ' : 'FAIL'} ${name}`);
  if (ok) counts.passed += 1;
  else counts.failed += 1;
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
writeFileSync(report, JSON.stringify(counts));
console.log(`editors: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped.length} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;
