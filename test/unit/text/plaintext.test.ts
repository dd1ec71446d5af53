/** Plain text: paragraphs, bullets and underlined headings, and nothing that is not text. */
import { describe, expect, test } from 'vitest';
import { headingsOf, marked, sentencesOf } from '../../support/extracted.ts';

const check = (source: string, expected: readonly string[]): void =>
  expect(sentencesOf('plaintext', source)).toEqual(expected);

test.each<[name: string, source: string, expected: string[]]>([
  ['paragraphs', 'One.\nStill one. Two.\n\nThree', ['One.', 'Still one.', 'Two.', 'Three']],
  ['CRLF', 'One\r\ngoes on.\r\n\r\nTwo.\r\n', ['One goes on.', 'Two.']],
  ['blank lines of white space', 'One\n \t \ntwo', ['One', 'two']],
  ['an empty document', '', []],
  ['only white space', ' \n\t\n', []],
  ['indented lines', '    One\n    goes on.', ['One goes on.']],
  ['bullets', '- one\n- two goes\n  on. Three.\n* four\n• five', ['one', 'two goes on.', 'Three.', 'four', 'five']],
  ['numbers where the block starts with one', '1. one\n2) two', ['one', 'two']],
  ['a number that only starts a line', 'It was in\n1984. Then it ended.', ['It was in 1984.', 'Then it ended.']],
  ['a dash is no bullet', '-word -- and', ['-word -- and']],
  ['marks of Markdown are text', '# A *b* `c` [d](e)', ['# A *b* `c` [d](e)']],
  ['a form feed', 'One.\f\nTwo.', ['One.', 'Two.']],
  [
    'other scripts',
    'שלום עולם. ذهب الولد.\n\n今天下雨。我们不出去。',
    ['שלום עולם.', 'ذهب الولد.', '今天下雨。', '我们不出去。'],
  ],
  ['astral characters', 'The 𝒜 set 😀. It is 𝔘.', ['The 𝒜 set 😀.', 'It is 𝔘.']],
  ['a lone surrogate and a NUL byte', 'A \ud800 half.\n\nA \0 byte.', ['A \ud800 half.', 'A \0 byte.']],
])('%s', (_, source, expected) => check(source, expected));

describe('headings', () => {
  test.each<[source: string, headings: string[], sentences: string[]]>([
    ['Title\n=====\nText.', ['1 Title'], ['Text.']],
    ['Title\n-----\n\nText.', ['2 Title'], ['Text.']],
    ['Title\r\n~~~~\r\n\r\nText.', ['2 Title'], ['Text.']],
    ['Title\n--\n', [], ['Title --']],
    ['A line.\nAnother.\n=====', [], ['A line.', 'Another.', '=====']],
    [`${'long '.repeat(30)}\n=====`, [], [`${'long '.repeat(30)}=====`]],
  ])('%j', (source, headings, sentences) => {
    expect(headingsOf('plaintext', source)).toEqual(headings);
    check(source, sentences);
  });
});

test.each(['⟦One.⟧ ⟦Two\nlines.⟧\n\n- ⟦Item⟧\n- ⟦Two.⟧\n', '  ⟦Indented.⟧\r\n\r\n\r\n⟦End⟧'])(
  'spans of %j',
  (expected) => expect(marked('plaintext', expected.replace(/[⟦⟧]/gu, ''))).toBe(expected),
);

test('one line of a million characters', () => {
  const line = 'The quick brown fox jumps over it. ';
  const sentences = sentencesOf('plaintext', line.repeat(28_000));
  expect(sentences).toHaveLength(28_000);
  expect(new Set(sentences)).toEqual(new Set([line.trim()]));
});

test('a million characters without a space', () => {
  const line = 'x'.repeat(1_000_000);
  expect(sentencesOf('plaintext', line)).toEqual([line]);
});

test('a language nobody knows is read as plain text', () => {
  expect(sentencesOf('klingon', '# A *b*.\n\nC.')).toEqual(['# A *b*.', 'C.']);
});
