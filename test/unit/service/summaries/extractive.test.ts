/** The extractive summary: sentences of the text itself, in its order. */
import { describe, expect, test } from 'vitest';
import { finish } from '../../../../server/src/base/steps.ts';
import { extractiveSummary, type SourceSentence } from '../../../../server/src/service/summaries/extractive.ts';
import { encodeWords } from '../../../support/fakeEngine.ts';

const sources = (...texts: string[]): SourceSentence[] =>
  texts.map((text) => ({ text, complete: /[.!?]$/u.test(text), vector: encodeWords(text) }));

const summary = (
  text: readonly SourceSentence[],
  sentences: number,
  words = Number.POSITIVE_INFINITY,
  topics: readonly string[] = [],
): number[] => finish(extractiveSummary(text, { sentences, words }, topics.map(encodeWords)));

describe('extractiveSummary', () => {
  const text = sources(
    'The harbor council met on Monday about the harbor wall.',
    'The harbor wall of the council is old and broken.',
    'The council harbor wall is old and broken, said the council.',
    'Yes.',
    'Violin teachers painted thirteen purple candles overnight.',
    'A note on the harbor wall of the council',
  );

  test.each([0, 1, 2, 3, 4])('%i sentences, in the order of the text', (count) => {
    const chosen = summary(text, count);
    expect(chosen).toHaveLength(count);
    expect(chosen).toEqual([...chosen].sort((a, b) => a - b));
    expect(new Set(chosen).size).toBe(count);
  });

  test('one sentence is about what the text is about', () => {
    expect([0, 1, 2]).toContain(summary(text, 1)[0]);
  });

  test.each([
    ['The harbor wall of the council', [0, 1, 2]],
    ['Violin teachers painted candles overnight', [4]],
  ])('one sentence of a text that is about %j', (topic, places) => {
    expect(places).toContain(summary(text, 1, undefined, [topic])[0]);
  });

  test('what opens the text comes first, if it is about it as much as others', () => {
    const words = ['river', 'mountain', 'garden', 'winter', 'letter', 'candle', 'bridge', 'forest'];
    const equal = sources(...words.map((word) => `The ${word} is in the town.`));
    expect(summary(equal, 1)).toEqual([0]);
    expect(summary(equal, 1, undefined, ['Forest'])).toEqual([7]);
  });

  test('what is too short or unfinished is not taken while there is something else', () => {
    expect(summary(text, 6)).toEqual([0, 1, 2, 4]);
    expect(summary(sources('Yes.', 'No.', 'a thing'), 2)).toHaveLength(2);
  });

  test('what only introduces a list is not taken while there is something else', () => {
    const list = text.map((each, i) => (i < 2 ? { ...each, text: each.text.replace(/\.$/u, ':') } : each));
    expect(summary(list, 6)).toEqual([2, 4]);
  });

  test('two sentences that say the same are not both taken', () => {
    const chosen = summary(text, 2);
    expect(chosen.includes(1) && chosen.includes(2)).toBe(false);
  });

  test('of equals, the first is taken', () => {
    const same = 'The same five words again.';
    expect(summary(sources(same, same, same), 1)).toEqual([0]);
  });

  test.each([3, 10, 19, 40])('no more than %i words, but always a sentence', (most) => {
    const chosen = summary(text, 4, most);
    const words = chosen.map((i) => text[i]?.text.split(' ').length ?? 0);
    expect(chosen.length).toBe({ 3: 1, 10: 1, 19: 2, 40: 4 }[most]);
    if (chosen.length > 1) expect(words.reduce((a, b) => a + b)).toBeLessThanOrEqual(most);
  });

  test('nothing from nothing', () => expect(summary([], 3)).toEqual([]));
});
