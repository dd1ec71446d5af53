/**
 * `npm run bench:peers -- [--words=1000,4000,16000,64000,256000] [--runs=5] [--slow=1] [--threads=1,2] [--cold=3]
 * [--json]`: Foresay beside what a writer would use instead, alternately, on the same documents: SmolLM2-135M in llama.cpp
 * for the next sentence, MiniLM in transformers.js for the vectors; and beside itself without its caches. Wall time and CPU
 * seconds, medians with their spread. `--slow` is the number of runs where one takes over 10 s; without its caches Foresay
 * is measured up to 16,000 words.
 *
 * Behind a sentence at the document's end the suggestion is asked for at once, as behind one that was pasted, and again
 * behind one that is typed word by word, along with which everyone may read, 50 ms after its full stop. The token model
 * reads the last 8,192 tokens, all that it was trained for. "An edit in the middle" is one in the middle of those or of the
 * document, whichever is shorter, after which the suggestion is asked for at the document's end. Of vectors, sentences a
 * second, and how long those of a document of 5,000 sentences take that is opened for the first time.
 */
import { existsSync } from 'node:fs';
import { inRoot, run } from '../../../scripts/exec.mjs';
import { bundled } from '../bundled.mjs';
import { sentenceSource, wordsPerSentence, writeDocument } from '../document.mjs';
import { proseSource } from '../prose.mjs';
import { thisMachine, wholeNumber, wholeNumbers } from '../setting.mjs';
import { summary } from '../statistics.mjs';
import { ensurePeers } from './install.mjs';
import { Worker } from './worker.mjs';
import { Foresay, NaiveForesay, TokenModel } from './writers.mjs';

const seed = 1;
/** Words of the longest document that is read anew for each suggestion: a longer one takes as many times longer. */
const longestNaive = 16_000;
/** Words of the document's end that the token model reads, about. */
const wordsRead = 5500;
const lengths = wholeNumbers('words', '1000,4000,16000,64000,256000');
const runs = wholeNumber('runs', 5);
const slowRuns = wholeNumber('slow', 1);
/** Milliseconds from which a run is slow. */
const slowMs = 10_000;
const threads = wholeNumbers('threads', '1,2');
const embedded = wholeNumber('sentences', 500);
/** Sentences of a batch. */
const many = 32;
/** Sentences of the document that is opened for the first time, and how often it is. */
const coldSentences = 5000;
const coldRuns = wholeNumber('cold', 3);
const note = (text) => process.stderr.write(`${text}\n`);

/** Wall milliseconds and CPU seconds of one piece of work, and what it says of itself. */
async function taken(writer, work) {
  const used = writer.cpu();
  const from = performance.now();
  const told = await work();
  return {
    ms: performance.now() - from,
    cpu: writer.cpu() - used,
    ...(told?.read && { read: told }),
    silent: told?.silent,
  };
}

function figures(values) {
  const read = values.flatMap((value) => (value.read ? [value.read] : []));
  const perSecond = (count, ms) => (ms > 0 ? (1000 * count) / ms : 0);
  return {
    ms: summary(values.map(({ ms }) => ms)),
    cpuSeconds: summary(values.map(({ cpu }) => cpu)),
    silent: values.filter(({ silent }) => silent).length,
    ...(read.length > 0 && {
      tokensRead: summary(read.map(({ read: count }) => count)),
      readPerSecond: summary(read.map(({ read: count, readMs }) => perSecond(count, readMs))),
      wordedPerSecond: summary(read.map(({ worded, wordedMs }) => perSecond(worded, wordedMs))),
    }),
  };
}

/** One length: opening, then appends and edits, the writers one after the other in each round. */
async function measureLength(words, writers) {
  const { lines, paragraphs } = writeDocument(Math.round(words / wordsPerSentence), seed);
  while (lines.at(-1) === '') lines.pop();
  const last = lines.length - 1;
  const middle = middleOf(lines, paragraphs);
  const next = proseSource();
  const found = {};
  for (const writer of writers) {
    note(`${words} words: opening in ${writer.name}`);
    await writer.load();
    found[writer.name] = { open: [await taken(writer, () => writer.open(lines))], append: [], typed: [], edit: [] };
    await writer.settle();
  }
  for (let round = 0; round < runs; round++) {
    for (const [kind, line] of [
      ['append', last],
      ['typed', last],
      ['edit', middle],
    ]) {
      const { sentence } = next();
      for (const writer of writers) {
        const values = found[writer.name][kind];
        if (values.length >= slowRuns && values[0].ms > slowMs) continue;
        // What reads everything anew has nothing to read along with, and takes long.
        if (writer instanceof NaiveForesay && (round >= slowRuns || kind === 'typed')) continue;
        if (kind === 'typed') await writer.typeOut(line, sentence);
        else await writer.type(line, ` ${sentence}`);
        values.push(await taken(writer, () => writer.suggest()));
        await writer.settle();
      }
    }
    note(`${words} words: round ${round + 1} of ${runs}`);
  }
  const result = {};
  for (const writer of writers) {
    const measured = Object.entries(found[writer.name]).filter(([, values]) => values.length > 0);
    const kinds = Object.fromEntries(measured.map(([kind, values]) => [kind, figures(values)]));
    result[writer.name] = { ...kinds, residentMB: writer.memory() / 2 ** 20 };
    await writer.stop();
  }
  return result;
}

/** The line of a paragraph in the middle of what a token model reads. */
function middleOf(lines, paragraphs) {
  let words = 0;
  let start = lines.length;
  while (start > 0 && words < wordsRead) {
    start -= 1;
    words += lines[start].split(/\s+/).length;
  }
  const middle = (start + lines.length) / 2;
  return paragraphs.find((line) => line >= middle) ?? paragraphs[0];
}

/** Sentences a second, each way alternately: one at a time, and many. */
async function measureEmbedding(peers) {
  const own = await bundled('test/bench/peers/ownEncoder.ts');
  const peer = new URL('./embeddingPeer.mjs', import.meta.url);
  const workers = {
    foresay: await Worker.start(own, [inRoot('models/bundle')]),
    'transformers.js, int8': await Worker.start(peer, [peers.transformers, peers.minilm, 'q8']),
    'transformers.js, float32': await Worker.start(peer, [peers.transformers, peers.minilm, 'fp32']),
  };
  const next = sentenceSource(seed);
  const found = {};
  for (let round = 0; round < runs; round++) {
    for (const [kind, count, batch] of [
      ['one', Math.ceil(embedded / 10), 1],
      ['many', embedded, many],
    ]) {
      // Others in each round: a cache would help nobody.
      const sentences = Array.from({ length: count }, next);
      for (const [name, worker] of Object.entries(workers)) {
        const { ms, cpu } = await worker.ask({ sentences, batch });
        found[name] ??= { one: [], many: [] };
        found[name][kind].push({ perSecond: (1000 * count) / ms, cpuMs: (1000 * cpu) / count });
      }
    }
    note(`embedding: round ${round + 1} of ${runs}`);
  }
  const result = {};
  for (const [name, worker] of Object.entries(workers)) {
    const told = (values) => ({
      perSecond: summary(values.map((value) => value.perSecond)),
      cpuMsPerSentence: summary(values.map((value) => value.cpuMs)),
    });
    result[name] = { one: told(found[name].one), many: told(found[name].many), residentMB: worker.memory() / 2 ** 20 };
  }
  const cold = {};
  for (let round = 0; round < coldRuns; round++) {
    for (const [name, worker] of Object.entries(workers)) {
      const ms = name === 'foresay' ? await coldOpening() : await coldEmbedding(worker);
      cold[name] = [...(cold[name] ?? []), ms];
    }
    note(`cold opening: round ${round + 1} of ${coldRuns}`);
  }
  for (const [name, values] of Object.entries(cold)) result[name].coldMs = summary(values);
  for (const worker of Object.values(workers)) worker.stop();
  return result;
}

/** Milliseconds until every sentence of a document has its vector, of which the server knows none. */
async function coldOpening() {
  const writer = new Foresay();
  await writer.load();
  const from = performance.now();
  await writer.read(writeDocument(coldSentences, seed).lines);
  const ms = performance.now() - from;
  await writer.stop();
  return ms;
}

/** The same sentences, as many at a time as transformers.js is best at. */
async function coldEmbedding(worker) {
  const { ms } = await worker.ask({
    sentences: Array.from({ length: coldSentences }, sentenceSource(seed)),
    batch: many,
  });
  return ms;
}

function show({ documents, embedding }) {
  const number = (value) => (value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0));
  const spread = ({ median, min, max }) => `${number(median)} (${number(min)} to ${number(max)})`;
  for (const [words, writers] of Object.entries(documents)) {
    console.log(`\n${words} words                  ms until the next sentence, CPU seconds, resident MB`);
    for (const [name, { residentMB, ...kinds }] of Object.entries(writers)) {
      console.log(`  ${name}, ${number(residentMB)} MB`);
      for (const [kind, figure] of Object.entries(kinds)) {
        const silent = figure.silent ? `, ${figure.silent} silent` : '';
        const ratio = figure.ms.median / writers.foresay[kind].ms.median;
        const told = `${spread(figure.ms)} ms, ${spread(figure.cpuSeconds)} s CPU${silent}`;
        console.log(`    ${kind.padEnd(8)} ${told.padEnd(64)} ${number(ratio)} x Foresay's time`);
      }
    }
  }
  console.log('\nsentences embedded a second');
  for (const [name, { one, many: batched, coldMs }] of Object.entries(embedding)) {
    const told = `one at a time ${spread(one.perSecond)}, many ${spread(batched.perSecond)}`;
    console.log(`  ${name.padEnd(26)} ${told}; ${coldSentences} in ${spread(coldMs)} ms`);
  }
}

if (!existsSync(inRoot('dist/server.mjs'))) await run(process.execPath, ['esbuild.mjs'], { quiet: true });
const peers = await ensurePeers();
const machine = thisMachine();
const documents = {};
for (const words of lengths) {
  const naive = words <= longestNaive ? [new NaiveForesay()] : [];
  const writers = [new Foresay(), ...naive, ...threads.map((count) => new TokenModel(peers, count))];
  documents[words] = await measureLength(words, writers);
}
const embedding = await measureEmbedding(peers);
if (process.argv.includes('--json'))
  console.log(JSON.stringify({ seed, runs, machine, documents, embedding }, null, 1));
else show({ documents, embedding });
