/** The facts of a hover: from the cache alone, null for what is not known. */
import { describe, expect, test } from 'vitest';
import { neverCancelled } from '../../../../server/src/base/cancellation.ts';
import { centroid, cosine } from '../../../../server/src/concepts/similarity.ts';
import { ConceptCache } from '../../../../server/src/service/conceptCache.ts';
import { sentenceFacts } from '../../../../server/src/service/reading/hover.ts';
import { snapshotOf } from '../../../support/extracted.ts';
import { encodeWords, FakeEngine } from '../../../support/fakeEngine.ts';

const text = [
  '# Harbor',
  'The harbor wall is old. The harbor wall is broken. Ships wait outside.',
  '# Kitchen',
  'The kitchen smells of bread. Nobody eats the old harbor wall.',
].join('\n\n');

async function setUp(source = text) {
  const engine = new FakeEngine();
  const cache = new ConceptCache(engine);
  const snapshot = snapshotOf('markdown', source);
  const facts = (index: number) => sentenceFacts(snapshot, snapshot.sentences[index]!, cache);
  return { engine, cache, snapshot, facts };
}

describe('once the document is indexed', () => {
  test('similarities to the sentence before, and to the rest of the section', async () => {
    const { cache, snapshot, facts } = await setUp();
    await cache.index(snapshot, 0, neverCancelled);
    const [a, b, c, d, e] = snapshot.sentences.map((sentence) => encodeWords(sentence.text));
    const second = facts(1);
    expect(second.text).toBe('The harbor wall is broken.');
    expect(snapshot.text.slice(second.span.start, second.span.end)).toBe(second.text);
    expect(second.toPrevious).toBeCloseTo(cosine(b!, a!), 6);
    expect(second.toSection).toBeCloseTo(cosine(b!, centroid([a!, c!])!), 6);
    expect(second.indexing).toBe(false);
    // The first of the next section is still behind a sentence.
    expect(facts(3).toPrevious).toBeCloseTo(cosine(d!, c!), 6);
    expect(facts(3).toSection).toBeCloseTo(cosine(d!, e!), 6);
  });

  test('the nearest elsewhere, best first, at most three, never itself', async () => {
    const { cache, snapshot, facts } = await setUp();
    await cache.index(snapshot, 0, neverCancelled);
    const { nearest } = facts(0);
    const own = encodeWords(snapshot.sentences[0]!.text);
    const expected = snapshot.sentences
      .slice(1)
      .map((sentence) => ({ text: sentence.text, similarity: cosine(own, encodeWords(sentence.text)) }))
      .sort((x, y) => y.similarity - x.similarity)
      .slice(0, 3);
    expect(nearest.map((near) => ({ text: near.text, similarity: near.similarity }))).toEqual(expected);
    for (const near of nearest) expect(snapshot.text.slice(near.span.start, near.span.end)).toBe(near.text);
  });

  test('a sentence that stands twice finds its twin', async () => {
    const { cache, snapshot, facts } = await setUp('It is so. Nothing else. It is so.');
    await cache.index(snapshot, 0, neverCancelled);
    const [best] = facts(2).nearest;
    expect(best).toMatchObject({ text: 'It is so.', span: { start: 0, end: 9 } });
    expect(best!.similarity).toBeCloseTo(1, 6);
  });

  test('expectedness is the share of other sentences that would surprise more', async () => {
    const many = Array.from({ length: 11 }, (_, i) => `The wall of house ${i} is old.`).join(' ');
    const { engine, cache, snapshot, facts } = await setUp(many);
    const exact = snapshot.sentences.map((sentence) => encodeWords(sentence.text));
    engine.expected = async (concepts) => concepts.map((_, i) => exact[i]!);
    await cache.index(snapshot, 0, neverCancelled);
    for (let i = 0; i < 11; i++) expect(facts(i).expectedness).toBe(1);
    cache.clear();
    engine.expected = async (concepts) => concepts.map((_, i) => exact[i]!.map((x) => -x));
    await cache.index(snapshot, 0, neverCancelled);
    for (let i = 0; i < 11; i++) expect(facts(i).expectedness).toBe(0);
  });

  test('among nine others a share says too little', async () => {
    const { cache, snapshot, facts } = await setUp(
      Array.from({ length: 10 }, (_, i) => `House ${i} is old.`).join(' '),
    );
    await cache.index(snapshot, 0, neverCancelled);
    expect(cache.expectation(snapshot, 5)).toBeDefined();
    expect(facts(5).expectedness).toBeNull();
  });

  test('the first sentence has none before it, a lone one no section', async () => {
    const { cache, snapshot, facts } = await setUp('# A\n\nOnly this one.\n\n# B\n\nAnd another. Of two.');
    await cache.index(snapshot, 0, neverCancelled);
    expect(facts(0).toPrevious).toBeNull();
    expect(facts(0).toSection).toBeNull();
    expect(facts(0).nearest).toHaveLength(2);
  });

  test('the only sentence of a document is expected against nothing', async () => {
    const { cache, snapshot, facts } = await setUp('Only this.');
    await cache.index(snapshot, 0, neverCancelled);
    expect(facts(0)).toMatchObject({ toPrevious: null, toSection: null, expectedness: null, nearest: [] });
  });

  test('no look runs a model, and the same look gives the same figures', async () => {
    const { engine, cache, snapshot, facts } = await setUp();
    await cache.index(snapshot, 0, neverCancelled);
    engine.calls.length = 0;
    expect(facts(2)).toEqual(facts(2));
    expect(engine.calls).toEqual([]);
  });
});

describe('before that', () => {
  test('nothing is known, and that is said', async () => {
    const { engine, facts } = await setUp();
    expect(facts(1)).toMatchObject({
      toPrevious: null,
      toSection: null,
      expectedness: null,
      nearest: [],
      indexing: true,
    });
    expect(engine.calls).toEqual([]);
  });

  test('what is known already is shown', async () => {
    const { cache, snapshot, facts } = await setUp();
    await cache.vectors(snapshot.sentences.slice(0, 2), neverCancelled);
    const known = facts(1);
    expect(known.toPrevious).not.toBeNull();
    expect(known.nearest.map((near) => near.text)).toEqual(['The harbor wall is old.']);
    expect(known.expectedness).toBeNull();
    expect(known.indexing).toBe(true);
    expect(facts(2).nearest).toEqual([]);
  });
});
