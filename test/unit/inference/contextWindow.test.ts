/** The contextualizer's window over a growing document, and arrays with one slice for each concept. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  commonPrefix,
  evenlySpread,
  firstSlices,
  joinedSlices,
  type Slices,
  windowStart,
} from '../../../server/src/inference/contextWindow.ts';

const lengths = fc.integer({ min: 1, max: 200 });
const counts = fc.integer({ min: 0, max: 2000 });
const holds = (property: fc.IProperty<[number, number]>) => fc.assert(property, { seed: 7 });

describe('windowStart', () => {
  test('a window fits, holds the last half at least, and all while there is room', () => {
    holds(
      fc.property(counts, lengths, (count, length) => {
        const start = windowStart(count, length);
        expect(count - start).toBeLessThanOrEqual(length);
        expect(count - start).toBeGreaterThanOrEqual(Math.min(count, Math.floor(length / 2)));
        if (count <= length) expect(start).toBe(0);
      }),
    );
  });

  test('one more concept moves it never back, and seldom', () => {
    holds(
      fc.property(counts, lengths, (count, length) => {
        const [start, next] = [windowStart(count, length), windowStart(count + 1, length)];
        expect(next === start || next === start + Math.max(1, Math.floor(length / 2))).toBe(true);
      }),
    );
    const moves = new Set(Array.from({ length: 1001 }, (_, count) => windowStart(count, 100)));
    expect(moves.size).toBe(19);
  });
});

describe('commonPrefix', () => {
  const a = Float32Array.of(1, 2);
  const same = Float32Array.of(1, 2);
  const b = Float32Array.of(1, 3);
  test.each([
    [[], [a], 0],
    [[a], [same], 1],
    [[a, b], [same, b, a], 2],
    [[b], [a], 0],
    [[a, a, b], [a, b, b], 1],
    [[Float32Array.of(1)], [a], 0],
  ])('%#', (x, y, expected) => {
    expect(commonPrefix(x, y)).toBe(expected);
  });
});

describe('evenlySpread', () => {
  test('takes all of few, and of many as many as asked, rising and even', () => {
    holds(
      fc.property(counts, fc.integer({ min: 1, max: 300 }), (length, count) => {
        const indexes = evenlySpread(length, count);
        expect(indexes.length).toBe(Math.min(length, count));
        expect(indexes.every((index, i) => index > (indexes[i - 1] ?? -1) && index < length)).toBe(true);
        // The middle of each even part.
        const isMiddle = (index: number, i: number) => Math.abs(index + 0.5 - ((i + 0.5) * length) / count) <= 0.5;
        if (length > count) expect(indexes.every(isMiddle)).toBe(true);
      }),
    );
  });
});

describe('slices', () => {
  /** Number of outer o, slice c, inner i: distinct for each. */
  const slices = (outer: number, count: number, inner: number, from = 0): Slices => {
    const data = Float32Array.from({ length: outer * count * inner }, (_, at) => {
      const o = Math.floor(at / (count * inner));
      const c = Math.floor(at / inner) % count;
      return o * 10_000 + (from + c) * 100 + (at % inner);
    });
    return { data, outer, count, inner };
  };

  test('the first ones keep their numbers', () => {
    expect(firstSlices(slices(3, 5, 2), 2)).toEqual(slices(3, 2, 2));
    expect(firstSlices(slices(3, 5, 2), 0)).toEqual({ data: new Float32Array(0), outer: 3, count: 0, inner: 2 });
    const all = slices(3, 5, 2);
    expect(firstSlices(all, 5)).toBe(all);
    expect(firstSlices(all, 9)).toBe(all);
  });

  test('joined ones stand behind each other in every outer row', () => {
    expect(joinedSlices(slices(3, 2, 2), slices(3, 4, 2, 2))).toEqual(slices(3, 6, 2));
    const some = slices(3, 2, 2);
    const none = slices(3, 0, 2);
    expect(joinedSlices(none, some)).toBe(some);
    expect(joinedSlices(some, none)).toBe(some);
  });

  test('cutting and joining gives back the whole, at every cut', () => {
    const whole = slices(4, 6, 3);
    for (let cut = 0; cut <= 6; cut++) {
      expect(joinedSlices(firstSlices(whole, cut), slices(4, 6 - cut, 3, cut))).toEqual(whole);
    }
  });
});
