/** What signed bytes keep of a vector: its direction, nearly. */
import { expect, test } from 'vitest';
import { directionOf } from '../../../server/src/concepts/direction.ts';
import { cosine } from '../../../server/src/concepts/similarity.ts';
import { wordVector } from '../../support/fakeEngine.ts';

test.each(['river', 'mountain', 'harbor'])('the direction of %s stays', (word) => {
  const vector = wordVector(word);
  const largest = Math.max(...vector.map(Math.abs));
  const again = Float32Array.from(directionOf(vector), (x) => (x * largest) / 127);
  for (const [i, value] of vector.entries()) {
    expect(Math.abs((again[i] as number) - value)).toBeLessThanOrEqual(largest / 254 + 1e-7);
  }
  expect(cosine(again, vector)).toBeGreaterThan(0.9999);
  expect(cosine(again, wordVector('signal'))).toBeCloseTo(cosine(vector, wordVector('signal')), 2);
});

test('whole steps come back as they were, and so does nothing', () => {
  expect(directionOf(Float32Array.of(127, -127, 64, 0))).toEqual(Int8Array.of(127, -127, 64, 0));
  expect(directionOf(new Float32Array(3))).toEqual(new Int8Array(3));
  expect(directionOf(new Float32Array(0))).toEqual(new Int8Array(0));
});
