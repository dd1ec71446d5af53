/** Child processes for the scripts of this repository: run one, see its output, fail with its command line. */
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, absolute. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Absolute path inside the repository. */
export const inRoot = (...parts) => path.join(root, ...parts);

/** The value of `--name=value` on the command line, `fallback` without one. */
export function option(name, fallback) {
  const prefix = `--${name}=`;
  return process.argv.find((argument) => argument.startsWith(prefix))?.slice(prefix.length) ?? fallback;
}

/** True if `command` can be started: it is on the PATH. */
export function hasCommand(command) {
  const probe = process.platform === 'win32' ? ['where', [command]] : ['sh', ['-c', `command -v ${command}`]];
  return spawnSync(probe[0], probe[1], { stdio: 'ignore' }).status === 0;
}

/**
 * Runs a command to its end with its output on ours; gives its standard output and exit code.
 * Throws an Error naming the command if it ends with a code other than 0, unless `allowFailure` is set.
 */
export function run(command, args, { cwd = root, env = {}, quiet = false, allowFailure = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      if (!quiet) process.stdout.write(chunk);
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
      if (!quiet) process.stderr.write(chunk);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 || allowFailure) resolve({ code: code ?? 1, stdout, stderr });
      else {
        // A quiet command that failed still has to say why.
        if (quiet) process.stderr.write(`${stdout}${stderr}`.slice(-4000));
        reject(new Error(`${command} ${args.join(' ')} ended with code ${code}`));
      }
    });
  });
}
