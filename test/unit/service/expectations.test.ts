import { expect, test } from 'vitest';
import type { SequenceItem } from '../../../server/src/service/contextSequence.ts';
import { changedPlaces, expectationKey, missingWindows } from '../../../server/src/service/expectations.ts';

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

const sequence = (ids: string): SequenceItem[] =>
  Array.from(ids, (id) => ({
    id,
    text: id,
    isSentence: id !== id.toUpperCase(),
    ...(id === 'H' && { role: 'heading' }),
  }));
const long = 'abHcdefghijklmnHopqrstuvwxyz';

test.each([
  ['nothing', long, long, []],
  ['a first sequence', '', 'abc', [0, 1, 2]],
  ['the last sentence', 'abc', 'abd', [2]],
  ['a sentence more at the end', 'abc', 'abcd', [3]],
  ['all gone', 'abc', '', []],
])('changed places: %s', (_, before, after, places) => {
  const [first, end] = changedPlaces(sequence(before), sequence(after));
  expect(Array.from({ length: Math.max(0, end - first) }, (_unused, i) => first + i)).toEqual(places);
});

test('outside of the changed places every key is that of the place it was', () => {
  for (let at = 0; at <= long.length; at++) {
    for (const [removed, put] of [
      [0, 'x'],
      [1, ''],
      [1, 'X'],
      [2, 'aH'],
      [9, 'b'],
      [0, 'abHcdefghijklm'],
    ] as const) {
      const [before, after] = [sequence(long), sequence(long.slice(0, at) + put + long.slice(at + removed))];
      const [first, end] = changedPlaces(before, after);
      expect(end - first).toBeLessThanOrEqual(put.length + 8 + (first < 8 ? 8 : 0));
      const shift = before.length - after.length;
      for (let i = 0; i < after.length; i++) {
        if (i >= first && i < end) continue;
        const was = i < first ? i : i + shift;
        expect([after[i]?.id, expectationKey(after, i)]).toEqual([before[was]?.id, expectationKey(before, was)]);
      }
    }
  }
});
