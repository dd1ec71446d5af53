/** Several edits as the stretches they touched: what lies between these is the same text before and after. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changedRanges, enclosing } from '../../../server/src/text/textChange.ts';
import { applied, edits } from '../../support/documents.ts';

describe('changedRanges', () => {
  test.each([
    ['nothing', [], []],
    ['one insertion', [[3, 3, 'ab']], [[3, 3, 3, 5]]],
    ['one deletion', [[3, 6, '']], [[3, 6, 3, 3]]],
    [
      'two apart',
      [
        [2, 3, 'abc'],
        [8, 9, ''],
      ],
      [
        [2, 3, 2, 5],
        [6, 7, 8, 8],
      ],
    ],
    [
      'the later place first',
      [
        [8, 9, ''],
        [2, 3, 'abc'],
      ],
      [
        [2, 3, 2, 5],
        [8, 9, 10, 10],
      ],
    ],
    [
      'one inside the other',
      [
        [2, 8, 'abcd'],
        [3, 4, 'xyz'],
      ],
      [[2, 8, 2, 8]],
    ],
    [
      'two that touch',
      [
        [2, 4, 'ab'],
        [4, 5, ''],
      ],
      [[2, 5, 2, 4]],
    ],
    [
      'one over two others',
      [
        [1, 1, 'a'],
        [6, 6, 'b'],
        [0, 9, ''],
      ],
      [[0, 7, 0, 0]],
    ],
  ] as const)('%s', (_, changes, expected) => {
    const list = changes.map(([start, end, text]) => ({ start, end, text }));
    const found = changedRanges(list, 10, 0).map(({ fromA, toA, fromB, toB }) => [fromA, toA, fromB, toB]);
    expect(found).toEqual(expected);
  });

  test('what lies between the stretches is only moved, with any margin', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 80 }),
        fc.array(edits('plaintext')),
        fc.nat(3),
        (text, list, margin) => {
          const next = applied(text, list.flat());
          const ranges = changedRanges(next.changes, text.length, margin);
          let atA = 0;
          let atB = 0;
          for (const { fromA, toA, fromB, toB } of [
            ...ranges,
            { fromA: text.length, toA: 0, fromB: next.text.length, toB: 0 },
          ]) {
            expect(fromA).toBeGreaterThanOrEqual(atA);
            expect(text.slice(atA, fromA)).toBe(next.text.slice(atB, fromB));
            atA = toA;
            atB = toB;
          }
        },
      ),
      { seed: 6, numRuns: 300 },
    );
  });
});

test('several edits are one that takes in all of them', () => {
  const text = fc.stringMatching(/^[a-z]{0,60}$/);
  const steps = fc.array(edits('plaintext'), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(text, steps, (before, list) => {
      let after = before;
      const changes = list.flatMap((step) => {
        const next = applied(after, step);
        after = next.text;
        return next.changes;
      });
      fc.pre(changes.length > 0);
      const one = enclosing(changes, after);
      expect(before.slice(0, one.start) + one.text + before.slice(one.end)).toBe(after);
      expect(one.start).toBe(Math.min(...changes.map(({ start }) => start)));
    }),
    { seed: 3 },
  );
});
