/**
 * Where a suggestion goes. The cursor is `|`, a table's bar `¦`; `+` is a next sentence, `_+` one behind a space of
 * ours, `typed…` the rest of a sentence; the number counts the sentences before it. Behind `‹` stands what is put
 * behind the suggestion, a line end as `␍␊`.
 */
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { isSourceLanguage } from '../../../../server/src/base/languages.ts';
import { gapAt, isBetweenParagraphs, placeAt } from '../../../../server/src/service/suggestions/cursorPlace.ts';
import { maximumLength } from '../../../../server/src/text/snapshot.ts';
import { documents, languages, paragraphLanguages } from '../../../support/documents.ts';
import { snapshotOf } from '../../../support/extracted.ts';

// Hundreds of documents on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

function shown(languageId: string, source: string): string {
  const offset = source.indexOf('|');
  const snapshot = snapshotOf(languageId, source.replace('|', '').replaceAll('¦', '|'));
  const place = placeAt(snapshot, offset);
  if (place.kind === 'silent') return 'silent';
  const { before, after, typed, separator } = place;
  const tail = place.tail && `‹${place.tail.replace('\r', '␍').replace('\n', '␊')}`;
  if (place.kind === 'midSentence') {
    expect([after, separator]).toEqual([before + 1, '']);
    return `${before} ${typed}…${tail}`;
  }
  expect([after, typed]).toEqual([before, '']);
  return `${before} ${separator === ' ' ? '_' : ''}+${tail}`;
}

const check = (languageId: string, source: string, expected: string): void =>
  expect(shown(languageId, source)).toBe(expected);

describe('in any language', () => {
  describe.each(paragraphLanguages)('%s', (languageId) => {
    test.each([
      ['at the end of a sentence', 'One. Two.|', '2 _+'],
      ['behind the space after it', 'One. Two. |', '2 +'],
      ['on the line below it', 'One. Two.\n|', '2 +'],
      ['on a line of its own', 'One. Two.\n\n|', '2 +'],
      ['between two sentences', 'One.| Two.', '1 _+'],
      ['between two paragraphs', 'One.\n\n|\n\nTwo.', '1 +'],
      ['at the end of a paragraph before others', 'One.|\n\nTwo.', '1 _+'],
      ['behind an abbreviation that may end', 'We met at 5 p.m.|', '1 _+'],
      ['in a sentence', 'One. We went to|', '1 We went to…'],
      ['in a sentence, behind a space', 'One. We went to |', '1 We went to …'],
      ['in a word', 'One. We wen|', '1 We wen…'],
      ['in the first sentence', 'We went|', '0 We went…'],
      ['on the next line of a sentence', 'One. We went to\n|', '1 We went to …'],
      ['over a line end', 'One. We went\nto the|', '1 We went to the…'],
      ['with Windows line ends', 'One.\r\nWe went\r\nto|\r\n\r\nTwo.', '1 We went to…'],
      ['in a quotation', 'One. "We went|', '1 "We went…'],
      ['before a closing quotation mark', 'One. "We went|"', '1 "We went…'],
      ['behind the end of a quotation', 'He said, "Go."|', '1 _+'],
      ['at the end of a quoted sentence', 'One. "We went.|"', '2 _+'],
      ['before a closing parenthesis', 'One. We went (not alone|)', '1 We went (not alone…'],
      ['before a sentence that starts on the next line', 'We went|\nThe end is near.', '0 We went…'],
      ['before a sentence that starts with a common word', 'We went to | The end is near.', '0 We went to …'],
      ['behind an abbreviation', 'One. See e.g.|', '1 See e.g.…'],
      ['behind a title and a space', 'One. We saw Dr. |', '1 We saw Dr. …'],
      ['behind an abbreviation on the line before', 'One. We saw Dr.\n|', '1 We saw Dr. …'],
      ['with astral characters', 'One 😀. The 𝒜 set|', '1 The 𝒜 set…'],
      ['behind a colon', 'We need:|', '1 _+'],

      ['on the only blank line between paragraphs', 'One.\n|\nTwo.', '1 +‹␊'],
      ['on it, with Windows line ends', 'One.\r\n|\r\nTwo.', '1 +‹␍␊'],
      ['on it, with spaces on it', 'One.\n  | \nTwo.', '1 +‹␊'],
      ['on it, behind an open sentence', 'One. We went to\n|\nTwo.', '1 We went to …‹␊'],
      ['on the first of two blank lines', 'One.\n|\n\nTwo.', '1 +'],
      ['on the last of two blank lines', 'One.\n\n|\nTwo.', '1 +‹␊'],
      ['on a last line that is blank', 'One.\n\n|\n', '1 +'],
      ['on the only blank line at the start', '|\nOne.', 'silent'],

      ['in an empty document', '|', 'silent'],
      ['on an empty line at the start', '\n|\nText.', 'silent'],
      ['at the very start', '|One. Two.', 'silent'],
      ['inside a finished sentence', 'We went | home again.', 'silent'],
      ['inside a finished sentence, before a name', 'We went to | Berlin by train.', 'silent'],
      ['inside a word', 'We we|nt home.', 'silent'],
      ['right before a word', 'One. |Two.', 'silent'],
      ['before the closing mark', 'We went home|.', 'silent'],
    ])('%s', (_, source, expected) => check(languageId, source, expected));
  });
});

describe('Markdown', () => {
  test.each([
    ['behind bold text', '**One.**|', '1 _+'],
    ['inside bold text', 'One. **We went|**', '1 We went…'],
    ['in a list item', '- One.\n- Two|', '1 Two…'],
    ['in an empty list item', '- One.\n- |', '1 +'],
    ['in an empty numbered item', '1. One.\n2. |', '1 +'],
    ['in an empty task', '- [x] One.\n- [ ] |', '1 +'],
    ['in an empty quotation', 'One.\n\n> |', '1 +'],
    ['in a quotation', '> One. Two goes|', '1 Two goes…'],
    ['below a heading', 'One.\n\n# Head\n\n|', '1 +'],
    ['between a heading and a paragraph', 'One.\n\n# Head\n|\nTwo.', '1 +‹␊'],
    ['between a paragraph and a heading', 'One.\n|\n# Head', '1 +‹␊'],
    ['between list items', '- One.\n|\n- Two.', '1 +‹␊'],
    ['between paragraphs of a list item', '- One.\n  |\n  Two.', '1 +‹␊'],
    ['between paragraphs of a quotation', '> One.\n> |\n> Two.', '1 +‹␊>'],
    ['in an empty item before another', '- One.\n- |\n- Two.', '1 +'],
    ['right below a heading', 'One.\n\n# Head\n|', '1 +'],
    ['behind a link', 'See [the book](x.y).|', '1 _+'],
    ['behind a link in mid-sentence', 'See [the book](x.y)|', '0 See the book…'],
    ['inside a link’s words', 'See [the bo|](x.y)', '0 See the bo…'],
    ['behind code', 'Call `a.b`|', '0 Call a.b…'],
    ['behind a formula', 'Let $x^2$ |', '0 Let x^2 …'],
    ['behind a footnote mark', 'One.[^1]|\n\n[^1]: Two.', '1 _+'],
    ['behind a code block', 'One.\n\n```\nx\n```\n\n|', '1 +'],
    ['on the line below a code block', 'One.\n\n```\nx\n```\n|', '1 +'],
    ['behind a comment', 'One. <!-- x --> |', 'silent'],
    ['behind an entity', 'Salt &amp; pepper|', '0 Salt & pepper…'],
    ['in a footnote', '[^1]: One. Two is|', '1 Two is…'],

    ['in a heading', 'One.\n\n# Head|', 'silent'],
    ['behind a heading', 'One.\n\n# Head |\n', 'silent'],
    ['in front of a heading', 'One.\n\n|# Head', 'silent'],
    ['in a setext heading', 'One.\n\nHead|\n===\n', 'silent'],
    ['at a setext underline', 'One.\n\nHead\n===|', 'silent'],
    ['in fenced code', 'One.\n\n```\nx. |\n```', 'silent'],
    ['in a fence that is not closed', 'One.\n\n```\nx.\n\n|', 'silent'],
    ['at the end of a fence', 'One.\n\n```\nx\n```|', 'silent'],
    ['in indented code', 'One.\n\n    x. |', 'silent'],
    ['in inline code', 'Call `a. |b`', 'silent'],
    ['in a formula', 'Let $x + |y$ be.', 'silent'],
    ['in a block of math', 'One.\n\n$$\nx |\n$$', 'silent'],
    ['in a link’s target', 'See [x](http://|y.z)', 'silent'],
    ['in a link’s definition', 'One.\n\n[a]: http://x.y|', 'silent'],
    ['in an image', 'One. ![a|](b.png)', 'silent'],
    ['in an address', 'See https://x.y/z|', 'silent'],
    ['in a table', 'One.\n\n¦ a ¦ b ¦\n¦---¦---¦\n¦ c|', 'silent'],
    ['on the line below a table', 'One.\n\n¦ a ¦ b ¦\n¦---¦---¦\n|', 'silent'],
    ['in an HTML block', 'One.\n\n<div>\nText. |\n</div>', 'silent'],
    ['on the line below an HTML block', 'One.\n\n<div>\n</div>\n|', 'silent'],
    ['in a comment', 'One. <!-- note |-->', 'silent'],
    ['in front matter', '---\ntitle: One. |\n---\nOne.', 'silent'],
    ['right behind a list mark', 'One.\n\n-|', 'silent'],
    ['right behind a quotation mark', 'One.\n\n>|', 'silent'],
    ['at a rule', 'One.\n\n---|', 'silent'],
  ])('%s', (_, source, expected) => check('markdown', source, expected));
});

describe('LaTeX', () => {
  test.each([
    ['behind bold text', '\\textbf{One.}|', '1 _+'],
    ['inside an argument', 'One. \\emph{We went|}', '1 We went…'],
    ['behind an item', '\\begin{itemize}\n\\item One.\n\\item |\n\\end{itemize}', '1 +'],
    ['in an item', '\\begin{itemize}\n\\item One. Two|\n\\end{itemize}', '1 Two…'],
    ['below a heading', 'One.\n\n\\section{Head}\n|', '1 +'],
    ['between a heading and a paragraph', 'One.\n\n\\section{Head}\n|\nTwo.', '1 +‹␊'],
    ['behind an empty item before another', '\\item One.\n\\item |\n\\item Two.', '1 +'],
    ['behind a heading', 'One.\n\n\\paragraph{Head.} |', '1 +'],
    ['behind a citation', 'One~\\cite{a}.|', '1 _+'],
    ['behind a tie', 'See Fig.~|', '0 See Fig. …'],
    ['behind a formula', 'Let $x^2$ |', '0 Let x^2 …'],
    ['below an equation', 'One.\n\\begin{equation}\nx\n\\end{equation}\n|', '1 +'],
    ['in an environment of prose', '\\begin{quote}\nOne. |\n\\end{quote}', '1 +'],

    ['in a comment', 'One. % We went |', 'silent'],
    ['in the preamble', '\\documentclass{a}\n% One. |\n\\begin{document}\nOne.', 'silent'],
    ['in a formula', 'Let $x + |y$ be.', 'silent'],
    ['in a formula that is not closed', 'Let $x + |', 'silent'],
    ['in an equation', 'One.\n\\begin{equation}\nx |\n\\end{equation}', 'silent'],
    ['in verbatim text', 'One.\n\\begin{verbatim}\nx |\n\\end{verbatim}', 'silent'],
    ['in a heading', 'One.\n\n\\section{Head|}', 'silent'],
    ['in a citation', 'One~\\cite{a|}.', 'silent'],
    ['in a command', 'One. \\emp|', 'silent'],
    ['behind the document', 'One.\n\\end{document}\nTwo. |', 'silent'],
  ])('%s', (_, source, expected) => check('latex', source, expected));
});

describe('other markups', () => {
  test.each([
    ['asciidoc', 'in an empty item', '* One.\n** |', '1 +'],
    ['asciidoc', 'in an empty note', 'One.\n\nNOTE: |', '1 +'],
    ['asciidoc', 'in a listing', 'One.\n\n----\nx |\n----', 'silent'],
    ['asciidoc', 'in an attribute', 'One.\n\n:key: |', 'silent'],
    ['asciidoc', 'in a title', 'One.\n\n== Head|', 'silent'],
    ['restructuredtext', 'in an empty item', '- One.\n- |', '1 +'],
    ['restructuredtext', 'in a directive', 'One.\n\n.. image:: a|', 'silent'],
    ['restructuredtext', 'in a literal block', 'One::\n\n  x |', 'silent'],
    ['restructuredtext', 'in a title', 'One.\n\nHead|\n====\n', 'silent'],
    ['typst', 'in an empty item', '- One.\n+ |', '1 +'],
    ['typst', 'in code', 'One.\n\n#let x = |', 'silent'],
    ['typst', 'in a formula', 'Let $x + |y$ be.', 'silent'],
    ['org', 'in an empty item', '- One.\n- [ ] |', '1 +'],
    ['org', 'in a headline', 'One.\n\n* Head|', 'silent'],
    ['org', 'in a block of source', 'One.\n\n#+begin_src c\nx |\n#+end_src', 'silent'],
    ['org', 'in a drawer', 'One.\n\n:NOTES:\nx |\n:END:', 'silent'],
    ['html', 'behind a sentence', '<p>One.|</p>', '1 _+'],
    ['html', 'in mid-sentence', '<p>One. We went|</p>', '1 We went…'],
    ['html', 'in an empty element', '<p>One.</p>\n<p>|</p>', '1 +'],
    ['html', 'in an element that is not closed', '<p>One.</p>\n<p>|', '1 +'],
    ['html', 'between two elements', '<p>One.</p>\n|\n<p>Two.</p>', 'silent'],
    ['html', 'in a tag', '<p>One.</p>\n<p class="|">', 'silent'],
    ['html', 'in a heading', '<p>One.</p>\n<h2>He|</h2>', 'silent'],
    ['html', 'in a script', '<p>One.</p>\n<script>x |</script>', 'silent'],
    ['git-commit', 'in the subject', 'Keep it|', 'silent'],
    ['git-commit', 'in the body', 'Keep it\n\nOne. We went|', '1 We went…'],
    ['git-commit', 'in a comment', 'Keep it\n\nOne.\n\n# On branch |', 'silent'],
    ['git-commit', 'below the scissors', 'Keep\n\nOne.\n\n# --- >8 ---\n\n+x |', 'silent'],
    ['mdx', 'in a tag', 'One.\n\n<Chart data={|} />', 'silent'],
    ['mdx', 'in an import', 'One.\n\nimport a from |', 'silent'],
    ['typescript', 'behind a sentence', '// One.|\nrun();', '1 _+'],
    ['typescript', 'on the next line of a comment', '// One.\n// |\nrun();', '1 +'],
    ['typescript', 'on the next line of a sentence', '// One. We went\n// |', '1 We went …'],
    ['typescript', 'in a block comment', '/**\n * One.\n * |\n */', '1 +'],
    ['typescript', 'below a comment', '// One.\n|', 'silent'],
    ['typescript', 'below a comment, before code', '// One.\n|\nrun();', 'silent'],
    ['typescript', 'in code', '// One.\nrun(); |', 'silent'],
    ['typescript', 'in a comment behind code', '// One.\nrun(); // We |', 'silent'],
    ['python', 'in a docstring', 'def f():\n    """One. We went|"""', '1 We went…'],
    ['python', 'in a string', '# One.\nx = "We |"', 'silent'],
  ] as const)('%s: %s', (languageId, _, source, expected) => check(languageId, source, expected));
});

describe('plain text', () => {
  test.each([
    ['in an empty item', '- One.\n- |', '1 +'],
    ['below a title', 'One.\n\nTitle\n=====\n|', '1 +'],
    ['in a title', 'One.\n\nTit|le\n=====\n', 'silent'],
    ['behind marks of Markdown', 'One. `X|', '1 `X…'],
  ])('%s', (_, source, expected) => check('plaintext', source, expected));
});

test('a document that is too large is left alone, and the writer is told so', () => {
  const place = placeAt(snapshotOf('plaintext', 'x'.repeat(maximumLength + 1)), 5);
  expect(place).toEqual({ kind: 'silent', reason: 'This document is too large for suggestions.' });
});

describe.each(languages)('anywhere in any %s document', (languageId) => {
  test('the place fits the snapshot, and no silence is without a reason', () => {
    fc.assert(
      fc.property(documents(languageId), fc.double({ min: 0, max: 1, noNaN: true }), (text, share) => {
        const snapshot = snapshotOf(languageId, text);
        const offset = Math.floor(share * text.length);
        const place = placeAt(snapshot, offset);
        if (place.kind === 'silent') {
          expect(place.reason).toMatch(/^[A-Z].*\.$/u);
          return;
        }
        const { sentences } = snapshot;
        expect(place.before).toBeLessThanOrEqual(place.after);
        expect(place.after).toBeLessThanOrEqual(sentences.length);
        expect(sentences.slice(0, place.before).every(({ start }) => start < offset)).toBe(true);
        expect(sentences.slice(place.after).every(({ end }) => end >= offset)).toBe(true);
        if (place.kind === 'sentenceStart') expect(place.typed).toBe('');
        else expect(sentences[place.before]!.text.startsWith(place.typed.trim())).toBe(true);
        expect(place.typed).toBe(place.typed.replace(/\s+/gu, ' '));
      }),
      { numRuns: Number(process.env.FUZZ ?? 150), seed: 5 },
    );
  });
});

// Between the comments of a source file there is code.
describe.each(languages.filter((id) => !isSourceLanguage(id)))('in a %s document', (languageId) => {
  test('what is put on a blank line has one behind it', () => {
    let blank = 0;
    fc.assert(
      fc.property(documents(languageId), fc.double({ min: 0, max: 1, noNaN: true }), (text, share) => {
        const offsets = [...text.matchAll(/(?<=\n)(?=\r?\n)/gu)].map(({ index }) => index);
        const offset = offsets[Math.floor(share * offsets.length)];
        if (offset === undefined) return;
        const place = placeAt(snapshotOf(languageId, text), offset);
        if (place.kind === 'silent') return;
        blank++;
        expect(`${place.tail}${text.slice(offset)}`).toMatch(/^\r?\n[\s>]*?(?:\n|$)/u);
      }),
      { numRuns: Number(process.env.FUZZ ?? 150), seed: 5 },
    );
    expect(blank).toBeGreaterThan(0);
  });
});

describe('gaps', () => {
  /** The source with `^` where a sentence would go that leads over to what follows `|`. */
  const gapIn = (source: string): string => {
    const snapshot = snapshotOf('markdown', source.replace('|', ''));
    const at = gapAt(snapshot, source.indexOf('|'));
    return `${snapshot.text.slice(0, at)}^${snapshot.text.slice(at)}`;
  };
  test.each([
    ['between two sentences', 'One fell.| Two fell.', 'One fell.^ Two fell.'],
    ['in front of a sentence', 'One fell. |Two fell.', 'One fell.^ Two fell.'],
    ['inside a sentence', 'One fell. Two fell| down. Three.', 'One fell. Two fell down.^ Three.'],
    ['in front of a paragraph', 'One fell.\n\n|Two fell.', 'One fell.^\n\nTwo fell.'],
    ['on an empty line', 'One fell.\n\n|\n\nTwo fell.', 'One fell.\n\n^\n\nTwo fell.'],
    ['in front of everything', '|One fell.', '^One fell.'],
    ['in a heading', 'One fell.\n\n# Hea|ding\n\nTwo fell.', 'One fell.^\n\n# Heading\n\nTwo fell.'],
  ])('%s', (_, source, expected) => {
    expect(gapIn(source)).toBe(expected);
  });

  test.each([
    ['One fell.\n|\nTwo fell.', true],
    ['One fell.\r\n|\r\nTwo fell.', true],
    ['One fell.\n\n|\n\nTwo fell.', true],
    ['> One fell.\n>|\n> Two fell.', true],
    ['One fell.|\n\nTwo fell.', false],
    ['One fell.\n\n|Two fell.', false],
    ['One fell.\n|\n# Two\n\nTwo fell.', false],
    ['One fell.\n|\n```\ncode\n```\n\nTwo fell.', false],
    ['One fell.\n|\n', false],
    ['|\n\nOne fell.', false],
  ])('an empty line between two paragraphs: %j is %s', (source, expected) => {
    const snapshot = snapshotOf('markdown', source.replace('|', ''));
    expect(isBetweenParagraphs(snapshot, source.indexOf('|'))).toBe(expected);
  });
});
