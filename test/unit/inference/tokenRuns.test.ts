import { expect, test } from 'vitest';
import { TokenRuns } from '../../../server/src/inference/tokenRuns.ts';

const runs = new TokenRuns([1, 2, 3, 4, 5, 6, 7]);

test.each([
  [[1, 2, 3, 4, 5], 6, true],
  [[9, 2, 3, 4, 5, 6], 7, true],
  [[1, 2, 3, 4, 5], 7, false],
  [[2, 3, 4, 5], 6, false],
  [[], 1, false],
  [[2, 3, 4, 5, 6], 1, false],
])('a text of 1 to 7 has what ends %j with %i: %j', (tokens, next, expected) => {
  expect(runs.has(tokens, next)).toBe(expected);
});

test('a text shorter than a run has none', () => {
  expect(new TokenRuns([1, 2, 3, 4, 5]).has([1, 2, 3, 4], 5)).toBe(false);
  expect(new TokenRuns([]).has([1, 2, 3, 4, 5], 6)).toBe(false);
});
