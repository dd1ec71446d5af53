/** What a keystroke costs the server's main thread until everything has followed it, and how soon the index has. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLoaded } from './loadedServer.mjs';
import { OpenDocument } from './openDocument.mjs';
import { summary } from './statistics.mjs';
import { timed } from './writing.mjs';

/** Milliseconds between two keystrokes, and in which all that they lead to is done. */
const betweenKeys = 60;
const aftermath = 1500;

/**
 * `lineOf` gives a line to type at the end of. `folder` is for a file of its own. Gives two figures with their names, of
 * as many runs.
 */
export async function measureFollowing({ uri, lines, lineOf, runs, settings, folder }) {
  const file = path.join(folder, 'longest-task');
  const server = await startLoaded({
    settings,
    nodeArguments: ['--import', new URL('./longestTask.mjs', import.meta.url).href],
    env: { FORESAY_LONGEST_TASK: file },
  });
  const document = new OpenDocument(server, uri, lines);
  const indexed = () => server.connection.sendRequest('foresay/indexed', { textDocument: { uri } });
  await document.open();
  await indexed();
  const tasks = [];
  const times = [];
  for (let i = 0; i < runs; i++) {
    const line = lineOf();
    await sleep(aftermath);
    await longestTask(server, file);
    for (const key of ' Then x') {
      await document.type(line, key);
      await sleep(betweenKeys);
    }
    await sleep(aftermath);
    tasks.push(await longestTask(server, file));
    await document.type(line, '.');
    times.push(await timed(indexed()));
  }
  await server.stop();
  const what = `longest task of the main thread while typing and ${aftermath / 1000} s after`;
  return {
    keystrokeIndexed: { what: 'keystroke: until it is indexed', unit: 'ms', ...summary(times) },
    longestTask: { what, unit: 'ms', ...summary(tasks) },
  };
}

/** Milliseconds that the longest task of the server's main thread took since it was asked last. */
async function longestTask({ child }, file) {
  rmSync(file, { force: true });
  child.kill('SIGUSR2');
  for (;;) {
    const written = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (written !== '') return Number(written);
    await sleep(20);
  }
}
