/** What is written into documents: prose escaped, comments, headings, and the summary that the grammar finds. */
import { expect, test } from 'vitest';
import { commented, markupOf } from '../../../server/src/base/markup.ts';
import { summaryText } from '../../../server/src/service/summaryForms.ts';
import grammar from '../../../syntaxes/summary.tmLanguage.json' with { type: 'json' };

test.each([
  ['plaintext', '50% of *all* $x_1$', '50% of *all* $x_1$'],
  ['markdown', 'A *star* and a_b [x] <y> |', 'A \\*star\\* and a\\_b \\[x\\] \\<y\\> \\|'],
  ['markdown', '1. first', '1\\. first'],
  ['markdown', '# no heading', '\\# no heading'],
  [
    'latex',
    '50% & $5 \\ {x}_1^2~',
    '50\\% \\& \\$5 \\textbackslash{} \\{x\\}\\_1\\textasciicircum{}2\\textasciitilde{}',
  ],
])('%s: %s', (languageId, text, expected) => {
  expect(markupOf(languageId).escape(text)).toBe(expected);
});

test.each([
  ['markdown', 'One --> two\nthree -- four', '<!-- One - - > two\nthree - - four -->'],
  ['latex', 'One\ntwo', '% One\n% two'],
  ['plaintext', 'One', undefined],
])('a comment in %s', (languageId, text, expected) => {
  expect(commented(languageId, text)).toBe(expected);
});

test.each([
  ['markdown', 2, '## Tides'],
  ['markdown', 9, '###### Tides'],
  ['latex', 2, '\\section{Tides}'],
  ['latex', 9, '\\subparagraph{Tides}'],
  ['plaintext', 1, undefined],
] as const)('a heading in %s of level %i', (languageId, level, expected) => {
  expect(markupOf(languageId).heading?.(level, 'Tides')).toBe(expected);
});

const sentences = ['A [link] costs 5 % more, or $5.', 'Snake_case & ~ so^on {1} \\ <b> #2.'];

test.each([
  ['markdown', '> **Summary.** ', '', 'markdown-summary'],
  ['latex', '\\begin{quote}\n\\textbf{Summary.} ', '\n\\end{quote}', 'latex-summary'],
] as const)('%s: a summary is escaped, and found by the grammar', (language, before, after, rule) => {
  const block = summaryText(language, 'quote', sentences) ?? '';
  expect(block).toBe(`${before}${markupOf(language).escape(sentences.join(' '))}${after}`);
  expect(new RegExp(grammar.repository[rule].match, 'm').exec(block)?.[0]).toContain('Summary.');
});

test('a summary in plain text has a label and nothing escaped', () => {
  expect(summaryText('plaintext', 'quote', ['A [link] & more.'])).toBe('Summary: A [link] & more.');
});
