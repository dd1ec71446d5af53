import { expect, test } from 'vitest';
import { diverse } from '../../../server/src/concepts/diversity.ts';

const candidates = [
  { item: 'best', vector: Float32Array.of(1, 0), relevance: 0.9 },
  { item: 'twin of best', vector: Float32Array.of(1, 0), relevance: 0.89 },
  { item: 'other', vector: Float32Array.of(0, 1), relevance: 0.5 },
];

test.each([
  [1, 2, ['best', 'twin of best']],
  [0.5, 2, ['best', 'other']],
  [0.5, 9, ['best', 'other', 'twin of best']],
  [0.5, 0, []],
])('weight %s, %s wanted', (weight, count, expected) => {
  expect(diverse(candidates, count, weight).map(({ item }) => item)).toEqual(expected);
});
