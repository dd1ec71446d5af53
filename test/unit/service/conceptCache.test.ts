/** The concept cache: every sentence is encoded once, whoever asks, in whatever order, and nothing stale is kept. */
import { describe, expect, test } from 'vitest';
import { CancellationError, neverCancelled } from '../../../server/src/base/cancellation.ts';
import { CancellationSource } from '../../../server/src/base/cancellationSource.ts';
import { normalized } from '../../../server/src/concepts/conceptVector.ts';
import { directionOf } from '../../../server/src/concepts/direction.ts';
import type { ContextConcept } from '../../../server/src/concepts/engine.ts';
import { centroid } from '../../../server/src/concepts/similarity.ts';
import { ConceptCache } from '../../../server/src/service/conceptCache.ts';
import { indexedSentences } from '../../../server/src/service/missingSentences.ts';
import { changeDocument, openDocument } from '../../../server/src/service/snapshots.ts';
import type { DocumentSnapshot } from '../../../server/src/text/snapshot.ts';
import { encodeWords, FakeEngine } from '../../support/fakeEngine.ts';

const open = (text: string, uri = 'file:///a'): DocumentSnapshot =>
  openDocument({ uri, languageId: 'plaintext', version: 1, text });

/** `count` different sentences. */
const many = (count: number, word = 'apple'): string =>
  Array.from({ length: count }, (_, i) => `Sentence ${word} ${i} stands here.`).join(' ');

function setUp(text: string) {
  const engine = new FakeEngine();
  const encoded: string[] = [];
  const { encode } = engine;
  engine.encode = (sentences, token) => {
    encoded.push(...sentences);
    return encode.call(engine, sentences, token);
  };
  return { engine, encoded, cache: new ConceptCache(engine), snapshot: open(text) };
}

/** A gate that holds the engine's calls until it is opened. */
function gated(engine: FakeEngine): () => void {
  let release = (): void => {};
  engine.gate = new Promise((resolve) => {
    release = resolve;
  });
  return () => {
    release();
    engine.gate = undefined;
  };
}

describe('vectors', () => {
  test('one for each sentence, in order, the encoder asked once for each different one', async () => {
    const { encoded, cache, snapshot } = setUp('One apple. Two pears. One apple. Three figs.');
    const vectors = await cache.vectors(snapshot.sentences, neverCancelled);
    expect(vectors).toEqual(snapshot.sentences.map(({ text }) => encodeWords(text)));
    expect([...encoded].sort()).toEqual(['One apple.', 'Three figs.', 'Two pears.']);
    await cache.vectors(snapshot.sentences, neverCancelled);
    expect(encoded).toHaveLength(3);
  });

  test('none for none', async () => {
    const { engine, cache } = setUp('');
    expect(await cache.vectors([], neverCancelled)).toEqual([]);
    expect(engine.calls).toEqual([]);
  });

  test('two at once share the batches under way', async () => {
    const { encoded, cache, snapshot } = setUp(many(60));
    const [a, b] = await Promise.all([
      cache.vectors(snapshot.sentences, neverCancelled),
      cache.vectors(snapshot.sentences.slice(10, 50), neverCancelled),
    ]);
    expect(encoded).toHaveLength(60);
    expect(b).toEqual(a.slice(10, 50));
  });

  test('no batch is longer than a suggestion can wait for', async () => {
    const { engine, cache, snapshot } = setUp(many(100));
    await cache.vectors(snapshot.sentences, neverCancelled);
    expect(Math.max(...engine.calls.map(({ size }) => size))).toBeLessThanOrEqual(24);
    expect(engine.calls.reduce((sum, { size }) => sum + size, 0)).toBe(100);
  });

  test('a cancel is heard at once, and what was under way is not lost', async () => {
    const { engine, encoded, cache, snapshot } = setUp('One apple.');
    const release = gated(engine);
    const source = new CancellationSource();
    const waiting = cache.vectors(snapshot.sentences, source.token);
    source.cancel();
    await expect(waiting).rejects.toBeInstanceOf(CancellationError);
    release();
    await cache.vectors(snapshot.sentences, neverCancelled);
    expect(encoded).toHaveLength(1);
  });

  test('a failure is passed on, and asked anew the next time', async () => {
    const { engine, encoded, cache, snapshot } = setUp('One apple.');
    engine.failure = new Error('broken');
    await expect(cache.vectors(snapshot.sentences, neverCancelled)).rejects.toThrow('broken');
    engine.failure = undefined;
    expect(await cache.vectors(snapshot.sentences, neverCancelled)).toHaveLength(1);
    expect(encoded).toHaveLength(2);
  });

  test('an engine that gives too few vectors is an error, not a loop', async () => {
    const { engine, cache, snapshot } = setUp('One apple. Two pears.');
    engine.encode = async () => [encodeWords('only one')];
    await expect(cache.vectors(snapshot.sentences, neverCancelled)).rejects.toThrow('1 vectors for 2 sentences');
  });

  test('after clear, an answer of the engine before is not kept', async () => {
    const { engine, encoded, cache, snapshot } = setUp('One apple.');
    const release = gated(engine);
    const waiting = cache.vectors(snapshot.sentences, neverCancelled);
    cache.clear();
    release();
    await waiting;
    expect(encoded).toHaveLength(2);
  });
});

describe('index', () => {
  test('knows every sentence and expectation afterwards, without running a model for a look', async () => {
    const { engine, cache, snapshot } = setUp(many(40));
    const [first] = snapshot.sentences;
    expect(cache.vector(first!)).toBeUndefined();
    expect(cache.isComplete(snapshot)).toBe(false);
    expect(cache.known(snapshot).size).toBe(0);
    await cache.index(snapshot, 0, neverCancelled);
    const calls = engine.calls.length;
    expect(cache.isComplete(snapshot)).toBe(true);
    expect(cache.known(snapshot).size).toBe(40);
    for (const [i, sentence] of snapshot.sentences.entries()) {
      expect(cache.vector(sentence)).toEqual(encodeWords(sentence.text));
      expect(cache.expectation(snapshot, i)).toHaveLength(48);
    }
    expect(engine.calls).toHaveLength(calls);
  });

  test('reads outward from the cursor', async () => {
    const { encoded, cache, snapshot } = setUp(many(300));
    const near = snapshot.sentences[150]!.start;
    await cache.index(snapshot, near, neverCancelled);
    const first = encoded.slice(0, 24).map((text) => Number(/\d+/u.exec(text)));
    expect(first.every((i) => Math.abs(i - 150) <= 13)).toBe(true);
    expect(encoded).toHaveLength(300);
  });

  test('tells its progress, from nothing to all', async () => {
    const { cache, snapshot } = setUp(many(60));
    const told: [number, number][] = [];
    await cache.index(snapshot, 0, neverCancelled, (done, total) => told.push([done, total]));
    expect(told[0]).toEqual([0, 60]);
    expect(told.at(-1)).toEqual([60, 60]);
    expect(told.map(([done]) => done)).toEqual(told.map(([done]) => done).sort((a, b) => a - b));
  });

  test('an edit of one sentence encodes one sentence and expects a few places anew', async () => {
    const { engine, encoded, cache, snapshot } = setUp(many(200));
    await cache.index(snapshot, 0, neverCancelled);
    encoded.length = 0;
    engine.calls.length = 0;
    const at = snapshot.sentences[100]!.start;
    const edited = changeDocument(snapshot, [{ start: at, end: at, text: 'Newly ' }], 2);
    const known = cache.expectation(edited, 100);
    await cache.index(edited, at, neverCancelled);
    expect(encoded).toEqual(['Newly Sentence apple 100 stands here.']);
    expect(engine.calls.filter(({ method }) => method === 'expected')).toHaveLength(1);
    // What stands before the edited sentence did not change, so neither did what was expected in its place.
    expect(cache.expectation(edited, 100)).toEqual(known);
    for (let i = 0; i < 200; i++) expect(cache.expectation(edited, i)).toBeDefined();
  });

  test('what is left out of a very long document is expected once the cursor comes near', async () => {
    const { cache, snapshot } = setUp(many(indexedSentences + 500));
    await cache.index(snapshot, 0, neverCancelled);
    const last = snapshot.sentences.length - 1;
    expect(cache.expectation(snapshot, last)).toBeUndefined();
    const text = `${snapshot.text} One more stands here.`;
    const at = snapshot.text.length;
    const longer = changeDocument(snapshot, [{ start: at, end: at, text: text.slice(at) }], 2);
    await cache.index(longer, at, neverCancelled);
    for (const i of [last - 499, last, last + 1]) expect(cache.expectation(longer, i)).toBeDefined();
  });

  test('cached equals uncached', async () => {
    const { cache, snapshot } = setUp(many(30));
    await cache.index(snapshot, 0, neverCancelled);
    const at = snapshot.sentences[20]!.start;
    const edited = changeDocument(snapshot, [{ start: at, end: at, text: 'Another one. ' }], 2);
    await cache.index(edited, at, neverCancelled);
    const fresh = new ConceptCache(new FakeEngine());
    await fresh.index(edited, 0, neverCancelled);
    for (const sentence of edited.sentences) expect(cache.vector(sentence)).toEqual(fresh.vector(sentence));
  });

  test('a newer pass for the same document ends the older one; other documents are left alone', async () => {
    const { engine, cache, snapshot } = setUp(many(30));
    const release = gated(engine);
    const older = cache.index(snapshot, 0, neverCancelled);
    const other = cache.index(open(many(5, 'pear'), 'file:///b'), 0, neverCancelled);
    const newer = cache.index(snapshot, 0, neverCancelled);
    await expect(older).rejects.toBeInstanceOf(CancellationError);
    release();
    await Promise.all([newer, other]);
    expect(cache.isComplete(snapshot)).toBe(true);
  });

  test('another version is not complete before its own pass', async () => {
    const { cache, snapshot } = setUp('One apple.');
    await cache.index(snapshot, 0, neverCancelled);
    const edited = changeDocument(snapshot, [{ start: 0, end: 3, text: 'Two' }], 2);
    expect(cache.isComplete(edited)).toBe(false);
  });

  test('closing ends the pass; what is known stays for the next time', async () => {
    const { engine, cache, snapshot } = setUp(many(30));
    await cache.index(snapshot, 0, neverCancelled);
    const release = gated(engine);
    const edited = changeDocument(snapshot, [{ start: 0, end: 0, text: 'New. ' }], 2);
    const pass = cache.index(edited, 0, neverCancelled);
    cache.close(snapshot.uri);
    await expect(pass).rejects.toBeInstanceOf(CancellationError);
    release();
    expect(cache.isComplete(snapshot)).toBe(false);
    await cache.vectors(edited.sentences.slice(0, 1), neverCancelled);
    engine.calls.length = 0;
    await cache.index(snapshot, 0, neverCancelled);
    expect(engine.calls).toEqual([]);
    expect(cache.isComplete(snapshot)).toBe(true);
  });

  test('after clear, everything is read anew', async () => {
    const { encoded, cache, snapshot } = setUp(many(10));
    await cache.index(snapshot, 0, neverCancelled);
    cache.clear();
    expect(cache.vector(snapshot.sentences[0]!)).toBeUndefined();
    expect(cache.expectation(snapshot, 1)).toBeUndefined();
    await cache.index(snapshot, 0, neverCancelled);
    expect(encoded).toHaveLength(20);
  });

  test('an empty document is complete at once', async () => {
    const { engine, cache, snapshot } = setUp('');
    await cache.index(snapshot, 0, neverCancelled);
    expect(cache.isComplete(snapshot)).toBe(true);
    expect(engine.calls).toEqual([]);
  });
});

describe('for an LCM that knows roles', () => {
  const text = '# The town\n\n## The harbor\n\nOne apple. Two pears.\n\n## The market\n\nThree figs. Four plums.';
  const markdown = (source: string, version = 1): DocumentSnapshot =>
    openDocument({ uri: 'file:///a', languageId: 'markdown', version, text: source });
  function told() {
    const engine = new FakeEngine();
    engine.info = { ...engine.info, hasRoles: true };
    const asked: ContextConcept[][] = [];
    const { expected } = engine;
    engine.expected = (concepts, token) => {
      asked.push([...concepts]);
      return expected.call(engine, concepts, token);
    };
    return { engine, asked, cache: new ConceptCache(engine) };
  }
  const roles = (sequence: readonly ContextConcept[] | undefined) => sequence?.map(({ role }) => role);

  test('headings and places are read, and each sentence has what is expected in its own place', async () => {
    const { asked, cache } = told();
    const snapshot = markdown(text);
    await cache.index(snapshot, 0, neverCancelled);
    expect(asked).toHaveLength(1);
    expect(roles(asked[0])).toEqual([
      ...['heading', 'heading', 'place1', 'place2'],
      ...['heading', 'place1', 'place2'],
    ]);
    const read = ['The town', 'The harbor', 'One apple.', 'Two pears.', 'The market', 'Three figs.', 'Four plums.'];
    expect(asked[0]?.map(({ vector }) => vector)).toEqual(read.map(encodeWords));
    // The fake expects the mean of what is before; its direction is kept.
    for (const [i, before] of [2, 3, 5, 6].entries()) {
      const mean = normalized(centroid(read.slice(0, before).map(encodeWords)) as Float32Array);
      expect(cache.expectation(snapshot, i)).toEqual(Float32Array.from(directionOf(mean)));
    }
    await cache.index(snapshot, 0, neverCancelled);
    expect(asked, 'nothing is asked twice').toHaveLength(1);
  });

  test('another heading changes what is expected below it, and a sentence’s place what is expected behind it', async () => {
    const { engine, asked, cache } = told();
    await cache.index(markdown(text), 0, neverCancelled);
    const renamed = markdown(text.replace('The market', 'The fair'), 2);
    const above = cache.expectation(renamed, 1);
    expect(above).toBeDefined();
    expect(cache.expectation(renamed, 2)).toBeUndefined();
    engine.calls.length = 0;
    await cache.index(renamed, 0, neverCancelled);
    expect(engine.calls.filter(({ method }) => method === 'encode')).toMatchObject([{ size: 1 }]);
    expect(cache.expectation(renamed, 1)).toEqual(above);
    // The same sentences, but the third is its section's third now.
    const joined = markdown(text.replace('## The market\n\n', ''), 3);
    expect(cache.expectation(joined, 2)).toBeUndefined();
    expect(cache.expectation(joined, 3)).toBeUndefined();
    await cache.index(joined, 0, neverCancelled);
    expect(roles(asked.at(-1))).toEqual(['heading', 'heading', 'place1', 'place2', 'place3', 'place3']);
  });

  test('another bundle, which knows none, is asked without', async () => {
    const { engine, asked, cache } = told();
    const snapshot = markdown(text);
    await cache.index(snapshot, 0, neverCancelled);
    cache.clear();
    engine.info = { ...engine.info, hasRoles: false };
    await cache.index(snapshot, 0, neverCancelled);
    expect(asked.at(-1)).toEqual(snapshot.sentences.map((sentence) => ({ vector: encodeWords(sentence.text) })));
    for (let i = 0; i < 4; i++) expect(cache.expectation(snapshot, i)).toBeDefined();
  });
});
