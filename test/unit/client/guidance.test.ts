/** Steps of the guidance scale. */
import { expect, test } from 'vitest';
import { closer, moreAdventurous } from '../../../client/src/guidance.ts';

test.each([
  [3, 4.5, 2],
  [1, 1.5, 1],
  [10, 10, 6.5],
  [2.5, 3, 2],
  [0.5, 1, 0.5],
  [15, 15, 10],
])('from %d: closer is %d, more adventurous is %d', (scale, up, down) => {
  expect([closer(scale), moreAdventurous(scale)]).toEqual([up, down]);
});
