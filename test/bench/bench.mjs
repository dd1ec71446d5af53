/**
 * `npm run bench -- [--runs=7] [--cold=3] [--sentences=5000] [--words=1000,4000,16000,64000,256000] [--suggestions=12]
 * [--seed=1] [--bundle=DIR] [--json]`: times and memory of the real server over stdio, as an editor would see them, with
 * the shipped bundle: in a document of so many sentences, and the first suggestion in documents of so many words; what a
 * suggestion spends its time on, and the main thread in documents of each length; and all that has a target beside it.
 * Medians with their spread.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { inRoot, option, run } from '../../scripts/exec.mjs';
import { nodeFlags } from '../../scripts/lspClient.mjs';
import { bundled } from './bundled.mjs';
import { random, writeDocument } from './document.mjs';
import { measureFollowing } from './following.mjs';
import { measureLengths } from './lengths.mjs';
import { startLoaded } from './loadedServer.mjs';
import { OpenDocument } from './openDocument.mjs';
import { proseSource } from './prose.mjs';
import { thisMachine, wholeNumber, wholeNumbers } from './setting.mjs';
import { children, memory, summary } from './statistics.mjs';
import { targetsOf } from './targets.mjs';
import { timed } from './writing.mjs';

const runs = wholeNumber('runs', 7);
const coldRuns = wholeNumber('cold', 3);
const sentences = wholeNumber('sentences', 5000);
const seed = wholeNumber('seed', 1);
const words = wholeNumbers('words', '1000,4000,16000,64000,256000');
const suggestions = wholeNumber('suggestions', 12);
const bundle = option('bundle', '');
const asJson = process.argv.includes('--json');

/** Keystrokes and hovers are short: more of them for each run. */
const shortRuns = runs * 8;
/** Milliseconds between two keystrokes, and of the pause after which an editor asks for a suggestion. */
const betweenKeys = 60;
const typingPause = 400;
/** How long after a keystroke its consequences, the pass of the index above all, may get in the way. */
const aftermath = 1500;

/** For the document, which is kept on disk only if it is a file, and for what is kept of it. */
const folder = mkdtempSync(path.join(os.tmpdir(), 'foresay-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
const file = path.join(folder, 'chronicle.md');
const uri = pathToFileURL(file).href;
const textDocument = { uri };
const results = {};
const skipped = {};

const note = (text) => process.stderr.write(`${text}\n`);

const settings = bundle === '' ? {} : { bundlePath: path.resolve(bundle) };
/** Without a folder the server's cache is empty. */
const start = (cacheDirectory) => startLoaded({ settings, cacheDirectory });
const { lines, paragraphs } = writeDocument(sentences, seed);
writeFileSync(file, lines.join('\n'));
const prose = proseSource();
const next = random(seed + 2);
const anyParagraph = () => paragraphs[Math.floor(next() * paragraphs.length)];

/** A request that the server answers at once: what it takes is the wait for the main thread, and the way there and back. */
function ping({ connection }) {
  const nowhere = { textDocument: { uri: 'file:///bench/not-open' }, position: { line: 0, character: 0 } };
  return timed(connection.sendRequest('textDocument/hover', nowhere));
}

async function measureIdle(server) {
  const values = [];
  for (let i = 0; i < shortRuns; i++) values.push(await ping(server));
  results.idle = { what: 'round trip of an empty request, server idle', unit: 'ms', ...summary(values) };
}

async function measureKeystrokes(server, document) {
  const values = [];
  const stalls = [];
  for (let i = 0; i < runs; i++) {
    const line = anyParagraph();
    for (const key of ' Next'.padEnd(8, 'x')) {
      const from = performance.now();
      await document.type(line, key);
      await ping(server);
      values.push(performance.now() - from);
      await sleep(betweenKeys);
    }
    let longest = 0;
    for (const until = performance.now() + aftermath; performance.now() < until; await sleep(2)) {
      longest = Math.max(longest, await ping(server));
    }
    stalls.push(longest);
    await document.type(line, '.');
  }
  results.keystroke = { what: 'keystroke: until the server answers the next request', unit: 'ms', ...summary(values) };
  const what = `longest wait of a request in the ${aftermath / 1000} s after typing`;
  results.keystrokeAftermath = { what, unit: 'ms', ...summary(stalls) };
}

async function measureOpening(server, document, name, what) {
  const from = performance.now();
  await document.open();
  await ping(server);
  const answered = performance.now() - from;
  await server.connection.sendRequest('foresay/indexed', { textDocument });
  const indexed = performance.now() - from;
  for (const [suffix, value, more] of [
    ['Answering', answered, 'until the server answers the next request'],
    ['Indexed', indexed, 'until every sentence has its vector'],
  ]) {
    results[`${name}${suffix}`] ??= { what: `${what}: ${more}`, unit: 'ms', values: [] };
    results[`${name}${suffix}`].values.push(value);
  }
}

/** What a program of Node's prints as JSON. */
async function printedBy(parameters) {
  const { stdout } = await run(process.execPath, parameters.map(String), { quiet: true });
  return JSON.parse(stdout);
}

const summaries = (taken) => Object.fromEntries(Object.entries(taken).map(([what, values]) => [what, summary(values)]));

/** Milliseconds of each stage of a suggestion, and of a step of the decoder by the number of wordings in it. */
async function measureStages() {
  const program = await bundled('test/bench/stages.ts');
  const parameters = [bundle === '' ? inRoot('models/bundle') : path.resolve(bundle), '4000', suggestions, seed];
  const { taken, stepMs } = await printedBy([program, ...parameters]);
  return { stages: summaries(taken), stepMs };
}

/** By number of words: milliseconds of the main thread for a keystroke, and for what is closest to an idea. */
async function measureMainThread() {
  const program = await bundled('test/bench/mainThread.ts');
  const figures = {};
  for (const count of words) {
    figures[count] = summaries(await printedBy([...nodeFlags, program, count, shortRuns, seed]));
  }
  return figures;
}

/** `ask` gives the number of suggestions; an answer without any counts too. */
async function measureSuggestions(document, name, what, ask) {
  const values = [];
  let silent = 0;
  let candidates = 0;
  for (let i = 0; i < runs; i++) {
    const line = anyParagraph();
    await document.type(line, ` ${prose().sentence}`);
    await sleep(typingPause);
    const from = performance.now();
    const count = await ask(document.endOf(line));
    values.push(performance.now() - from);
    candidates += count;
    if (count === 0) silent += 1;
  }
  results[name] = { what, unit: 'ms', ...summary(values), silent, candidates: candidates / runs };
}

/** Ghost text, as an editor asks for it by itself: up to three ideas, as many as the first wordings give. */
const ghostText = (server) => async (position) => (await server.ghostText(uri, position)).length;

/** What a writer asks for: so many ideas, however long it takes. */
const ideas = (server, candidates) => async (position) => {
  const params = { textDocument, position, candidates };
  return (await server.connection.sendRequest('foresay/nextSentences', params)).items.length;
};

async function measureHover(server) {
  const values = [];
  for (let i = 0; i < shortRuns; i++) {
    const position = { line: anyParagraph(), character: 3 };
    let hover;
    values.push(
      await timed(
        server.connection.sendRequest('textDocument/hover', { textDocument, position }).then((answer) => {
          hover = answer;
        }),
      ),
    );
    if (!hover) throw new Error(`no hover at line ${position.line + 1}`);
  }
  results.hover = { what: 'hover', unit: 'ms', ...summary(values) };
}

function measureMemory(server) {
  const own = memory(server.child.pid);
  if (!own) {
    skipped.memory = 'no /proc on this system';
    return;
  }
  const host = children(server.child.pid).map(memory).filter(Boolean);
  results.serverMemory = { what: 'resident memory of the server', unit: 'MB', ...megabytes([own]) };
  if (host.length > 0)
    results.hostMemory = { what: 'resident memory of the inference host', unit: 'MB', ...megabytes(host) };
}

function megabytes(processes) {
  const sum = (field) => processes.reduce((total, each) => total + each[field], 0) / 2 ** 20;
  return { now: sum('resident'), peak: sum('peak') };
}

/** Servers that find on disk what one before them has read. */
async function measureFromCache() {
  const cacheDirectory = path.join(folder, 'cache');
  const startReading = async (name, what) => {
    const server = await start(cacheDirectory);
    await measureOpening(server, new OpenDocument(server, uri, lines), name, what);
    await server.stop();
  };
  // One more cold one, which fills the cache.
  await startReading('cold', 'opening, cold');
  for (let i = 0; i < coldRuns; i++) await startReading('cache', 'opening from cache in a new server');
}

/** Without a model: what the text side costs. With one: everything. */
async function measure() {
  const startUps = [];
  let server;
  for (let i = 0; i < coldRuns; i++) {
    await server?.stop();
    server = await start();
    startUps.push(server.startUp);
    if (server.status.state === 'error') break;
    note(`cold opening ${i + 1} of ${coldRuns}…`);
    await measureOpening(server, new OpenDocument(server, uri, lines), 'cold', 'opening, cold');
  }
  if (server.status.state !== 'error') {
    note('opening from cache…');
    await measureFromCache();
  }
  results.startUp = { what: 'start of the server, model loaded', unit: 'ms', ...summary(startUps) };
  const document = new OpenDocument(server, uri, lines);
  try {
    const hasModel = server.status.state !== 'error';
    if (hasModel) {
      note('opening again…');
      for (let i = 0; i < runs; i++) {
        await document.close();
        await measureOpening(server, document, 'again', 'opening again in the same server');
      }
    } else {
      results.startUp.what = 'start of the server, no model';
      for (const name of ['cold', 'cache', 'again', 'ghostText', 'ideas1', 'ideas3', 'hover'])
        skipped[name] = server.status.message;
      await document.open();
    }
    note('keystrokes…');
    await measureIdle(server);
    await measureKeystrokes(server, document);
    if (hasModel) {
      note('suggestions…');
      await measureSuggestions(document, 'ghostText', 'ghost text after a pause, up to three ideas', ghostText(server));
      await measureSuggestions(document, 'ideas1', 'one idea, asked for', ideas(server, 1));
      await measureSuggestions(document, 'ideas3', 'three ideas, asked for', ideas(server, 3));
      note('hovers…');
      await server.connection.sendRequest('foresay/indexed', { textDocument });
      await measureHover(server);
    }
    measureMemory(server);
    return server.status;
  } finally {
    await server.stop();
  }
}

function show({ status, machine, lengths, mainThread, stages, stepMs, targets }) {
  console.log(
    `${sentences} sentences, seed ${seed}; ${status.bundle ?? 'no bundle'} on ${status.provider ?? 'nothing'}`,
  );
  console.log(`${machine.cpus} × ${machine.cpu}, load ${machine.load.toFixed(1)}, Node ${machine.node}\n`);
  for (const result of Object.values(results)) {
    const { what, unit, silent, candidates } = result;
    const number = (value) => value.toFixed(value < 100 ? 1 : 0);
    const figure =
      unit === 'MB'
        ? `${number(result.now)} MB, at most ${number(result.peak)}`
        : `${number(result.median)} ms  (${number(result.min)} to ${number(result.max)}, ${result.runs} runs)`;
    console.log(
      `${what.padEnd(70)} ${figure}${silent ? `, ${silent} silent` : ''}${candidates ? `, ${number(candidates)} ideas` : ''}`,
    );
  }
  for (const [name, reason] of Object.entries(skipped)) console.log(`${name.padEnd(70)} not measured: ${reason}`);
  const ms = (value) => `${value.toFixed(0)} ms`.padStart(9);
  console.log('\nfirst suggestion, asked for 50 ms after the full stop');
  console.log('   words   median      p95   since the full stop   memory   idle');
  for (const [count, { fromRequest, fromKey, residentMB, idlePercent, silent }] of Object.entries(lengths)) {
    const figures = [ms(fromRequest.median), ms(fromRequest.p95), ms(fromKey.median).padStart(22)];
    const rest = `${residentMB.toFixed(0)} MB   ${idlePercent?.toFixed(1) ?? '-'} %${silent ? `   ${silent} silent` : ''}`;
    console.log(`${count.padStart(8)}${figures.join('')}   ${rest}`);
  }
  console.log('\nthe main thread by itself, for a keystroke and for what is closest to an idea, median and p95');
  console.log('   words   at the end          in the middle       closest');
  for (const [count, { keystrokeAtEnd, keystrokeInMiddle, closest }] of Object.entries(mainThread)) {
    const cell = ({ median, p95 }) => `${median.toFixed(1)} ms (${p95.toFixed(1)})`.padEnd(20);
    console.log(`${count.padStart(8)}   ${[keystrokeAtEnd, keystrokeInMiddle, closest].map(cell).join('')}`.trimEnd());
  }
  console.log('\na suggestion by stage, without server and host between');
  for (const [stage, { median, min, max }] of Object.entries(stages))
    console.log(`${stage.padEnd(16)} ${ms(median)}  (${min.toFixed(0)} to ${max.toFixed(0)})`);
  for (const [rows, value] of Object.entries(stepMs)) console.log(`a step of ${rows} wordings ${value.toFixed(1)} ms`);
  console.log('\ntargets');
  for (const { what, figure, target, unit, met } of targets)
    console.log(`${what.padEnd(58)} ${figure.toFixed(1)} ${unit}, target ${target} ${unit}: ${met ? 'met' : 'missed'}`);
}

const built = ['dist/server.mjs', 'dist/hostMain.mjs'];
if (!built.every((file) => existsSync(inRoot(file)))) await run(process.execPath, ['esbuild.mjs'], { quiet: true });
const machine = thisMachine();
const status = await measure();
const hasModel = status.state !== 'error';
note('the main thread by itself…');
const mainThread = await measureMainThread();
let lengths = {};
let stages = {};
let stepMs = {};
if (hasModel) {
  if (process.platform === 'win32') skipped.longestTask = 'no signals on this system';
  else {
    note('what follows a keystroke…');
    Object.assign(results, await measureFollowing({ uri, lines, lineOf: anyParagraph, runs, settings, folder }));
  }
  note('stages of a suggestion…');
  ({ stages, stepMs } = await measureStages());
  lengths = await measureLengths(words, { suggestions: suggestions + 1, seed, startOptions: { settings }, note });
}
for (const result of Object.values(results)) {
  if (!result.values) continue;
  Object.assign(result, summary(result.values));
  delete result.values;
}
const targets = targetsOf({ lengths, results });
const report = {
  sentences,
  seed,
  runs,
  machine,
  status,
  results,
  lengths,
  mainThread,
  stages,
  stepMs,
  targets,
  skipped,
};
if (asJson) console.log(JSON.stringify(report, null, 1));
else show(report);
