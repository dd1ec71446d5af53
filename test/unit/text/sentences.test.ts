/** Sentence boundaries, one line a case: the spans joined by ¦ must give the paragraph back. */
import { describe, expect, test } from 'vitest';
import { isComplete, segmentSentences } from '../../../server/src/text/sentences.ts';

function check(marked: string): void {
  const expected = marked.split('¦');
  const text = expected.join(' ');
  expect(segmentSentences(text).map(({ start, end }) => text.slice(start, end))).toEqual(expected);
}

describe('segmentSentences', () => {
  test.each([
    'Dr. Smith arrived at 5 p.m.¦He left.¦See Fig. 3 for more.',
    'The council met, i.e. Mr. Hall and Mrs. Day.¦They agreed.',
    '"Why?" he said.¦"Because," Ann answered.¦"Stop!" Tom cried.¦He ran.',
    'J. R. R. Tolkien wrote it.¦Plan B.¦The end.',
    '1. Plant the beans.¦2. Water them.',
    'In the U.S. Senate they voted.¦In the U.S.¦The law differs.',
    'It cost $3.50.¦Really?¦Yes!',
    'This is shown.[12]¦Next one.¦See index.js for it.¦Use v1.2.3.¦Go.',
    'Wait... what happened?¦Nothing.',
    'He studied for a Ph.D. in maths.¦He got his Ph.D.¦The year was 2001.',
    'Apples, pears, etc.¦Bananas are here.',
    'A boat 😀 sailed.¦It sank.',
    'Visit https://example.org/a.b?c=d. Or not.'.replace('. Or', '.¦Or'),
  ])('%s', (marked) => check(marked));

  test('a line end inside a paragraph is a space, CRLF included', () => {
    const text = 'One line\r\ngoes on.\nThe next\rone.';
    expect(segmentSentences(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      'One line\r\ngoes on.',
      'The next\rone.',
    ]);
  });

  test('nothing but white space has no sentences', () => {
    expect(segmentSentences(' \r\n\t ')).toEqual([]);
    expect(segmentSentences('')).toEqual([]);
  });

  test('lone surrogates and NUL bytes keep every character inside a span', () => {
    const text = 'A \ud800 lone half.\u0000 And \udc00 another.';
    const covered = segmentSentences(text).map(({ start, end }) => text.slice(start, end));
    expect(covered.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
  });
});

test.each([
  ['Done.', true],
  ['"Done?"', true],
  ['As shown.[3]', true],
  ['Not yet', false],
  ['We saw Dr.', false],
  ['Use a tool, e.g.', false],
  ['They met at 5 p.m.', true],
  ['So said the dogcf.', true],
  ['He waited...', true],
  ['What?!', true],
  ['他来了。', true],
  ['', false],
] as const)('isComplete(%s) is %s', (sentence, expected) => expect(isComplete(sentence)).toBe(expected));
