import { expect, test } from 'vitest';
import { missingWindows } from '../../../server/src/service/expectations.ts';

const all = () => true;

test.each([
  ['nothing missing', 10, () => false, 4, []],
  ['a short document in one window', 3, all, 8, [{ start: 0, first: 0, end: 3 }]],
  [
    'a long one in strides of half a context',
    9,
    all,
    4,
    [
      { start: 0, first: 0, end: 4 },
      { start: 2, first: 4, end: 6 },
      { start: 4, first: 6, end: 8 },
      { start: 6, first: 8, end: 9 },
    ],
  ],
  ['one sentence in the middle', 100, (i: number) => i === 50, 8, [{ start: 46, first: 50, end: 51 }]],
  [
    'two places far apart',
    100,
    (i: number) => i === 10 || i === 12 || i === 90,
    8,
    [
      { start: 6, first: 10, end: 13 },
      { start: 86, first: 90, end: 91 },
    ],
  ],
])('%s', (_, count, isMissing, contextLength, expected) => {
  expect(missingWindows(count, isMissing, contextLength)).toEqual(expected);
});

test('every place is answered once, by a window no longer than the context', () => {
  for (const contextLength of [1, 2, 3, 7, 128]) {
    const answered: number[] = [];
    for (const { start, first, end } of missingWindows(300, (i) => i % 3 !== 1, contextLength)) {
      expect(end - start).toBeLessThanOrEqual(contextLength);
      for (let i = first; i < end; i++) answered.push(i);
    }
    expect(new Set(answered).size).toBe(answered.length);
    expect(answered).toEqual(
      expect.arrayContaining(Array.from({ length: 300 }, (_, i) => i).filter((i) => i % 3 !== 1)),
    );
  }
});
