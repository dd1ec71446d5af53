/**
 * `npm run bench:search -- [--sentences=100000] [--runs=200] [--json]`: how long the index takes to search, to open and
 * to take a file in, in its own thread as the server has it; and how many of the best twenty it finds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { createMessageConnection, PortMessageReader, PortMessageWriter } from 'vscode-jsonrpc/node';
import { inRoot, run } from '../../scripts/exec.mjs';
import { random } from './document.mjs';
import { thisMachine, wholeNumber } from './setting.mjs';
import { summary } from './statistics.mjs';

const sentences = wholeNumber('sentences', 100000);
const runs = wholeNumber('runs', 200);
const conceptDim = 384;
const perFile = 100;
const wanted = 20;
const encoder = { encoder: '0'.repeat(64), conceptDim };

await run(process.execPath, ['esbuild.mjs'], { quiet: true });
const directory = mkdtempSync(path.join(os.tmpdir(), 'foresay-search-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));

/** Unit vectors round a thousand subjects, as sentences are; `random` draws from [0, 1). */
const next = random(1);
const noise = () => next() + next() + next() - 1.5;
const subjects = Array.from({ length: 1000 }, () => Float32Array.from({ length: conceptDim }, noise));
function vector() {
  const subject = subjects[Math.floor(next() * subjects.length)];
  const raw = subject.map((x) => x + 1.2 * noise());
  const length = Math.hypot(...raw);
  return raw.map((x) => x / length);
}

function startThread() {
  const worker = new Worker(inRoot('dist/searchMain.cjs'));
  const connection = createMessageConnection(new PortMessageReader(worker), new PortMessageWriter(worker));
  connection.listen();
  return { worker, ask: (method, params) => connection.sendRequest(method, params) };
}

async function timed(work) {
  const from = performance.now();
  const result = await work();
  return [performance.now() - from, result];
}

const folders = ['file:///bench/'];
const first = startThread();
await first.ask('open', { directory, encoder, folders });
const all = [];
const puts = [];
for (let at = 0; at < sentences; at += perFile) {
  const vectors = new Map();
  for (let i = at; i < Math.min(sentences, at + perFile); i++) {
    all.push(vector());
    vectors.set(String(i).padStart(14, '0'), all[i]);
  }
  const file = { uri: `${folders[0]}${at}.md`, hash: '0'.repeat(64), modified: at, size: 1 };
  const params = { file, ids: [...vectors.keys()], starts: new Uint32Array(vectors.size), vectors };
  puts.push((await timed(() => first.ask('put', params)))[0]);
}
const { bytes } = await first.ask('state', {});
await first.ask('close', {});
await first.worker.terminate();

const second = startThread();
const before = process.memoryUsage().rss;
const [opening] = await timed(() => second.ask('open', { directory, encoder, folders }));
const memory = process.memoryUsage().rss - before;
const queries = Array.from({ length: runs }, vector);
const searches = [];
const answers = [];
const usage = process.cpuUsage();
for (const query of queries) {
  const [ms, hits] = await timed(() => second.ask('search', { query, count: wanted, except: [] }));
  searches.push(ms);
  answers.push(hits);
}
const { user, system } = process.cpuUsage(usage);
const compared = Math.min(runs, 25);
const found = queries.slice(0, compared).reduce((sum, query, i) => sum + recalled(query, answers[i]), 0);
await second.worker.terminate();

/** How many of the sentences that comparing with each one finds are among the hits. */
function recalled(query, hits) {
  const exact = all.map((each, i) => [i, each.reduce((sum, x, j) => sum + x * query[j], 0)]);
  exact.sort((a, b) => b[1] - a[1]);
  const ids = new Set(hits.map(({ id }) => Number(id)));
  return exact.slice(0, wanted).filter(([i]) => ids.has(i)).length;
}

const results = {
  machine: thisMachine(),
  sentences,
  searchMs: summary(searches),
  searchMs95: searches.toSorted((a, b) => a - b)[Math.floor(0.95 * searches.length)],
  // What it takes of a processor; the times above are longer where others want it too.
  searchProcessorMs: (user + system) / 1000 / runs,
  fileMs: summary(puts),
  openingMs: Math.round(opening),
  megabytesOnDisk: Math.round(bytes / 1e6),
  megabytesInMemory: Math.round(memory / 1e6),
  recallOfTwenty: found / (compared * wanted),
};
if (process.argv.includes('--json')) console.log(JSON.stringify(results, undefined, 2));
else for (const [name, value] of Object.entries(results)) console.log(name.padEnd(20), JSON.stringify(value));
