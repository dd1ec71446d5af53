/** How soon the first suggestion comes in documents of different lengths, what they take of the memory, and of an idle processor. */
import { setTimeout as sleep } from 'node:timers/promises';
import { wordsPerSentence, writeDocument } from './document.mjs';
import { startLoaded } from './loadedServer.mjs';
import { OpenDocument } from './openDocument.mjs';
import { proseSource } from './prose.mjs';
import { cpuSeconds, family, memory, summary } from './statistics.mjs';
import { typeUnfinished } from './writing.mjs';

const uri = 'file:///bench/chronicle.md';
/** Milliseconds after a keystroke in which VS Code asks for ghost text. */
const pause = 50;
/** Seconds in which nothing happens before an idle processor is measured: V8 clears up once, some 40 s behind the work. */
const calm = 45;
/** Seconds in which it is measured. */
const idleSeconds = 10;

/**
 * For each number of words a writer types prose at the document's end, and waits for a suggestion behind each sentence:
 * milliseconds from the request, and from the full stop. Gives figures by number of words. `startOptions`: of
 * startLoaded; `note` is told what is under way.
 */
export async function measureLengths(lengths, { suggestions, seed, startOptions, note }) {
  const figures = {};
  for (const words of lengths) {
    note(`${words} words: opening`);
    const { lines } = writeDocument(Math.round(words / wordsPerSentence), seed);
    while (lines.at(-1) === '') lines.pop();
    const server = await startLoaded(startOptions);
    const document = new OpenDocument(server, uri, lines);
    await document.open();
    const textDocument = { uri };
    await server.connection.sendRequest('foresay/indexed', { textDocument });
    const next = proseSource();
    const fromRequest = [];
    const fromKey = [];
    let silent = 0;
    for (let i = 0; i < suggestions; i++) {
      let { heading, sentence } = next();
      if (heading !== '') {
        await document.append(['', heading, '', sentence]);
        ({ sentence } = next());
      }
      const last = document.lines.length - 1;
      await typeUnfinished(document, last, sentence);
      const key = performance.now();
      await document.type(last, '.');
      await sleep(pause);
      const asked = performance.now();
      const params = { textDocument, position: document.endOf(last), context: { triggerKind: 2 } };
      const answer = await server.connection.sendRequest('textDocument/inlineCompletion', params);
      const there = performance.now();
      // An early editor has asked before there was a first one: that is a start, no measurement.
      if (i === 0) continue;
      fromRequest.push(there - asked);
      fromKey.push(there - key);
      if (answer.length === 0) silent += 1;
    }
    const idlePercent = words === Math.max(...lengths) ? await measureIdle(server) : undefined;
    figures[words] = {
      fromRequest: summary(fromRequest),
      fromKey: summary(fromKey),
      silent,
      idlePercent,
      residentMB: processes(server).reduce((sum, pid) => sum + (memory(pid)?.resident ?? 0), 0) / 2 ** 20,
    };
    note(`${words} words: ${Math.round(figures[words].fromRequest.median)} ms`);
    await server.stop();
  }
  return figures;
}

/** Processor time of server and host, in percent of one core's. */
async function measureIdle(server) {
  await sleep(1000 * calm);
  const before = spent(server);
  await sleep(1000 * idleSeconds);
  return (100 * (spent(server) - before)) / idleSeconds;
}

const processes = (server) => family(server.child.pid);
const spent = (server) => processes(server).reduce((sum, pid) => sum + cpuSeconds(pid), 0);
