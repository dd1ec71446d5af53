/** The targets beside the figures of a benchmark: which are met, from what, and which are left out. */
import { expect, test } from 'vitest';
// @ts-expect-error: a script without types
import * as targetsModule from '../../bench/targets.mjs';

interface Row {
  readonly what: string;
  readonly figure: number;
  readonly met: boolean;
}
const { targetsOf } = targetsModule as { targetsOf(report: object): Row[] };

const length = (median: number, p95: number, residentMB: number) => ({
  fromRequest: { median, p95 },
  residentMB,
  idlePercent: 0,
});
const results = { keystrokeIndexed: { median: 40 }, longestTask: { median: 9 } };

test('the slowest length counts, and growth from the shortest to the longest', () => {
  // As the keys of an object of numbers come: by their size.
  const lengths = { 1000: length(200, 500, 500), 4000: length(320, 400, 550), 256000: length(260, 610, 650) };
  const rows = targetsOf({ lengths, results });
  expect(rows.map(({ figure, met }) => [figure, met])).toEqual([
    [320, false],
    [610, false],
    [1.3, false],
    [650, true],
    [0, true],
    [40, true],
    [9, false],
  ]);
});

test('without a model nothing is met or missed', () => {
  expect(targetsOf({ lengths: {}, results: {} })).toEqual([]);
});
