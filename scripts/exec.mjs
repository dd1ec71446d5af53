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

/** Process groups that run now; whatever ends this process, they end with it. */
const groups = new Set();
process.once('exit', () => {
  for (const pid of groups) killGroup(pid, 'SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    for (const pid of groups) killGroup(pid, 'SIGTERM');
    // Each of them may have children of its own to end.
    setTimeout(() => process.exit(1), groups.size > 0 ? graceMs : 0);
  });
}

/** Milliseconds from the polite signal to the one that cannot be refused. */
const graceMs = 8000;
/** Milliseconds for the output of a process that has ended to arrive; then whoever still holds the pipe is ended. */
const drainMs = 3000;

function killGroup(pid, signal) {
  try {
    // A negative number names the group; Windows has none.
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // All of it has ended already.
  }
}

/**
 * Runs a command to its end in a process group of its own, with its output on ours; gives its standard output and exit
 * code, and `timedOut`. Throws an Error naming the command if it ends with a code other than 0, unless `allowFailure`
 * is set. After `timeoutMs` the group is ended, which counts as failure.
 */
export function run(
  command,
  args,
  { cwd = root, env = {}, quiet = false, allowFailure = false, timeoutMs = Number.POSITIVE_INFINITY } = {},
) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
      detached: process.platform !== 'win32',
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
    const { pid } = child;
    if (pid === undefined) return;
    groups.add(pid);
    const timers = [];
    let timedOut = false;
    if (Number.isFinite(timeoutMs)) {
      const end = () => {
        timedOut = true;
        killGroup(pid, 'SIGTERM');
        timers.push(setTimeout(() => killGroup(pid, 'SIGKILL'), graceMs));
      };
      timers.push(setTimeout(end, timeoutMs));
    }
    child.on('exit', () => timers.push(setTimeout(() => killGroup(pid, 'SIGKILL'), drainMs)));
    child.on('close', (code) => {
      for (const timer of timers) clearTimeout(timer);
      killGroup(pid, 'SIGKILL');
      groups.delete(pid);
      const failed = timedOut || code !== 0;
      if (timedOut) process.stderr.write(`${command}: ended after ${Math.round(timeoutMs / 1000)} s\n`);
      if (!failed || allowFailure) resolve({ code: failed ? (code ?? 0) || 1 : 0, stdout, stderr, timedOut });
      else {
        // A quiet command that failed still has to say why.
        if (quiet) process.stderr.write(`${stdout}${stderr}`.slice(-4000));
        reject(new Error(`${command} ${args.join(' ')} ended ${timedOut ? 'too late' : `with code ${code}`}`));
      }
    });
  });
}
