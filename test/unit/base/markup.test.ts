/** What is written into documents: prose escaped, comments, headings, and the summary that the grammar finds. */
import { expect, test } from 'vitest';
import { proseLanguages } from '../../../server/src/base/languages.ts';
import { commented, markupOf } from '../../../server/src/base/markup.ts';
import { summaryText } from '../../../server/src/service/summaries/summaryForms.ts';
import grammar from '../../../syntaxes/summary.tmLanguage.json' with { type: 'json' };
import { sentencesOf } from '../../support/extracted.ts';

test.each([
  ['plaintext', '50% of *all* $x_1$', '50% of *all* $x_1$'],
  ['markdown', 'A *star* and a_b [x] <y> |', 'A \\*star\\* and a\\_b \\[x\\] \\<y\\> \\|'],
  ['markdown', '1. first', '1\\. first'],
  ['markdown', '# no heading', '\\# no heading'],
  ['mdx', 'A {b} <c>', 'A \\{b\\} \\<c\\>'],
  ['asciidoc', '- a *b* {c} d', '&#45; a &#42;b&#42; &#123;c&#125; d'],
  ['asciidoc', '1. first', '1&#46; first'],
  ['restructuredtext', '.. a *b* `c` d_ e_f', '\\.. a \\*b\\* \\`c\\` d\\_ e_f'],
  ['typst', '= a *b* #c @d $5 //e', '\\= a \\*b\\* \\#c \\@d \\$5 \\/\\/e'],
  ['org', '* a /b/ 1/2 c_d', '\u200b* a \\slash{}b/ 1/2 c\\under{}d'],
  ['html', 'a < b & c', 'a &lt; b &amp; c'],
  ['git-commit', '#5 is *closed*', ' #5 is *closed*'],
  ['typescript', 'ends */ here', 'ends * / here'],
  [
    'latex',
    '50% & $5 \\ {x}_1^2~',
    '50\\% \\& \\$5 \\textbackslash{} \\{x\\}\\_1\\textasciicircum{}2\\textasciitilde{}',
  ],
])('%s: %s', (languageId, text, expected) => {
  expect(markupOf(languageId).escape(text)).toBe(expected);
});

const marks = [
  'A *star* and a_b, _c_ and [x] is <y> here.',
  '* 2 # 3 is = 4 and ~5~ of $6 and ^7^ it is.',
  '# No heading in it.',
  '= No title in it.',
  '- No item in it.',
  'See {this} and `that` & @those, or \\n it is.',
  'The path /usr/lib/ is old // very old.',
];

// Plain text has no escapes, and a backquote in LaTeX is a quotation mark.
const escaping = proseLanguages.filter((id) => id !== 'plaintext' && id !== 'git-commit');
const cases = escaping.flatMap((id) =>
  marks.map((text) => [id, /^(?:la)?tex$/u.test(id) ? text.replaceAll('`', '') : text] as const),
);

test.each(cases)('what is written into %s reads as it was: %s', (languageId, text) => {
  expect(sentencesOf(languageId, `${markupOf(languageId).escape(text)}\n`)).toEqual([text]);
});

test.each([
  ['markdown', 'One --> two\nthree -- four', '<!-- One - - > two\nthree - - four -->'],
  ['latex', 'One\ntwo', '% One\n% two'],
  ['mdx', 'One */ two', '{/* One * / two */}'],
  ['asciidoc', 'One\ntwo', '// One\n// two'],
  ['restructuredtext', 'One\ntwo', '.. One\n   two'],
  ['org', 'One', '# One'],
  ['python', 'One\ntwo', '# One\n# two'],
  ['sql', 'One', '-- One'],
  ['plaintext', 'One', undefined],
])('a comment in %s', (languageId, text, expected) => {
  expect(commented(languageId, text)).toBe(expected);
});

test.each([
  ['markdown', 2, '## Tides'],
  ['markdown', 9, '###### Tides'],
  ['latex', 2, '\\section{Tides}'],
  ['latex', 9, '\\subparagraph{Tides}'],
  ['asciidoc', 3, '=== Tides'],
  ['restructuredtext', 2, 'Tides\n-----'],
  ['typst', 1, '= Tides'],
  ['org', 2, '** Tides'],
  ['html', 2, '<h2>Tides</h2>'],
  ['git-commit', 1, undefined],
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
