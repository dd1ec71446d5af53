/** The sentences of a document closest to a concept: of few or of many, of one document or among those of others. */
import { expect, test } from 'vitest';
import { neverCancelled } from '../../../server/src/base/cancellation.ts';
import { finish } from '../../../server/src/base/steps.ts';
import { cosine } from '../../../server/src/concepts/similarity.ts';
import { ConceptCache } from '../../../server/src/service/conceptCache.ts';
import { type SimilarSentence, similarSentences } from '../../../server/src/service/similar.ts';
import { openDocument } from '../../../server/src/service/snapshots.ts';
import { encodeWords, FakeEngine } from '../../support/fakeEngine.ts';

const nouns = ['gate', 'river', 'ladder', 'violin', 'garden', 'winter', 'letter', 'harbor', 'candle', 'orchard'];

function open(name: string, count: number) {
  const text = Array.from({ length: count }, (_, i) => {
    const [a, b, c] = [i % 10, Math.floor(i / 10) % 10, Math.floor(i / 100) % 10].map((at) => nouns[at]);
    return `The ${name} ${a} and ${b} of the ${c} number ${i}.`;
  }).join(' ');
  return openDocument({ uri: `file:///${name}`, languageId: 'plaintext', version: 1, text });
}

async function known(...documents: ReturnType<typeof open>[]) {
  const cache = new ConceptCache(new FakeEngine());
  for (const { sentences } of documents) await cache.vectors(sentences, neverCancelled);
  return cache;
}

const query = encodeWords('The river and harbor of the candle.');

test.each([40, 3000])('the best of %i, in order, as comparing with each would', async (count) => {
  const document = open('old', count);
  const [found] = finish(similarSentences([query], document, await known(document), 5)) as [SimilarSentence[]];
  const all = document.sentences.map(({ text }) => cosine(query, encodeWords(text))).sort((a, b) => b - a);
  expect(found.map(({ similarity }) => similarity)).toEqual(all.slice(0, 5));
  for (const { sentence, similarity } of found) expect(cosine(query, encodeWords(sentence.text))).toBe(similarity);
});

test('without those that are left out, and those that are not known', async () => {
  const document = open('old', 3000);
  const cache = await known(document);
  const [[first, second]] = finish(similarSentences([query], document, cache, 2)) as [SimilarSentence[]];
  const at = document.sentences.findIndex(({ id }) => id === first?.sentence.id);
  expect(finish(similarSentences([query], document, cache, 1, (_, i) => i === at))).toEqual([[second]]);
  expect(finish(similarSentences([query], open('new', 1500), cache, 1))).toEqual([[]]);
});

test('also where other documents say more of it', async () => {
  const text = Array.from({ length: 1100 }, (_, i) => `Bread number ${i}.`).join(' ');
  const bread = openDocument({ uri: 'file:///bread', languageId: 'plaintext', version: 1, text });
  const [found] = finish(similarSentences([query], bread, await known(open('near', 3000), bread), 3));
  expect(found).toEqual(finish(similarSentences([query], bread, await known(bread), 3))[0]);
  expect(found).toHaveLength(3);
});

test.each([40, 3000])('several queries of %i at once find what each finds alone', async (count) => {
  const document = open('old', count);
  const cache = await known(document, open('near', 3000));
  const queries = [query, encodeWords('A violin.'), encodeWords('The old winter letter.')];
  const alone = queries.map((each) => finish(similarSentences([each], document, cache, 4))[0]);
  expect(finish(similarSentences(queries, document, cache, 4))).toEqual(alone);
  expect(finish(similarSentences([], document, cache, 4))).toEqual([]);
});
