/** The segmenter on its gold set: every case it is expected to get right, and the figure over all of them. */
import { describe, expect, test } from 'vitest';
import { segmentSentences } from '../../../server/src/text/sentences.ts';
import gold from '../../fixtures/sentences/gold.json' with { type: 'json' };
import { type GoldSet, intlSentences, scores, unmarked } from '../../support/sentenceGold.ts';

const { cases, missed }: GoldSet = gold;
const all = Object.values(cases).flat();

/** The sentences of a marked case, as the segmenter and as the gold set cut them. */
function check(marked: string): { found: string[]; expected: string[] } {
  const { text } = unmarked(marked);
  const found = segmentSentences(text).map(({ start, end }) => text.slice(start, end));
  return { found, expected: marked.split('¦').map((sentence) => sentence.trim()) };
}

describe.each(Object.entries(cases))('%s', (_, marked) => {
  test.each(marked.filter((one) => !missed.includes(one)))('%j', (one) => {
    const { found, expected } = check(one);
    expect(found).toEqual(expected);
  });
});

test.each(missed)('still missed, so that its entry under "missed" is true: %j', (one) => {
  expect(all).toContain(one);
  const { found, expected } = check(one);
  expect(found).not.toEqual(expected);
});

test('the set is large enough, and no case stands in it twice', () => {
  expect(all.length).toBeGreaterThanOrEqual(320);
  expect(new Set(all).size).toBe(all.length);
});

test('F1 of the boundaries is at least 0.97, well above Intl.Segmenter alone', () => {
  const own = scores(all, segmentSentences);
  expect(own.f1).toBeGreaterThanOrEqual(0.97);
  expect(own.f1 - scores(all, intlSentences).f1).toBeGreaterThan(0.15);
});

test('a paragraph longer than the segmenter reads at once is cut as its parts are', () => {
  const parts = all.filter((one) => !missed.includes(one) && /^\p{Lu}/u.test(one) && /[.!?]$/u.test(one));
  const text = parts.map((one) => unmarked(one).text).join(' ');
  expect(text.length).toBeGreaterThan(10_000);
  let at = 0;
  // Where two parts meet, the words on both sides decide anew; inside them nothing may change.
  const expected = parts.flatMap((one) => {
    const { text: part } = unmarked(one);
    const ends = segmentSentences(part).map(({ end }) => at + end);
    at += part.length + 1;
    return ends.slice(0, -1);
  });
  expect(expected.length).toBeGreaterThan(150);
  expect(segmentSentences(text).map(({ end }) => end)).toEqual(expect.arrayContaining(expected));
});

test('a line of a million characters takes no square time', () => {
  const text = 'The quick brown fox jumps over it. '.repeat(28_000);
  expect(segmentSentences(text)).toHaveLength(28_000);
});
