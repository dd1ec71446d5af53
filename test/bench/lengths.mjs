/** How soon the first suggestion comes in documents of different lengths, what they take of the memory, and of an idle processor. */
import { setTimeout as sleep } from 'node:timers/promises';
import { wordsPerSentence, writeDocument } from './document.mjs';
import { startLoaded } from './loadedServer.mjs';
import { OpenDocument } from './openDocument.mjs';
import { proseSource } from './prose.mjs';
import { cpuSeconds, family, memory, summary } from './statistics.mjs';
import { pauseBeforeRequest, typeUnfinished } from './writing.mjs';

const uri = 'file:///bench/chronicle.md';
/** Seconds in which nothing happens before an idle processor is measured: V8 clears up once, some 40 s behind the work. */
const calm = 45;
/** Seconds in which it is measured. */
const idleSeconds = 10;

/**
 * In a document of each number of words a writer types prose at its end, and waits for a suggestion behind each sentence:
 * milliseconds from the request, and from the full stop. Each document has a server of its own, and they get a sentence in
 * turns, so that what else the machine does slows all of them down alike. Gives figures by number of words.
 * `startOptions`: of startLoaded; `note` is told what is under way.
 */
export async function measureLengths(lengths, { suggestions, seed, startOptions, note }) {
  const writers = [];
  for (const words of lengths) {
    note(`${words} words: opening`);
    writers.push(await openWriter(words, seed, startOptions));
  }
  for (let i = 0; i < suggestions; i++) {
    note(`sentence ${i + 1} of ${suggestions}`);
    for (const writer of writers) {
      const taken = await typeSentence(writer);
      // An early editor has asked before there was a first one: that is a start, no measurement.
      if (i > 0) writer.taken.push(taken);
    }
  }
  const longest = writers.find(({ words }) => words === Math.max(...lengths));
  const idlePercent = await measureIdle(longest.server);
  const figures = {};
  for (const writer of writers) {
    const { words, server, taken } = writer;
    figures[words] = {
      fromRequest: summary(taken.map(({ fromRequest }) => fromRequest)),
      fromKey: summary(taken.map(({ fromKey }) => fromKey)),
      silent: taken.filter(({ isSilent }) => isSilent).length,
      idlePercent: writer === longest ? idlePercent : undefined,
      residentMB: processes(server).reduce((sum, pid) => sum + (memory(pid)?.resident ?? 0), 0) / 2 ** 20,
    };
    note(`${words} words: ${Math.round(figures[words].fromRequest.median)} ms`);
    await server.stop();
  }
  return figures;
}

async function openWriter(words, seed, startOptions) {
  const { lines } = writeDocument(Math.round(words / wordsPerSentence), seed);
  while (lines.at(-1) === '') lines.pop();
  const server = await startLoaded(startOptions);
  const document = new OpenDocument(server, uri, lines);
  await document.open();
  await server.connection.sendRequest('foresay/indexed', { textDocument: { uri } });
  return { words, server, document, next: proseSource(), taken: [] };
}

/** Types the writer's next sentence, and its heading before it, if there is one, and waits for what is suggested behind it. */
async function typeSentence({ server, document, next }) {
  let { heading, sentence } = next();
  if (heading !== '') {
    await document.append(['', heading, '', sentence]);
    ({ sentence } = next());
  }
  const last = document.lines.length - 1;
  await typeUnfinished(document, last, sentence);
  const key = performance.now();
  await document.type(last, '.');
  await sleep(pauseBeforeRequest);
  const asked = performance.now();
  const answer = await server.ghostText(uri, document.endOf(last));
  const there = performance.now();
  return { fromRequest: there - asked, fromKey: there - key, isSilent: answer.length === 0 };
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
