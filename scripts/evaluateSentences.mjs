/** `npm run evaluate:sentences -- [--json]`: the segmenter's boundaries on the gold set, beside Intl.Segmenter alone. */
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { inRoot, root } from './exec.mjs';

const { outputFiles } = await build({
  stdin: {
    contents: "export * from './test/support/sentenceGold.ts'; export * from './server/src/text/sentences.ts';",
    resolveDir: root,
  },
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const code = Buffer.from(outputFiles[0].contents).toString('base64');
const { intlSentences, scores, segmentSentences } = await import(`data:text/javascript;base64,${code}`);

const { cases } = JSON.parse(readFileSync(inRoot('test/fixtures/sentences/gold.json'), 'utf8'));
const segmenters = { foresay: segmentSentences, 'Intl.Segmenter': intlSentences };
const results = Object.entries(segmenters).map(([segmenter, segment]) => ({
  segmenter,
  all: scores(Object.values(cases).flat(), segment),
  groups: Object.fromEntries(Object.entries(cases).map(([group, marked]) => [group, scores(marked, segment)])),
}));

if (process.argv.includes('--json')) console.log(JSON.stringify(results, null, 1));
else {
  const [{ all }] = results;
  console.log(`Sentence boundaries: ${all.cases} cases, ${all.boundaries} boundaries inside them\n`);
  console.log('                 precision  recall      F1  whole cases');
  const figure = (value) => value.toFixed(4).padStart(8);
  for (const { segmenter, all: own } of results) {
    const figures = [own.precision, own.recall, own.f1].map(figure).join('');
    console.log(`${segmenter.padEnd(17)} ${figures}  ${String(own.right).padStart(8)}`);
  }
  console.log('\nF1 by group');
  for (const group of Object.keys(cases)) {
    const columns = results.map(({ groups }) => figure(groups[group].f1)).join('');
    console.log(`${group.padEnd(26)}${columns}`);
  }
}
