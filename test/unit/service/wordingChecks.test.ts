import { describe, expect, test } from 'vitest';
import { contentWords } from '../../../server/src/base/words.ts';
import {
  markupFault,
  ngramOverlap,
  ngramSet,
  selfRepetition,
  supportedShare,
} from '../../../server/src/service/wordingChecks.ts';

describe('markupFault', () => {
  test.each([
    ['markdown', 'The bridge is old.', undefined],
    ['markdown', 'It holds (so far) `x = 1` and *stays*.', undefined],
    ['markdown', '', 'empty'],
    ['markdown', ' \u00a0', 'empty'],
    ['markdown', 'One.\nTwo.', 'control character or line break'],
    ['markdown', 'A \0 byte.', 'control character or line break'],
    ['markdown', 'Half \ud83d emoji.', 'control character or line break'],
    ['markdown', '# Heading', 'block mark at the start'],
    ['markdown', '- item', 'block mark at the start'],
    ['markdown', '3. item', 'block mark at the start'],
    ['markdown', 'A `code', 'unbalanced `'],
    ['markdown', 'It calls next_up or next_down_again.', undefined],
    ['markdown', 'It calls _next_up.', 'unbalanced _'],
    ['markdown', 'Costs $5.', 'unbalanced $'],
    ['markdown', 'a | b', 'table mark'],
    ['markdown', 'A <b>bold</b> word', 'HTML'],
    ['markdown', 'See [there.', 'unbalanced []'],
    ['latex', 'The bridge is old.', undefined],
    ['latex', 'Half of it, 50\\% or so.', 'command'],
    ['latex', 'Half of it, 50% or so.', 'unescaped %'],
    ['latex', 'One & two', 'unescaped &'],
    ['latex', 'A $x.', 'unbalanced $'],
    ['plaintext', '# 50% of $5 | `', undefined],
    ['asciidoc', 'It is old, isn’t it (so far)?', undefined],
    ['asciidoc', 'A *star*.', 'mark of the language'],
    ['typst', 'Costs $5.', 'mark of the language'],
    ['typst', 'See @holm.', 'mark of the language'],
    ['org', '* Headline.', 'mark of the language'],
    ['org', 'One or/and two.', undefined],
    ['restructuredtext', 'A link_ here.', 'mark of the language'],
    ['html', 'One & two', 'mark of the language'],
    ['mdx', 'A {b}.', 'mark of the language'],
    ['git-commit', '#5 is gone.', 'mark of the language'],
    ['typescript', 'Ends */ here.', 'mark of the language'],
    ['typescript', 'Costs $5 and `x`.', undefined],
  ])('%s: %s', (languageId, text, expected) => {
    expect(markupFault(text, languageId)).toBe(expected);
  });
});

describe('repetition', () => {
  const grams = ngramSet(['The old bridge crosses the river.', 'Nobody knows its age.'], 3);
  test.each([
    ['The old bridge crosses the river!', 1],
    ['Nobody knows why.', 0],
    ['Then the old bridge fell.', 1 / 3],
    ['Two words', 0],
  ])('overlap of %s', (text, expected) => {
    expect(ngramOverlap(text, grams, 3)).toBeCloseTo(expected);
  });

  test('a sentence that goes in circles', () => {
    expect(selfRepetition('We go on and we go on and we go on.')).toBeGreaterThan(0.4);
    expect(selfRepetition('We go on to the river and rest.')).toBe(0);
  });
});

describe('support', () => {
  const support = new Set(contentWords('The engineers measured 40 bridges in the valley.'));
  test.each([
    ['An engineer measures bridges.', 1],
    ['Engineers painted bridges.', 2 / 3],
    ['The bridges number 50.', 1 / 3],
    ['It is so.', 1],
  ])('%s', (text, expected) => {
    expect(supportedShare(text, support)).toBeCloseTo(expected);
  });
});
