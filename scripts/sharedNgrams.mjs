/**
 * A plugin of esbuild for eld, the language detector: its table of 50,000 n-grams as JSON in which equal values are one.
 * As the literal that it is, it costs the server 60 MB more, half of that to parse it, and a fifth of a second.
 */
import { pathToFileURL } from 'node:url';

/** The table's module. */
const table = /[\\/]eld[\\/]src[\\/]ngrams[\\/]\w+\.js$/;

export const sharedNgrams = {
  name: 'shared-ngrams',
  setup(build) {
    build.onLoad({ filter: table }, async ({ path }) => {
      const { ngramsData } = await import(pathToFileURL(path).href);
      return { contents: moduleOf(ngramsData) };
    });
  },
};

/** A module that exports equal data. */
function moduleOf({ ngrams, ...others }) {
  const numbers = new Map();
  const number = (value) => {
    const text = JSON.stringify(value);
    if (!numbers.has(text)) numbers.set(text, numbers.size);
    return numbers.get(text);
  };
  const byNgram = Object.fromEntries(Object.entries(ngrams).map(([ngram, scores]) => [ngram, number(scores)]));
  return `const values = ${parsed(`[${[...numbers.keys()].join()}]`)};
const ngrams = ${parsed(JSON.stringify(byNgram))};
for (const ngram of Object.keys(ngrams)) ngrams[ngram] = values[ngrams[ngram]];
export const ngramsData = { ...${parsed(JSON.stringify(others))}, ngrams };
`;
}

/** JSON as an expression that V8 reads without making a syntax tree of it. */
function parsed(json) {
  return `JSON.parse(${JSON.stringify(json)})`;
}
