/** Kate without a screen: that with its settings it starts the server, opens the document there and is answered. */

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from '../../scripts/exec.mjs';

/** What Kate must have sent, and the server answered. */
const wanted = {
  sent: [/"method": *"initialize"/, /"method": *"textDocument\/didOpen"/, /"languageId": *"markdown"/],
  answered: [/"serverInfo": *\{"name": *"foresay"/, /"state": *"(ready|off|error)"/],
};

/** True if all of it was seen within two minutes. */
export async function runKate(home, env) {
  const [sent, answered] = ['sent', 'answered'].map((name) => path.join(home, `${name}.log`));
  // The same command, with a copy of what goes in and what comes out.
  writeFileSync(
    path.join(home, 'bin/foresay-server'),
    `#!/bin/sh\ntee "${sent}" | "${process.execPath}" "${inRoot('bin/foresay-server.mjs')}" "$@" | tee "${answered}"\n`,
  );
  mkdirSync(path.join(home, '.config'), { recursive: true });
  // The answer to the question whether the command may be started, which nobody is here to give.
  const allowed = `${path.join(home, 'bin/foresay-server')} --stdio`;
  writeFileSync(path.join(home, '.config/katerc'), `[lspclient]\nAllowedServerCommandLines=${allowed}\n`);
  mkdirSync(path.join(home, 'run'), { mode: 0o700 });
  const screenless = { QT_QPA_PLATFORM: 'offscreen', XDG_RUNTIME_DIR: path.join(home, 'run'), DISPLAY: '' };
  const child = spawn('kate', ['--new', '--startanon', path.join(home, 'garden.md')], {
    cwd: home,
    env: { ...process.env, ...env, ...screenless },
    stdio: 'ignore',
    detached: true,
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  const seen = () => [
    ...wanted.sent.map((text) => [text, text.test(read(sent))]),
    ...wanted.answered.map((text) => [text, text.test(read(answered))]),
  ];
  for (let tries = 0; tries < 1200 && seen().some(([, found]) => !found); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  for (const [text, found] of seen()) console.log(`${found ? 'ok  ' : 'FAIL'} kate: ${text}`);
  try {
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
  await gone;
  return seen().every(([, found]) => found);
}
