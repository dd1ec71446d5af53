/** Deletions, and what brings back what they took. */
import { expect, test } from 'vitest';
import { TakingBack } from '../../../server/src/lsp/takingBack.ts';

/** [where, what is replaced, by what, whether that takes something back] */
type Step = readonly [start: number, replaced: string, text: string, expected: boolean];

test.each<[string, readonly Step[]]>([
  [
    'typing',
    [
      [4, '', 'a', false],
      [5, '', 'bc', false],
    ],
  ],
  ['a deletion', [[4, 'abc', '', true]]],
  [
    'typing after it',
    [
      [4, 'abc', '', true],
      [4, '', 'd', false],
    ],
  ],
  [
    'its undo',
    [
      [4, 'abc', '', true],
      [4, '', 'abc', true],
    ],
  ],
  [
    'typing after that',
    [
      [4, 'abc', '', true],
      [4, '', 'abc', true],
      [7, '', 'd', false],
    ],
  ],
  [
    'an undo of typing, and its redo',
    [
      [4, '', 'abc', false],
      [4, 'abc', '', true],
      [4, '', 'abc', true],
    ],
  ],
  [
    'an undo of several backspaces',
    [
      [6, 'c', '', true],
      [5, 'b', '', true],
      [4, 'a', '', true],
      [4, '', 'abc', true],
    ],
  ],
  [
    'an undo of deletions forward',
    [
      [4, 'a', '', true],
      [4, 'b', '', true],
      [4, '', 'ab', true],
    ],
  ],
  [
    'an undo of typing over a selection',
    [
      [4, 'abc', 'd', true],
      [4, 'd', 'abc', true],
    ],
  ],
  [
    'a letter typed again',
    [
      [4, 'x', '', true],
      [4, '', 'x', false],
    ],
  ],
  [
    'the same text elsewhere',
    [
      [4, 'abc', '', true],
      [9, '', 'abc', false],
    ],
  ],
  [
    'another text in its place',
    [
      [4, 'abc', '', true],
      [4, '', 'abd', false],
    ],
  ],
  ['a longer word in its place', [[4, 'abc', 'abcde', false]]],
  [
    'deletions at different places',
    [
      [4, 'ab', '', true],
      [20, 'cd', '', true],
      [4, '', 'ab', false],
    ],
  ],
])('%s', (_, steps) => {
  const takingBack = new TakingBack();
  for (const [start, replaced, text, expected] of steps) {
    const change = { start, end: start + replaced.length, text, replaced };
    expect(takingBack.follow(change), `“${replaced}” by “${text}”`).toBe(expected);
  }
});
