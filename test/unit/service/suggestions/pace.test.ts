/** How many wordings are begun at once, from what a decoder's step was measured to take. */
import { expect, test } from 'vitest';
import { affordableWordings } from '../../../../server/src/service/suggestions/pace.ts';

test.each<[string, [number, number][], number]>([
  ['nothing measured yet: all', [], 2],
  ['a fast machine: all', [[1, 4]], 2],
  ['two would take as long as two times one: one', [[1, 6]], 1],
  [
    'two were measured to take little longer than one: all',
    [
      [1, 6],
      [2, 8],
    ],
    2,
  ],
  [
    'a slow machine: one',
    [
      [1, 15],
      [2, 20],
    ],
    1,
  ],
  ['one alone is too slow: one', [[1, 90]], 1],
  [
    'two were slow once, but the machine is not busy any more: all',
    [
      [1, 3],
      [2, 40],
    ],
    2,
  ],
  ['measured of two alone', [[2, 30]], 1],
])('%s', (_, stepMs, expected) => {
  expect(affordableWordings(new Map(stepMs), 2)).toBe(expected);
});

test('of many as many as there is time for', () => {
  const stepMs = new Map([
    [1, 2],
    [2, 3],
    [4, 9],
    [8, 30],
  ]);
  expect(affordableWordings(stepMs, 4)).toBe(4);
  expect(affordableWordings(stepMs, 8)).toBe(4);
});
