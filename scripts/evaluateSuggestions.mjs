/**
 * `npm run evaluate:suggestions -- CORPUS.jsonl.zst`: what the server suggests at places of real documents, asked as an
 * editor asks: how often, how different the ideas of one place are, how near to what the writer wrote. Options:
 * `--places=60 --candidates=3 --seed=1`, `--bundle=DIR` another bundle than the one that ships, `--show` prints every
 * place with its ideas, `--json` the figures as JSON.
 * `--ghost` asks for ghost text, as it comes by itself: the first idea that is good enough.
 * `--follows` leaves the rest of the document behind the place, without the true sentence; `--gap` asks to lead over to it.
 */
import path from 'node:path';
import { summary } from '../test/bench/statistics.mjs';
import { byGenre, generator, inTurn, readDocuments } from './corpus.mjs';
import { option, run } from './exec.mjs';
import { startServer } from './lspClient.mjs';

const has = (name) => process.argv.includes(`--${name}`);
const ghost = has('ghost');
const file = process.argv.slice(2).find((argument) => !argument.startsWith('-'));
const [places, candidates, seed] = [option('places', 60), option('candidates', 3), option('seed', 1)].map(Number);
/** Characters of a document before the place: more than the models read. */
const longestText = 60_000;
const gap = has('gap');
const follows = gap || has('follows');
/** Above this similarity two sentences say nearly the same. */
const alike = 0.8;

if (file === undefined || ![places, candidates, seed].every((number) => Number.isInteger(number) && number > 0)) {
  console.error(
    'usage: npm run evaluate:suggestions -- CORPUS.jsonl.zst [--places=60 --candidates=3 --seed=1 --show --json]',
  );
  process.exit(2);
}

await run(process.execPath, ['esbuild.mjs'], { quiet: true });
const random = generator(seed);
const corpus = readCorpus(file);
const bundle = option('bundle', '');
const bundlePath = bundle === '' ? {} : { bundlePath: path.resolve(bundle) };
const server = await startServer({ settings: { suggest: { seed }, ...bundlePath } });
const figures = { asked: 0, answered: 0, whole: 0 };
const values = { words: [], milliseconds: [], between: [], toLast: [], toTrue: [], lastToTrue: [], toNext: [] };
try {
  for (let i = 0; i < places; i++) await ask(placeOf(corpus[i % corpus.length]), i);
} finally {
  await server.stop();
}
const mean = (numbers) => numbers.reduce((sum, value) => sum + value, 0) / Math.max(1, numbers.length);
const result = {
  corpus: path.basename(file),
  places,
  ...(ghost ? { ghost } : { candidates }),
  seed,
  answered: figures.answered / figures.asked,
  ...(!ghost && { withAll: figures.whole / figures.asked }),
  words: mean(values.words),
  betweenIdeas: mean(values.between),
  betweenIdeasAlike: mean(values.between.map((value) => (value > alike ? 1 : 0))),
  ideaToLast: mean(values.toLast),
  ideaToTrue: mean(values.toTrue),
  lastToTrue: mean(values.lastToTrue),
  ...(follows && { ideaToFollowing: mean(values.toNext) }),
  milliseconds: summary(values.milliseconds),
};
if (has('json')) console.log(JSON.stringify(result, null, 1));
else {
  const percent = (share) => `${(100 * share).toFixed(0)} %`;
  const { median, p95, min, max } = result.milliseconds;
  console.log(`
${places} places of ${result.corpus}, ${ghost ? 'ghost text' : `${candidates} ideas`} wanted, seed ${seed}
with an idea ${percent(result.answered)}${ghost ? '' : `, with all ${percent(result.withAll)}`}; ${result.words.toFixed(1)} words each
similarity between two ideas of a place ${result.betweenIdeas.toFixed(2)}, over ${alike}: ${percent(result.betweenIdeasAlike)}
similarity of the first idea to the sentence before ${result.ideaToLast.toFixed(2)}, to the true next one ${result.ideaToTrue.toFixed(2)}
similarity of the sentence before to the true next one ${result.lastToTrue.toFixed(2)}
${follows ? `similarity of the first idea to the sentence that follows ${result.ideaToFollowing.toFixed(2)}\n` : ''}\
${ghost ? 'ghost text' : 'asked for all'}: ${median.toFixed(0)} ms (${min.toFixed(0)} to ${max.toFixed(0)}), 95 of 100 within ${p95.toFixed(0)}`);
}

async function ask({ genre, text, truth, last, next, rest }, number) {
  const uri = await opened(number, 'markdown', follows ? `${text}${rest}` : text);
  const lines = text.split('\n');
  const position = { line: lines.length - 1, character: lines.at(-1).length };
  const from = performance.now();
  const { items, silence } = ghost ? await ghostTextAt(uri, position) : await ideasAt(uri, position);
  values.milliseconds.push(performance.now() - from);
  await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  const ideas = items.map(({ insertText }) => insertText.trim());
  figures.asked++;
  if (has('show')) {
    console.log(`\n[${genre}] …${text.slice(-240).replace(/\s+/g, ' ')}\n  true: ${truth}`);
    if (follows) console.log(`  then: ${next}`);
    for (const [i, idea] of ideas.entries()) console.log(`  ${items[i].score?.toFixed(2) ?? ''}  ${idea}`);
    if (ideas.length === 0) console.log(`  none: ${silence}`);
  }
  if (ideas.length === 0) return;
  figures.answered++;
  if (ideas.length === candidates) figures.whole++;
  values.words.push(...ideas.map((idea) => idea.split(/\s+/).length));
  values.between.push(...(await similarities(`${number}-ideas`, ideas)));
  const found = await similarities(`${number}-true`, [ideas[0], truth, last, ...(follows ? [next] : [])]);
  // One of them may be two sentences to the segmenter.
  if (found.length < (follows ? 6 : 3)) return;
  values.toTrue.push(found[0]);
  values.toLast.push(found[1]);
  if (follows) values.toNext.push(found[2]);
  values.lastToTrue.push(found[follows ? 3 : 2]);
}

function ideasAt(uri, position) {
  return server.connection.sendRequest('foresay/nextSentences', { textDocument: { uri }, position, candidates, gap });
}

async function ghostTextAt(uri, position) {
  return { items: await server.ghostText(uri, position), silence: 'no ghost text' };
}

/** Of each pair of these sentences: the first with each other one, the second with each later one, …, as the hover measures them. */
async function similarities(name, sentences) {
  const uri = await opened(name, 'plaintext', sentences.join('\n\n'));
  const found = [];
  for (let i = 0; i < sentences.length; i++) {
    const params = { textDocument: { uri }, position: { line: 2 * i, character: 0 } };
    const { nearest } = await server.connection.sendRequest('foresay/neighbors', params);
    for (let j = i + 1; j < sentences.length; j++) {
      const other = nearest.find(({ range }) => range.start.line === 2 * j);
      if (other) found.push(other.similarity);
    }
  }
  await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  return found;
}

/** Opens a document and waits until every sentence of it has its vector. */
async function opened(name, languageId, text) {
  const uri = `file:///evaluated/${name}`;
  await server.open(uri, languageId, text);
  await server.connection.sendRequest('foresay/indexed', { textDocument: { uri } });
  return uri;
}

/** A document up to a random sentence of a random paragraph, and the sentence that follows. */
function placeOf({ genre, sections }) {
  const parts = [];
  const fitting = [];
  let length = 0;
  for (const { heading, paragraphs } of sections) {
    if (heading) parts.push(`## ${heading}`);
    for (const paragraph of paragraphs) {
      const ends = sentenceEnds(paragraph);
      if (length < longestText && ends.length >= 3) fitting.push({ at: parts.length, ends });
      parts.push(paragraph);
      length += paragraph.length;
    }
  }
  const { at, ends } = fitting[Math.floor(random() * fitting.length)];
  // Where the rest of the document stays, one more sentence has to follow in the paragraph.
  const chosen = Math.floor(random() * (ends.length - (follows ? 2 : 1)));
  const before = parts[at].slice(0, ends[chosen]);
  const last = before.slice(chosen === 0 ? 0 : ends[chosen - 1]).trim();
  return {
    genre,
    text: [...parts.slice(0, at), before].join('\n\n'),
    truth: parts[at].slice(ends[chosen], ends[chosen + 1]).trim(),
    last,
    next: parts[at].slice(ends[chosen + 1], ends[chosen + 2]).trim(),
    rest: [parts[at].slice(ends[chosen + 1]), ...parts.slice(at + 1)].join('\n\n'),
  };
}

function sentenceEnds(paragraph) {
  return Array.from(paragraph.matchAll(/[a-z]{2}[.!?](?=\s+[A-Z]|\s*$)/g), ({ index }) => index + 3);
}

/** The documents with room for a place, genres in turn, in an order that the seed fixes. */
function readCorpus(name) {
  const fits = ({ sections }) => sections.some(({ paragraphs }) => paragraphs.some((p) => sentenceEnds(p).length >= 3));
  const genres = [...byGenre(readDocuments(name).filter(fits)).values()];
  return inTurn(genres.map((documents) => documents.sort(() => random() - 0.5)));
}
