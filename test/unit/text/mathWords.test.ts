/** Formulas as words. */
import { expect, test } from 'vitest';
import { closingStop, mathWords } from '../../../server/src/text/mathWords.ts';

test.each([
  ['O(n \\log n)', 'O(n log n)'],
  ['x_{1}^{2}', 'x_1^2'],
  ['\\left( a \\right)', '(a)'],
  ['\\mathbb{R}^n', 'R^n'],
  ['50\\,\\%', '50 %'],
  ['  ', ''],
  ['a + '.repeat(30), '…'],
])('mathWords(%j)', (tex, expected) => expect(mathWords(tex)).toBe(expected));

test.each([
  [' a = b. ', '.'],
  ['a = b.\\label{eq:x}\n', '.'],
  ['a = b. \\nonumber', '.'],
  ['a = 0.5', ''],
  ['a = b,', ''],
  ['', ''],
])('closingStop(%j)', (tex, expected) => expect(closingStop(tex)).toBe(expected));
