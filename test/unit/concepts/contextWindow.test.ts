/** The contextualizer's window over a growing document. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ContextConcept } from '../../../server/src/concepts/contextConcept.ts';
import { commonPrefix, evenlySpread, windowStart } from '../../../server/src/concepts/contextWindow.ts';
import { plainly } from '../../support/plainSequence.ts';

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
    expect(commonPrefix(plainly(x), plainly(y))).toBe(expected);
  });
});

test('concepts in different roles are not in common', () => {
  const vector = Float32Array.of(1, 2);
  const sequence: ContextConcept[] = [{ vector }, { vector, role: 'place1' }, { vector, role: 'place2' }];
  expect(commonPrefix(sequence, [...sequence])).toBe(3);
  expect(commonPrefix(sequence, [{ vector }, { vector, role: 'place1' }, { vector }])).toBe(2);
  expect(commonPrefix(sequence, [{ vector, role: 'heading' }])).toBe(0);
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
