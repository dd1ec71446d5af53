/**
 * `npm run evaluate:diagnostics -- CORPUS.jsonl.zst`: how well each check tells sentences that are wrong on purpose from
 * all others, at several limits, and how much it marks in documents that nobody touched. The limits in
 * `server/src/service/checks/finding.ts` are chosen on the valid split. Options: `--documents=140 --seed=1`, `--json`,
 * `--show=20` prints that many of the marks in untouched documents for each check, to be judged by a reader.
 */
import path from 'node:path';
import { build } from 'esbuild';
import { byGenre, generator, inTurn, readDocuments, shuffled } from './corpus.mjs';
import { builders, cutDocument, written } from './diagnosticCases.mjs';
import { inRoot, option, root, run } from './exec.mjs';

const has = (name) => process.argv.includes(`--${name}`);
const file = process.argv.slice(2).find((argument) => !argument.startsWith('-'));
const [wanted, seed, shown] = [option('documents', 140), option('seed', 1), option('show', 0)].map(Number);
if (file === undefined || ![wanted, seed].every((number) => Number.isInteger(number) && number > 0)) {
  console.error('usage: npm run evaluate:diagnostics -- CORPUS.jsonl.zst [--documents=140 --seed=1 --show=20 --json]');
  process.exit(2);
}

/** Limits that are tried, from strict to loose. */
const tried = {
  repeats: [0.98, 0.96, 0.94, 0.93, 0.92, 0.91, 0.9, 0.88, 0.86],
  drift: [0.1, 0.13, 0.15, 0.16, 0.17, 0.18, 0.19, 0.21, 0.24],
  jump: [0.13, 0.15, 0.17, 0.18, 0.19, 0.2, 0.21, 0.23, 0.25],
  topic: [0.3, 0.34, 0.36, 0.38, 0.4, 0.42, 0.44, 0.47, 0.5],
};
const checks = Object.keys(tried);

await run(process.execPath, ['esbuild.mjs'], { quiet: true });
const server = await serverModule();
const { limits } = server;
const loose = Object.fromEntries(checks.map((check) => [check, tried[check].at(-1)]));
/** True if a similarity is on the side of the limit where the check marks. */
const marks = (check, similarity, limit) => (check === 'repeats' ? similarity >= limit : similarity < limit);
const random = generator(seed);
const silent = { info() {}, warn() {}, error: console.error };
const engine = server.createHostEngine({
  hostModule: inRoot('dist/hostMain.mjs'),
  bundlePath: inRoot('models/bundle'),
  provider: 'auto',
  logger: silent,
  onStatus() {},
});
const cache = new server.ConceptCache(engine);
const documents = readCorpus(file);
const built = Object.fromEntries(checks.map((check) => [check, { marked: [], cases: 0, sentences: 0 }]));
const untouched = { marked: Object.fromEntries(checks.map((check) => [check, []])), documents: 0, sentences: 0 };
try {
  for (const document of documents.chosen) await evaluate(document);
} finally {
  await engine.dispose();
}
report();

async function evaluate(document) {
  const others = documents.ofGenre.get(document.genre).filter((other) => other !== document);
  const plain = await found(builders.untouched(document), checks);
  untouched.documents++;
  untouched.sentences += plain.sentences;
  for (const finding of plain.findings) untouched.marked[finding.check].push({ ...finding, genre: document.genre });
  for (const check of others.length > 0 ? checks : []) {
    const { marked, cases, sentences } = await casesOf(check, document, others);
    built[check].marked.push(...marked);
    built[check].cases += cases;
    built[check].sentences += sentences;
  }
}

async function casesOf(check, document, others) {
  const made = builders[check](document, others, random);
  if (made.marked.size === 0) return { marked: [], cases: 0, sentences: 0 };
  const { findings, offsets, starts, sentences } = await found(made, [check]);
  const cases = offsets.filter((offset) => starts.has(offset));
  const isCase = new Set(cases);
  const marked = findings.map(({ similarity, start }) => ({ similarity, right: isCase.has(start) }));
  return { marked, cases: cases.length, sentences };
}

/** What the checks find in a built document, at the loosest limits, and where its cases are. */
async function found({ document, marked }, which) {
  const { text, offsets } = written(document, marked, server.markupOf('markdown').escape);
  const snapshot = server.openDocument({ uri: 'file:///built', languageId: 'markdown', version: 1, text });
  await cache.vectors(snapshot.sentences, server.neverCancelled);
  const steps = new server.DocumentChecks(loose).find(snapshot, which, (sentence) => cache.vector(sentence));
  const findings = server.finish(steps).map(({ check, sentence, related, similarity }) => ({
    check,
    similarity,
    start: sentence.start,
    isCopy: sentence.id === related.id,
    text: `${related.text} || ${sentence.text}`,
  }));
  const starts = new Set(snapshot.sentences.map(({ start }) => start));
  return { findings, offsets, starts, sentences: snapshot.sentences.length };
}

function report() {
  const results = checks.map((check) => {
    const { marked, cases, sentences } = built[check];
    const rows = tried[check].map((limit) => {
      const all = marked.filter(({ similarity }) => marks(check, similarity, limit));
      const right = all.filter((each) => each.right).length;
      const natural = untouched.marked[check].filter(({ similarity }) => marks(check, similarity, limit));
      return {
        limit,
        precision: right / Math.max(1, all.length),
        recall: right / Math.max(1, cases),
        perThousand: (1000 * natural.length) / untouched.sentences,
        copies: (1000 * natural.filter(({ isCopy }) => isCopy).length) / untouched.sentences,
      };
    });
    return { check, limit: limits[check], cases, sentences, rows };
  });
  const { documents: count, sentences } = untouched;
  if (has('json')) {
    console.log(JSON.stringify({ corpus: path.basename(file), seed, documents: count, sentences, results }, null, 1));
    return;
  }
  console.log(
    `${count} documents of ${path.basename(file)}, ${sentences} sentences, seed ${seed}; * is the limit that ships`,
  );
  for (const { check, limit, cases, sentences: among, rows } of results) {
    console.log(`\n${check}: ${cases} built cases among ${among} sentences`);
    console.log(
      `   limit  precision  recall  marks in 1000 untouched sentences${check === 'repeats' ? ', exact copies' : ''}`,
    );
    for (const row of rows) {
      const copies = check === 'repeats' ? `, ${row.copies.toFixed(1)}` : '';
      console.log(
        `${row.limit === limit ? ' * ' : '   '}${row.limit.toFixed(2).padStart(5)}${row.precision.toFixed(2).padStart(11)}` +
          `${row.recall.toFixed(2).padStart(8)}${row.perThousand.toFixed(1).padStart(8)}${copies}`,
      );
    }
    const natural = untouched.marked[check].filter((each) => marks(check, each.similarity, limit) && !each.isCopy);
    for (const { similarity, genre, text } of shuffled(natural, random).slice(0, shown)) {
      console.log(`     ${similarity.toFixed(2)} [${genre}] ${text.slice(0, 500)}`);
    }
  }
}

/** Documents with a section that can be checked, by genre, and those that are taken, genres in turn. */
function readCorpus(name) {
  const cut = readDocuments(name).map((document) => cutDocument(document, server.segmentSentences));
  const ofGenre = byGenre(
    cut.filter(({ sections }) => sections.some(({ paragraphs }) => paragraphs.flat().length >= 6)),
  );
  const genres = Array.from(ofGenre.values(), (documents) => shuffled(documents, random));
  return { ofGenre, chosen: inTurn(genres).slice(0, wanted) };
}

/** The parts of the server that are measured, as they would be bundled. */
async function serverModule() {
  const parts = [
    'base/cancellation.ts',
    'base/markup.ts',
    'base/steps.ts',
    'inference/hostEngine.ts',
    'service/checks/documentChecks.ts',
    'service/checks/finding.ts',
    'service/conceptCache.ts',
    'service/snapshots.ts',
    'text/sentences.ts',
  ];
  const { outputFiles } = await build({
    stdin: { contents: parts.map((part) => `export * from './server/src/${part}';`).join('\n'), resolveDir: root },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    banner: { js: `import { createRequire } from 'node:module'; const require = createRequire('${inRoot('x')}');` },
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
