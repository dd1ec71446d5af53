/** `npm start -- [FILE]`: opens a document in the language server over stdio and prints what a writer would get. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inRoot, run } from './exec.mjs';
import { languageOf, startServer } from './lspClient.mjs';

const bundles = ['dist/extension.cjs', 'dist/server.mjs', 'dist/hostMain.mjs'];
if (!bundles.every((file) => existsSync(inRoot(file)) && statSync(inRoot(file)).size > 0)) {
  console.log('building (once)…');
  await run(process.execPath, ['esbuild.mjs']);
}

const given = process.argv.slice(2).find((argument) => !argument.startsWith('-'));
const file = given ? path.resolve(process.env.INIT_CWD ?? process.cwd(), given) : inRoot('samples/community-garden.md');
if (!existsSync(file)) {
  console.error(`no such file: ${file}`);
  process.exit(2);
}
const text = readFileSync(file, 'utf8');
const lines = text.split(/\r?\n/);
const uri = pathToFileURL(file).href;
const textDocument = { uri };

let status = { state: 'starting', message: '' };
const stopped = {};
const server = await startServer({
  onStatus: (next) => {
    status = next;
    if (next.state === 'off' || next.state === 'error') stopped.resolve?.(next);
  },
});
const off = new Promise((resolve) => {
  stopped.resolve = resolve;
  if (status.state === 'off' || status.state === 'error') resolve(status);
});

/** Sends one request, prints its heading with the time it took, and gives the answer. */
async function ask(heading, method, params) {
  const from = performance.now();
  const answer = await server.connection.sendRequest(method, params);
  console.log(`\n${heading}  [${Math.round(performance.now() - from)} ms]`);
  return answer;
}

const at = (line, character = 0) => ({ line, character });
const place = (range) => `line ${range.start.line + 1}`;

try {
  await server.open(uri, languageOf(file), text);
  const indexed = ask(`Indexing ${path.relative(process.cwd(), file)}`, 'foresay/indexed', { textDocument });
  indexed.catch(() => {});
  const first = await Promise.race([indexed, off]);
  if ('state' in first) throw new Error(`the server is ${first.state}: ${first.message}`);
  console.log(
    `  ${first.sentences} sentences; ${status.bundle ?? 'bundle'} on ${status.provider ?? 'unknown provider'}`,
  );
  await showSuggestions();
  await showSummary();
  await showNeighbors();
} catch (error) {
  console.error(`\nForesay could not answer: ${error.message}`);
  process.exitCode = 1;
} finally {
  await server.stop();
}

async function showSuggestions() {
  let last = lines.length - 1;
  while (last > 0 && lines[last].trim() === '') last -= 1;
  const position = at(last, lines[last].length);
  const params = { textDocument, position, candidates: 3 };
  const { items, silence } = await ask(`Next sentence, at the end (line ${last + 1})`, 'foresay/nextSentences', params);
  for (const { insertText, score } of items) console.log(`  ${score.toFixed(2)}  ${insertText.trim()}`);
  if (items.length === 0) console.log(`  none: ${silence}`);
}

async function showSummary() {
  const line = sectionLine();
  const range = { start: at(line), end: at(line) };
  const params = { textDocument, range, scope: 'section', length: { unit: 'sentences', count: 3 } };
  const summary = await ask('Summary of a section', 'foresay/summarize', params);
  console.log(`  “${summary.heading}”, ${summary.method}, ${summary.sourceWords} words to ${summary.summaryWords}`);
  for (const { text: sentence, sources } of summary.sentences) {
    const from = sources.map(({ range: source, similarity }) => `${place(source)} ${similarity.toFixed(2)}`);
    console.log(`  ${sentence}${from.length > 0 ? `  (from ${from.join(', ')})` : ''}`);
  }
}

async function showNeighbors() {
  const line = proseLine(Math.floor(lines.length / 3));
  const params = { textDocument, position: at(line, Math.min(2, lines[line].length)) };
  const found = await ask(`Concept neighbors, line ${line + 1}`, 'foresay/neighbors', params);
  if (!found) {
    console.log('  no sentence there');
    return;
  }
  const number = (value) => (value === null ? 'unknown' : value.toFixed(2));
  const share = found.expectedness === null ? 'unknown' : `${Math.round(found.expectedness * 100)} %`;
  console.log(`  ${found.text}`);
  console.log(
    `  to the sentence before ${number(found.toPrevious)}, to the rest of its section ${number(found.toSection)}, ` +
      `others that would fit less well: ${share}`,
  );
  for (const { range, text: other, similarity } of found.nearest) {
    console.log(`  ${similarity.toFixed(2)}  ${place(range)}: ${other}`);
  }
}

/** Line of the second heading, or the first line of prose where there are no headings. */
function sectionLine() {
  const headings = lines.flatMap((line, index) => (/^##? |^\\(sub)*section/.test(line) ? [index] : []));
  return headings[2] ?? headings.at(-1) ?? proseLine(0);
}

/** The first line from `from` on that looks like a paragraph. */
function proseLine(from) {
  const isProse = (line) => /^[A-Z“"].{40,}/u.test(line);
  const after = lines.findIndex((line, index) => index >= from && isProse(line));
  return after >= 0 ? after : Math.max(0, lines.findIndex(isProse));
}
