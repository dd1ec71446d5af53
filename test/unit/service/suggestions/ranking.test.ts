import { describe, expect, test } from 'vitest';
import {
  rank,
  repeatsAhead,
  repeatsDocument,
  score,
  type WordedPlan,
} from '../../../../server/src/service/suggestions/ranking.ts';
import { ngramSet } from '../../../../server/src/service/wordingChecks.ts';

const east = Float32Array.of(1, 0, 0);
const north = Float32Array.of(0, 1, 0);
const up = Float32Array.of(0, 0, 1);
const surroundings = { last: north, nearbyTrigrams: ngramSet(['The old bridge fell down.'], 3), seen: [] };

function worded(text: string, fields: Partial<WordedPlan> = {}): WordedPlan {
  return { text, sentence: text, plan: east, vector: east, logProbability: -1, near: undefined, pull: 0, ...fields };
}

describe('score', () => {
  test('is in [0, 1] and falls with each fault', () => {
    const good = score(worded('A fresh idea.'), surroundings);
    expect(good).toBeGreaterThan(0.5);
    expect(good).toBeLessThanOrEqual(1);
    for (const worse of [
      worded('A fresh idea.', { logProbability: -4 }),
      worded('A fresh idea.', { vector: up }),
      worded('So the old bridge fell again.'),
    ]) {
      expect(score(worse, surroundings)).toBeLessThan(good);
    }
  });

  test("at a document's start there is no sentence to flow from", () => {
    expect(score(worded('First.'), { ...surroundings, last: undefined })).toBeGreaterThan(0.8);
  });
});

describe('repeatsDocument', () => {
  test.each([
    ['the same meaning', worded('Otherwise put.'), 0.97, true],
    ['the same words', worded('The old bridge fell down.'), 0.5, true],
    ['something new', worded('The council met in March.'), 0.5, false],
  ])('%s', (_, candidate, closest, expected) => {
    expect(repeatsDocument(candidate, closest, surroundings)).toBe(expected);
  });
});

describe('repeatsAhead', () => {
  const ahead = [{ sentence: 'We sell a lot of plants.', vector: east }];
  test.each([
    ['the same in other words', 'Plants are sold.', Float32Array.of(0.8, 0.6, 0), true],
    ['another idea that starts alike', 'We sell a garden.', north, true],
    ['another idea', 'The council met in March.', Float32Array.of(0.6, 0.8, 0), false],
  ])('%s', (_, sentence, vector, expected) => {
    expect(repeatsAhead({ sentence, vector }, ahead)).toBe(expected);
    expect(repeatsAhead({ sentence, vector }, [])).toBe(false);
  });
});

describe('rank', () => {
  const candidates = [
    worded('Weak.', { vector: up, logProbability: -6 }),
    worded('Good.'),
    worded('The same idea.', { logProbability: -1.2 }),
    worded('Another.', { plan: up, vector: up }),
    worded('Good?', { vector: Float32Array.of(0.6, 0, -0.8) }),
  ];
  test.each([
    ['different ideas that start differently, best first', 0.2, 3, ['Good.', 'Another.']],
    ['no more than wanted', 0, 1, ['Good.']],
    ['none under the threshold', 0.99, 3, []],
  ])('%s', (_, minScore, count, expected) => {
    expect(rank(candidates, surroundings, minScore, count).map(({ text }) => text)).toEqual(expected);
  });
});
