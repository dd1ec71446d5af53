/** A real workbench for the tests: code-server with fresh folders, and a browser that shows it. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { inRoot, option } from '../../scripts/exec.mjs';
import { codeServerEntry } from '../../scripts/setup.mjs';

const userSettings = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Light Modern',
  'telemetry.telemetryLevel': 'off',
  'editor.inlineSuggest.enabled': true,
  'editor.quickSuggestions': false,
  'editor.wordBasedSuggestions': 'off',
  'editor.minimap.enabled': false,
  'editor.stickyScroll.enabled': false,
  'editor.wordWrap': 'on',
  'breadcrumbs.enabled': false,
  'window.commandCenter': false,
  'workbench.activityBar.location': 'hidden',
  'workbench.layoutControl.enabled': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'update.mode': 'none',
  'files.autoSave': 'off',
  'window.confirmBeforeClose': 'never',
  'chat.commandCenter.enabled': false,
  'git.enabled': false,
};

/** Fresh folders for one run: `data` and `extensions` of code-server, `workspace` to open. */
export function makeFolders(settings = {}) {
  const root = mkdtempSync(path.join(tmpdir(), 'foresay-workbench-'));
  const folders = {
    root,
    data: path.join(root, 'data'),
    extensions: path.join(root, 'extensions'),
    workspace: path.join(root, 'workspace'),
  };
  for (const folder of [path.join(folders.data, 'User'), folders.extensions, folders.workspace]) {
    mkdirSync(folder, { recursive: true });
  }
  writeFileSync(path.join(folders.data, 'User/settings.json'), JSON.stringify({ ...userSettings, ...settings }));
  return folders;
}

export const removeFolders = (folders) => rmSync(folders.root, { recursive: true, force: true, maxRetries: 5 });

function environment(folders, extra = {}) {
  const env = {
    ...process.env,
    XDG_CONFIG_HOME: path.join(folders.root, 'config'),
    XDG_DATA_HOME: path.join(folders.root, 'share'),
    ...extra,
  };
  // Set inside another VS Code's terminal, these would steer code-server.
  delete env.PORT;
  delete env.VSCODE_IPC_HOOK_CLI;
  return env;
}

/** Installs a .vsix; throws with code-server's output if it is refused. */
export function installVsix(folders, vsix) {
  const args = ['--user-data-dir', folders.data, '--extensions-dir', folders.extensions, '--install-extension', vsix];
  const done = spawnSync(process.execPath, [codeServerEntry, ...args], {
    encoding: 'utf8',
    env: environment(folders),
    timeout: 180_000,
  });
  if (done.status !== 0) throw new Error(`code-server refused ${vsix}: ${done.stdout}\n${done.stderr}`);
}

/** Installs a stand-in for GitHub Copilot: its name and its switch, off by default, and no suggestions. */
export function installCopilotStandIn(folders) {
  const directory = path.join(folders.root, 'copilot');
  mkdirSync(directory);
  const property = { type: 'object', default: { '*': false }, additionalProperties: { type: 'boolean' } };
  const manifest = {
    name: 'copilot',
    publisher: 'GitHub',
    version: '99.0.0',
    description: 'A stand-in for tests.',
    license: 'Apache-2.0',
    engines: { vscode: '^1.91.0' },
    main: './extension.js',
    activationEvents: ['onStartupFinished'],
    contributes: { configuration: { properties: { 'github.copilot.enable': property } } },
  };
  writeFileSync(path.join(directory, 'package.json'), JSON.stringify(manifest));
  writeFileSync(path.join(directory, 'extension.js'), 'exports.activate = () => {};\n');
  const vsix = path.join(folders.root, 'copilot.vsix');
  const args = ['package', '--no-dependencies', '-o', vsix, '--allow-missing-repository', '--skip-license'];
  const done = spawnSync(process.execPath, [inRoot('node_modules/@vscode/vsce/vsce'), ...args], {
    cwd: directory,
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(`vsce: ${done.stdout}\n${done.stderr}`);
  installVsix(folders, vsix);
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts code-server on a free port; `env` reaches the extension host. Gives `url`, `remote`, `log` and `stop`. */
export async function startCodeServer(folders, env = {}) {
  const port = await freePort();
  const args = ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--user-data-dir', folders.data];
  args.push('--extensions-dir', folders.extensions, '--disable-telemetry', '--disable-update-check');
  args.push('--disable-workspace-trust', folders.workspace);
  // A process group of its own, so that stopping it takes the extension host and the language server along.
  const child = spawn(process.execPath, [codeServerEntry, ...args], {
    env: environment(folders, env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const kill = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // All of the group has ended already.
    }
  };
  // Whatever ends this process, nothing of the workbench stays behind.
  process.once('exit', () => kill('SIGKILL'));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.once(signal, () => process.exit(1));
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      log += chunk;
    });
  }
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries += 1) {
    const up = await fetch(`${url}/healthz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (up) break;
    if (tries > 900 || child.exitCode !== null) throw new Error(`code-server did not start\n${log}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    remote: (file) => `vscode-remote://127.0.0.1:${port}${file}`,
    log: () => log,
    /** Resolves once it has ended; after some grace it is killed, extension host and language server with it. */
    stop: async () => {
      kill('SIGTERM');
      const timer = setTimeout(() => kill('SIGKILL'), 5000);
      await gone;
      clearTimeout(timer);
      kill('SIGKILL');
    },
  };
}

/** A headless browser with one page; the profile lies in the run's folders. */
export async function startBrowser(folders, viewport = { width: 1200, height: 760 }) {
  return chromium.launchPersistentContext(path.join(folders.root, 'browser'), {
    executablePath: option('chromium', process.env.CHROMIUM ?? '/usr/bin/chromium'),
    headless: true,
    viewport,
    timeout: 60_000,
    // The caller ends on signals itself, and the browser with it.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    permissions: ['clipboard-read', 'clipboard-write'],
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Makes a workspace of two roots, `one` and `none`, that differ in their settings; gives its file. */
export function makeTwoRoots({ workspace }) {
  const settings = { one: { 'foresay.suggest.candidates': 1 }, none: { 'foresay.enable': { markdown: false } } };
  for (const [root, content] of Object.entries(settings)) {
    mkdirSync(path.join(workspace, root, '.vscode'), { recursive: true });
    writeFileSync(path.join(workspace, root, '.vscode/settings.json'), JSON.stringify(content));
  }
  const file = path.join(workspace, 'two.code-workspace');
  writeFileSync(file, JSON.stringify({ folders: Object.keys(settings).map((name) => ({ path: name })) }));
  return file;
}

/**
 * Address of the workbench with `opened` (`{ folder }`, or `{ workspace }` for a file of several) and `payload` for it, e.g.
 * `[['openFile', remote(file)]]`.
 */
export function workbenchUrl(server, opened, payload) {
  const query = new URLSearchParams({ ...opened, payload: JSON.stringify(payload) });
  return `${server.url}/?${query}`;
}
