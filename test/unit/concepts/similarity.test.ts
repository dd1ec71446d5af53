/** Cosine, centroid and nearest, by hand-computed values. */
import { expect, test } from 'vitest';
import { normalized } from '../../../server/src/concepts/conceptVector.ts';
import { centroid, cosine, nearest } from '../../../server/src/concepts/similarity.ts';

const vector = (...values: number[]) => Float32Array.from(values);

test('cosine: same, opposite, orthogonal, zero, an odd number of dimensions, unlike lengths', () => {
  expect(cosine(vector(1, 2), vector(2, 4))).toBeCloseTo(1, 6);
  expect(cosine(vector(1, 0), vector(-3, 0))).toBeCloseTo(-1, 6);
  expect(cosine(vector(1, 0), vector(0, 5))).toBe(0);
  expect(cosine(vector(0, 0), vector(0, 5))).toBe(0);
  expect(cosine(vector(1, 2, 2), vector(2, 1, 2))).toBeCloseTo(8 / 9, 6);
  expect(() => cosine(vector(1), vector(1, 2))).toThrow(RangeError);
});

test('centroid is the mean; nothing has none', () => {
  expect(centroid([vector(1, 3), vector(3, 5)])).toEqual(vector(2, 4));
  expect(centroid([])).toBeUndefined();
});

test('nearest: best first, at most count', () => {
  const found = nearest(
    vector(1, 0),
    [
      ['far', vector(0, 1)],
      ['near', vector(2, 0.1)],
      ['half', vector(1, 1)],
    ],
    2,
  );
  expect(found.map(({ item }) => item)).toEqual(['near', 'half']);
});

test('normalized: unit length, zero stays zero', () => {
  expect(normalized(vector(3, 4))).toEqual(vector(0.6, 0.8));
  expect(normalized(vector(0, 0))).toEqual(vector(0, 0));
});
