import { expect, test } from 'vitest';
import { StepTimes } from '../../../server/src/inference/stepTimes.ts';

test('the median of each number of wordings', () => {
  const times = new StepTimes();
  for (const ms of [9, 7, 80]) times.add(1, ms);
  times.add(2, 11);
  expect(times.medians()).toEqual(
    new Map([
      [1, 9],
      [2, 11],
    ]),
  );
});

test('a machine that gets slower is noticed after a few suggestions', () => {
  const times = new StepTimes();
  for (let i = 0; i < 1000; i++) times.add(1, 5);
  for (let i = 0; i < 30; i++) times.add(1, 50);
  expect(times.medians().get(1)).toBe(50);
});
