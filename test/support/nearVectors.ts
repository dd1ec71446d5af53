import { expect } from 'vitest';
import { lengthOf } from '../../server/src/concepts/conceptVector.ts';
import { cosine } from '../../server/src/concepts/similarity.ts';

/** The same vectors: direction and length, but for what rounding on another processor moves. */
export function expectNear(found: readonly Float32Array[], wanted: readonly number[][]) {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((row, i) => {
    const expected = Float32Array.from(row);
    const vector = found[i] as Float32Array;
    expect(cosine(vector, expected)).toBeGreaterThan(0.999);
    expect(lengthOf(vector) / lengthOf(expected)).toBeCloseTo(1, 2);
  });
}
