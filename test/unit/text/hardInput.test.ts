/** Texts that no writer would write, in the languages with rules of ours: none hangs, none throws, and every piece keeps to its place. */
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { maximumLength } from '../../../server/src/text/snapshot.ts';
import { snapshotOf } from '../../support/extracted.ts';

// Millions of units on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** What is hard for one language's rules: marks that open and are never closed, lines that look like others. */
const hard: Readonly<Record<string, readonly string[]>> = {
  asciidoc: ['----\n', '<<a ', 'a:b[', '((', '[a', '*a ', 'image::[', '{a', 'a::\n', '"`', '[source]\n'],
  restructuredtext: ['`a ', '*a ', ':a:`', '|a ', 'a::\n', '==\n', '.. a::\n', ':a: ', '[1', '- '],
  typst: ['#f(', '#a[', '`', '$a ', '/*', '"', '#let a\n', '@a[', '<a', '\\u{', '//'],
  org: ['#+begin_a\n', ':a:\n', '[[a', '=a ', '{{{', '$a ', '\\(', '* a :b:\n', '- a :: ', '<a:', '\\begin{a}\n'],
  html: ['<a "', '<p', '<h1>', '<code>', '<table>', '<!--', '<![CDATA[', '&a', '</', '<pre>a</pre>', "<a b='"],
  mdx: ['<A ', '{', '{"', '<A b={', 'import a\n', '<a>', '</A>\n', '{/*'],
  quarto: ['{{< a ', ':::\n', '::: {', '```{r}\n', '## a {#b'],
  'git-commit': ['#\n', 'a-by: a\n', '# >8\n', 'a-b-'],
  typescript: ['/*', '`', '"', '// a;\n', ' * @a {', '{@a ', '/a', '// ```\n', "'"],
  python: ['"""', "'''", '# ', '"', '    """a\n', '# a:\n', 'r"""a"""\n'],
  haskell: ['{-', '-- ', '-}', '"', "'a"],
};

describe.each(Object.entries(hard))('%s', (languageId, units) => {
  test.each(units)('60,000 units of %j', (unit) => {
    for (const text of [unit, `${unit} `, `a${unit.trimEnd()}`]) {
      check(text.repeat(Math.ceil(60_000 / text.length)));
    }
  });

  test('as long as a document may be', () => {
    const unit = `${units[0]}x`;
    check(`A sentence.\n\n${unit.repeat(maximumLength / unit.length)}`.slice(0, maximumLength));
  });

  test('bytes that mean nothing', () => {
    const bytes = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 3000, size: 'max' });
    fc.assert(
      fc.property(bytes, (list) => check(String.fromCharCode(...list))),
      { numRuns: 60, seed: 8 },
    );
  });

  function check(text: string): void {
    const { sections, sentences } = snapshotOf(languageId, text);
    expect(sections.at(-1)?.end).toBe(text.length);
    let at = 0;
    for (const { start, end } of sentences) {
      if (start < at || end <= start) expect.fail(`sentence at ${start}`);
      at = end;
    }
    expect(at).toBeLessThanOrEqual(text.length);
  }
});
