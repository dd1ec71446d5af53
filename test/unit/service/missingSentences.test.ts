/** Which sentences are to be encoded: as if each were looked up, outward from the cursor, whatever was edited before. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { finish } from '../../../server/src/base/steps.ts';
import {
  type Indexed,
  indexedAround,
  indexedSentences,
  missingSentences,
  nothingIndexed,
} from '../../../server/src/service/missingSentences.ts';
import type { SentenceSpan } from '../../../server/src/text/snapshot.ts';

/** Sentences of ten units each. */
const sentencesOf = (ids: readonly string[]): SentenceSpan[] =>
  ids.map((id, i) => ({ start: 10 * i, end: 10 * i + 9, text: id, id, paragraph: 0, section: 0, complete: true }));

const missing = (around: Indexed, near: number, before: Indexed, known: ReadonlySet<string>): string[] =>
  finish(missingSentences(around, near, before, (id) => known.has(id))).map(({ id }) => id);

/** Every one looked up. */
function plainly({ sentences, from, to }: Indexed, near: number, known: ReadonlySet<string>): string[] {
  const at = sentences.findIndex(({ end }) => end >= near);
  const start = at < 0 ? sentences.length : at;
  const order = sentences
    .map(({ id }, i) => ({ id, i, rank: i >= start ? 2 * (i - start) : 2 * (start - i) - 1 }))
    .filter(({ i }) => i >= from && i < to)
    .sort((a, b) => a.rank - b.rank);
  return [...new Set(order.map(({ id }) => id).filter((id) => !known.has(id)))];
}

test('after any edits, what a look at each would find', () => {
  const ids = fc.array(fc.constantFrom(...'abcdefghijkl'), { maxLength: 14 });
  fc.assert(
    fc.property(ids, ids, ids, ids, fc.nat(200), (start, was, is, rest, near) => {
      const before = sentencesOf([...start, ...was, ...rest]);
      const [from, to] = [Math.min(before.length, near % 5), Math.max(0, before.length - (near % 3))];
      const indexed = { sentences: before, from: Math.min(from, to), to: Math.max(from, to) };
      const known = new Set(before.slice(indexed.from, indexed.to).map(({ id }) => id));
      const around = indexedAround(sentencesOf([...start, ...is, ...rest]), near);
      expect(missing(around, near, indexed, known)).toEqual(plainly(around, near, known));
      expect(missing(around, near, nothingIndexed, known)).toEqual(plainly(around, near, known));
    }),
    { numRuns: 2000, seed: 5 },
  );
});

test('what stands where it stood is not looked up', () => {
  const before = indexedAround(sentencesOf(['a', 'b', 'c', 'd', 'e']), 0);
  const looked: string[] = [];
  const around = indexedAround(sentencesOf(['a', 'b', 'new', 'd', 'e']), 20);
  const found = finish(
    missingSentences(around, 20, before, (id) => {
      looked.push(id);
      return id !== 'new';
    }),
  );
  expect([looked, found.map(({ id }) => id)]).toEqual([['new'], ['new']]);
});

describe('of a long document', () => {
  const sentences = sentencesOf(Array.from({ length: indexedSentences + 100 }, (_, i) => String(i)));
  test.each([
    ['the first, at its start', 0, 0],
    ['the last, at its end', 10 * sentences.length, 100],
    ['as many on both sides, between', 10 * (indexedSentences / 2 + 50), 50],
  ])('%s', (_, near, from) => {
    expect(indexedAround(sentences, near)).toEqual({ sentences, from, to: from + indexedSentences });
  });
});
