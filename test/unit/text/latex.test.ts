/** LaTeX read as prose: commands, formulas and comments out, accents in, sections and spans where they are. */
import { describe, expect, test } from 'vitest';
import { headingsOf, marked, sentencesOf, snapshotOf } from '../../support/extracted.ts';

const check = (source: string, expected: readonly string[]): void =>
  expect(sentencesOf('latex', source)).toEqual(expected);

describe('sentences', () => {
  test.each<[name: string, source: string, expected: string[]]>([
    ['paragraphs', 'One.\nStill one. Two.\n\nThree', ['One.', 'Still one.', 'Two.', 'Three']],
    ['CRLF', 'One\r\ngoes on.\r\n\r\nTwo.\r\n', ['One goes on.', 'Two.']],
    ['an empty document', '', []],
    [
      'the preamble',
      '\\documentclass{article}\n\\title{A. B}\n\\begin{document}\nText.\n\\end{document}\nNot. This.',
      ['Text.'],
    ],
    ['a preamble without a document', '\\documentclass{article}\nNot prose.', []],
    ['the preamble behind a comment', '% A. B\n\\documentclass[a4]{x}\n\\begin{document}Text.', ['Text.']],
    ['a fragment has no preamble', 'Text one.\n\\begin{document}\nText two.', ['Text one.', 'Text two.']],

    ['comments', 'One % not. This.\ngoes on. % nor this\n% nor. That.\nTwo.', ['One goes on.', 'Two.']],
    ['an escaped percent sign', 'It is 5\\% of it. % not this\nYes.', ['It is 5% of it.', 'Yes.']],
    ['a comment glues its lines', 'long%\nword', ['longword']],

    ['inline math', 'The bound is $O(n \\log n)$. It holds.', ['The bound is O(n log n).', 'It holds.']],
    ['math in parentheses', 'Let \\(a_1\\) be odd.', ['Let a_1 be odd.']],
    ['an unclosed formula hides its line', 'Let $a be. Odd.\n\nText.', ['Let', 'Text.']],
    ['an escaped dollar', 'It costs \\$5. Pay \\$6.', ['It costs $5.', 'Pay $6.']],
    ['a displayed formula', 'We have \\[ a = b \\] for all a.', ['We have for all a.']],
    ['a displayed formula closes the sentence', 'We have\n\\[ a = b. \\]\nIt is so.', ['We have.', 'It is so.']],
    [
      'an equation closes the sentence',
      'So\n\\begin{equation}\n a = b.\\label{e}\n\\end{equation}\nIt is.',
      ['So.', 'It is.'],
    ],
    ['an equation with blank lines', 'So\n\\begin{align*}\na\n\nb\n\\end{align*}\nit is.', ['So it is.']],

    [
      'citations and references',
      'As Knuth~\\cite{k} says~\\ref{a}. See \\eqref{b}, too.',
      ['As Knuth says.', 'See, too.'],
    ],
    [
      'an abbreviation before a reference',
      'See Sec.~\\ref{a}. Cf.~\\cite{b}. The end.',
      ['See Sec.', 'Cf.', 'The end.'],
    ],
    ['footnotes', 'It is\\footnote{A note. Of two.} so.', ['It is so.']],
    ['emphasis', '\\textbf{Bold.} \\emph{It} is \\textit{\\texttt{both}}.', ['Bold.', 'It is both.']],
    ['font switches', '{\\bf Bold} and {\\em not}.', ['Bold and not.']],
    [
      'links',
      'See \\href{http://x.y/a_b}{the manual}. Or \\url{http://x.y/a.b}. Now.',
      ['See the manual.', 'Or http://x.y/a.b.', 'Now.'],
    ],
    ['colored words', 'It is \\textcolor{red}{red}.', ['It is red.']],
    ['verbatim words', 'Call \\verb|a.b. C| or \\lstinline{d.e} now.', ['Call a.b. C or d.e now.']],
    ['labels and other silent commands', '\\label{x}Text.\\index{a}\\vspace{1em} More.', ['Text.', 'More.']],

    ['quotation marks and dashes', "``Yes,'' he said---twice--or `no' don't.", ["“Yes,” he said—twice–or ‘no' don't."]],
    ['ties', 'Dr.~Hale saw Fig.~3. Then left.', ['Dr. Hale saw Fig. 3.', 'Then left.']],
    ['line breaks', 'One\\\\two\\\\[2pt]three\\newline four.', ['One two three four.']],
    ['accents', "Caf\\'e, na\\\"{\\i}ve, gar\\c con, \\'{E}mile, \\v{S}", ['Café, naïve, garçon, Émile, Š']],
    ['symbols', '\\LaTeX{} is fine\\ldots{} \\S 5 \\& \\ss{} \\o.', ['LaTeX is fine… § 5 & ß ø.']],
    ['spacing', 'a\\,b\\ c\\;d', ['a b c d']],
    ['hyphens', 'hyphen\\-ation and co-op', ['hyphenation and co-op']],
    ['groups', 'a {b {c} d} e', ['a b c d e']],
    ['braces that do not match', 'a } b { c. Yes.', ['a b c.', 'Yes.']],
    ['an unknown command', '\\foo{Bar} baz.', ['Bar baz.']],
    ['an argument that is not closed', 'See \\cite{a, b. And so on.\n\nText.', ['See', 'Text.']],

    [
      'lists',
      '\\begin{itemize}\n\\item One. Two.\n\\item[x] Three\n\\end{itemize}\nFour.',
      ['One.', 'Two.', 'Three', 'Four.'],
    ],
    ['a quotation', '\\begin{quote}\nOne.\n\\end{quote}\nTwo.', ['One.', 'Two.']],
    ['a theorem with its name', '\\begin{theorem}[Main. One]\nAll is well.\n\\end{theorem}', ['All is well.']],
    ['verbatim', 'One.\n\\begin{verbatim}\nNot. Prose.\n\nNor % this\n\\end{verbatim}\nTwo.', ['One.', 'Two.']],
    [
      'a table',
      '\\begin{table}[h]\n\\caption{A. B.}\n\\begin{tabular}{ll}\na & b\n\\end{tabular}\n\\end{table}\nText.',
      ['Text.'],
    ],
    [
      'a figure in a paragraph',
      'One\n\\begin{figure}\n\\includegraphics{a.png}\n\\end{figure}\ngoes on.',
      ['One goes on.'],
    ],
    ['an unclosed environment', 'One.\n\\begin{verbatim}\nNot. This.\n\nTwo.', ['One.', 'Two.']],
    ['par', 'One. \\par Two.', ['One.', 'Two.']],
    ['text behind a heading', '\\section{A} Text. More.', ['Text.', 'More.']],
    [
      'other scripts and astral characters',
      'שלום עולם. 今天下雨。The 𝒜 set 😀. Yes.',
      ['שלום עולם.', '今天下雨。', 'The 𝒜 set 😀.', 'Yes.'],
    ],
  ])('%s', (_, source, expected) => check(source, expected));

  test('lone surrogates and NUL bytes are kept', () => {
    check('A \ud800 half.\n\nA \0 byte.', ['A \ud800 half.', 'A \0 byte.']);
  });

  test('a backslash at the very end', () => check('End.\\', ['End.']));
});

describe('headings', () => {
  test.each<[source: string, expected: string[]]>([
    ['\\section{One}\nText.\n\\subsection*{Two $x$}\n', ['2 One', '3 Two x']],
    ['\\chapter[Short]{A \\emph{long} one}', ['1 A long one']],
    ["\\section{Caf\\'e \\& co}\\label{sec:a}", ['2 Café & co']],
    ['\\paragraph{Run in.} Text.', ['5 Run in.']],
    ['\\section {Spaced}', ['2 Spaced']],
    ['\\section{Never closed\nText.', ['2 Never closed']],
    ['% \\section{Commented out}\nText.', []],
    ['\\begin{verbatim}\n\\section{Code}\n\\end{verbatim}', []],
  ])('%j', (source, expected) => expect(headingsOf('latex', source)).toEqual(expected));

  test('text on a heading’s own line belongs to its body', () => {
    const text = 'Intro.\n\n\\paragraph{A.} Text.\n\nMore.\n';
    const { sections, sentences } = snapshotOf('latex', text);
    expect(sections.map((section) => text.slice(section.bodyStart, section.end))).toEqual([
      'Intro.\n\n',
      'Text.\n\nMore.\n',
    ]);
    expect(sections.map(({ firstSentence, endSentence }) => endSentence - firstSentence)).toEqual([1, 2]);
    expect(sentences.map(({ section }) => section)).toEqual([0, 1, 1]);
  });
});

describe('spans cover the source, with the marks that belong to the words', () => {
  test.each([
    '⟦\\textbf{Bold.}⟧ ⟦It is \\emph{so}.⟧',
    '⟦It is $x$.⟧ ⟦So \\cite{a}.⟧ % note',
    '\\item ⟦One.⟧ ⟦Two⟧',
    "⟦Caf\\'e~5.⟧ ⟦``Yes.''⟧\r\n\r\n⟦More.⟧",
    '\\section{A}\n⟦Text.⟧',
  ])('%s', (expected) => expect(marked('latex', expected.replace(/[⟦⟧]/gu, ''))).toBe(expected));
});

test('"tex" is read as LaTeX', () => {
  expect(sentencesOf('tex', 'A \\emph{b}.')).toEqual(['A b.']);
});
