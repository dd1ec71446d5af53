/**
 * `npm run evaluate:segments -- CORPUS.jsonl.zst`: whether topic segments end where writers end their sections. Of each
 * document the headings are taken out, and the server is asked for its outline. Pk and WindowDiff (errors, lower is
 * better; the window is half the mean section), beside cuts that know nothing. Options: `--documents=60 --seed=1 --json`.
 */
import path from 'node:path';
import { byGenre, generator, inTurn, readDocuments, shuffled } from './corpus.mjs';
import { option, run } from './exec.mjs';
import { startServer } from './lspClient.mjs';

const file = process.argv.slice(2).find((argument) => !argument.startsWith('-'));
const [wanted, seed] = [option('documents', 60), option('seed', 1)].map(Number);
/** What makes a document worth asking about: enough sections, each of some length, and not a whole book. */
const [leastSections, leastParagraphs, mostParagraphs] = [3, 2, 400];

if (file === undefined || ![wanted, seed].every((number) => Number.isInteger(number) && number > 0)) {
  console.error('usage: npm run evaluate:segments -- CORPUS.jsonl.zst [--documents=60 --seed=1 --json]');
  process.exit(2);
}

await run(process.execPath, ['esbuild.mjs'], { quiet: true });
const random = generator(seed);
const server = await startServer();
const cuts = {
  foresay: ({ found }) => found,
  'no boundary': () => new Set(),
  'every paragraph': ({ paragraphs }) => paragraphs,
  'even, as many as there are': ({ truth, count }) => even(truth.size, count),
  'random paragraphs, as many': ({ truth, paragraphs }) =>
    new Set(shuffled([...paragraphs], random).slice(0, truth.size)),
};
const errors = Object.fromEntries(Object.keys(cuts).map((name) => [name, { pk: [], windowDiff: [] }]));
const sizes = { sentences: 0, sections: 0, segments: 0 };
const documents = readCorpus(file).slice(0, wanted);
try {
  for (const [i, document] of documents.entries()) await measure(document, `file:///evaluated/${i}`);
} finally {
  await server.stop();
}
const mean = (numbers) => numbers.reduce((sum, value) => sum + value, 0) / Math.max(1, numbers.length);
const results = Object.entries(errors).map(([cut, { pk, windowDiff }]) => ({
  cut,
  pk: mean(pk),
  windowDiff: mean(windowDiff),
}));
if (process.argv.includes('--json')) console.log(JSON.stringify({ documents: documents.length, ...sizes, results }));
else {
  const { sentences, sections, segments } = sizes;
  console.log(`${documents.length} documents of ${path.basename(file)}, ${sentences} sentences, seed ${seed}`);
  console.log(
    `sections: ${(sentences / sections).toFixed(1)} sentences; segments: ${(sentences / segments).toFixed(1)}\n`,
  );
  console.log(`${' '.repeat(28)}    Pk  WindowDiff`);
  for (const { cut, pk, windowDiff } of results) {
    console.log(`${cut.padEnd(28)} ${pk.toFixed(3)}  ${windowDiff.toFixed(3).padStart(10)}`);
  }
}

async function measure({ sections }, uri) {
  const lines = [];
  const starts = new Set();
  for (const { paragraphs } of sections) {
    starts.add(lines.length);
    for (const paragraph of paragraphs) lines.push(paragraph, '');
  }
  const textDocument = { uri, languageId: 'plaintext', version: 1, text: lines.join('\n') };
  await server.connection.sendNotification('textDocument/didOpen', { textDocument });
  const { sentences } = await server.connection.sendRequest('foresay/concepts', { textDocument, known: [] });
  const outline = await server.connection.sendRequest('foresay/outline', { textDocument });
  await server.connection.sendNotification('textDocument/didClose', { textDocument });
  const places = sentences.map(({ range }) => range.start);
  const lineStarts = new Set(places.flatMap(({ line }, i) => (places[i - 1]?.line === line ? [] : [i])));
  const topics = outline.sections.flatMap(({ topics }) => topics);
  const topicStarts = new Set(topics.map(({ range }) => `${range.start.line}:${range.start.character}`));
  const without0 = (set) => new Set([...set].filter((i) => i > 0));
  const given = {
    count: places.length,
    paragraphs: without0(lineStarts),
    truth: without0([...lineStarts].filter((i) => starts.has(places[i].line))),
    found: without0(places.flatMap(({ line, character }, i) => (topicStarts.has(`${line}:${character}`) ? [i] : []))),
  };
  if (given.truth.size === 0) return;
  sizes.sentences += given.count;
  sizes.sections += given.truth.size + 1;
  sizes.segments += given.found.size + 1;
  for (const [name, cut] of Object.entries(cuts)) {
    const { pk, windowDiff } = compare(given.truth, cut(given), given.count);
    errors[name].pk.push(pk);
    errors[name].windowDiff.push(windowDiff);
  }
}

/**
 * Pk (Beeferman, Berger and Lafferty 1999): how often two sentences half a section apart are wrongly taken to be in one
 * section, or not; WindowDiff (Pevzner and Hearst 2002): how often the boundaries between them are miscounted.
 */
function compare(truth, found, count) {
  const window = Math.max(1, Math.round(count / (truth.size + 1) / 2));
  const between = (set, from) => {
    let boundaries = 0;
    for (let i = from + 1; i <= from + window; i++) if (set.has(i)) boundaries++;
    return boundaries;
  };
  let [pk, windowDiff] = [0, 0];
  const places = Math.max(1, count - window);
  for (let i = 0; i + window < count; i++) {
    const [a, b] = [between(truth, i), between(found, i)];
    if ((a === 0) !== (b === 0)) pk++;
    if (a !== b) windowDiff++;
  }
  return { pk: pk / places, windowDiff: windowDiff / places };
}

function even(boundaries, count) {
  return new Set(Array.from({ length: boundaries }, (_, i) => Math.round(((i + 1) * count) / (boundaries + 1))));
}

/** The documents that have sections to find, genres in turn, in an order that the seed fixes. */
function readCorpus(name) {
  const fitting = readDocuments(name).flatMap(({ genre, sections }) => {
    const full = sections.filter(({ paragraphs }) => paragraphs.length >= leastParagraphs);
    const paragraphs = full.reduce((sum, section) => sum + section.paragraphs.length, 0);
    return full.length < leastSections || paragraphs > mostParagraphs ? [] : [{ genre, sections: full }];
  });
  return inTurn(Array.from(byGenre(fitting).values(), (each) => shuffled(each, random)));
}
