/** Markdown read as prose: what a reader reads as sentences, what is not prose, and where each sentence stands. */
import { describe, expect, test } from 'vitest';
import { headingsOf, marked, sentencesOf, snapshotOf } from '../../support/extracted.ts';

const check = (source: string, expected: readonly string[]): void =>
  expect(sentencesOf('markdown', source)).toEqual(expected);

describe('sentences', () => {
  test.each<[name: string, source: string, expected: string[]]>([
    ['paragraphs', 'One.\nStill one. Two.\n\nThree', ['One.', 'Still one.', 'Two.', 'Three']],
    ['CRLF', 'One\r\ngoes on.\r\n\r\nTwo.\r\n', ['One goes on.', 'Two.']],
    ['lone carriage returns', 'One\rgoes on.\r\rTwo.', ['One goes on.', 'Two.']],
    ['an empty document', '', []],
    ['only white space', ' \n\t\n', []],

    ['YAML front matter', '---\ntitle: A. B. C\n---\nText.\n', ['Text.']],
    ['front matter closed by dots', '---\ntitle: x\n...\nText.\n', ['Text.']],
    ['front matter with blank lines and CRLF', '---\r\na: b\r\n\r\nc: d\r\n---\r\nText.', ['Text.']],
    ['TOML front matter', '+++\ntitle = "x"\n+++\n\nText.\n', ['Text.']],
    ['a rule at the start is not front matter', '---\n\nText one.\n', ['Text one.']],
    ['a fence later on is not front matter', 'Intro.\n\n---\nkey: value\n\nText.', ['Intro.', 'key: value', 'Text.']],
    ['a document of front matter alone', '---\ntitle: x\n---', []],

    ['fenced code', 'Before.\n```js\nnot. Prose.\n```\nAfter.', ['Before.', 'After.']],
    ['fenced code with tildes', '~~~\nnot prose\n```\n~~~\nAfter.', ['After.']],
    ['an unclosed fence hides the rest', 'Before.\n\n```\nnot prose\n\nstill not', ['Before.']],
    ['indented code', 'Before.\n\n    not. Prose.\n\nAfter.', ['Before.', 'After.']],
    ['code in a list item', '- Item.\n\n  ```\n  code\n  ```\n\n  More.', ['Item.', 'More.']],
    ['inline code is one word', 'Call `a.b(). C` first. Then go.', ['Call a.b(). C first.', 'Then go.']],
    ['inline code of several backticks', 'Use `` a`b `` here.', ['Use a`b here.']],
    ['inline code over a line end in a quotation', '> Use `a\n> b` here.', ['Use a b here.']],

    ['inline math', 'The bound is $O(n \\log n)$. It holds.', ['The bound is O(n log n).', 'It holds.']],
    ['math in parentheses', 'Let \\(a_1\\) be odd.', ['Let a_1 be odd.']],
    ['prices are not math', 'It costs $5 here and $6 there.', ['It costs $5 here and $6 there.']],
    ['an escaped dollar', 'Pay \\$5 or $x$.', ['Pay $5 or x.']],
    ['a displayed formula in the line', 'We have $$a = b$$ for all a.', ['We have for all a.']],
    ['a displayed formula may close the sentence', 'We have $$a = b.$$ It is so.', ['We have.', 'It is so.']],
    ['a block of math', 'So:\n\n$$\na = b\n\nc = d\n$$\n\nDone.', ['So:', 'Done.']],
    ['a block of math right under text', 'Then\n$$\na\n$$\nfollows.', ['Then', 'follows.']],
    ['a LaTeX environment', '\\begin{align*}\na &= b\n\\end{align*}\n\nDone.', ['Done.']],
    ['brackets of math on lines of their own', '\\[\nx\n\\]\nDone.', ['Done.']],

    ['a link', 'See [the *manual*](http://x.y/a_b "A title. Here").', ['See the manual.']],
    ['a link over a line end', 'See [the\nmanual](http://x.y) now.', ['See the manual now.']],
    ['a link by label', 'See [the manual][m] or [m][].\n\n[m]: http://x.y', ['See the manual or m.']],
    ['a label that is defined', 'See [Manual] now.\n\n[manual]: http://x.y "T"', ['See Manual now.']],
    ['brackets that are no link', 'He was [sic] late [12].', ['He was [sic] late [12].']],
    ['an autolink', 'See <https://x.y/a.b?c=D>. Then go.', ['See https://x.y/a.b?c=D.', 'Then go.']],
    [
      'a bare address',
      'See https://x.y/a.b. Then write to a.b@x.y.',
      ['See https://x.y/a.b.', 'Then write to a.b@x.y.'],
    ],
    ['a definition is not prose', '[a]: http://x.y\n[b]: <http://x.z> "T"\n\nText.', ['Text.']],

    ['an image', 'Look ![A. B. text](a.png "t") here.', ['Look here.']],
    ['an image before a full stop', 'Look here ![x](y.png). Done.', ['Look here.', 'Done.']],
    ['an image in a link', 'A [![b](c.png)](http://d.e) badge.', ['A badge.']],
    ['an image alone', '![x](y.png)\n\nText.', ['Text.']],

    ['a table', 'Before.\n\n| a. B | c |\n|---|:-:|\n| d. E | f |\n\nAfter.', ['Before.', 'After.']],
    ['a table without outer bars', 'a | b\n--- | ---\n1 | 2\n\nAfter.', ['After.']],
    ['a table with white space at its line ends', '| a | \n|:-:| \n| b | \n\nAfter.', ['After.']],
    ['a table with Windows line ends', '| a | b |\r\n|---|---|\r\n| c | d |\r\n\r\nAfter.', ['After.']],
    ['a bar in prose', 'True | false is a choice.', ['True | false is a choice.']],

    ['an HTML block', '<div>\nnot. Prose.\n</div>\n\nAfter.', ['After.']],
    ['prose between HTML blocks', '<details>\n<summary>S</summary>\n\nInside.\n\n</details>', ['Inside.']],
    ['a comment block', '<!-- not. Prose.\n\nstill not -->\nAfter.', ['After.']],
    ['inline tags', 'H<sub>2</sub>O is <b>wet</b>.', ['H2O is wet.']],
    ['a line break tag', 'One<br>two.', ['One two.']],
    ['an inline comment', 'It is <!-- not. --> so.', ['It is so.']],

    [
      'lists',
      '- First item\n- Second. With two.\n\n1. Third\n2) Fourth',
      ['First item', 'Second.', 'With two.', 'Third', 'Fourth'],
    ],
    [
      'a loose list',
      '- First.\n\n  Its second paragraph.\n\n- Second.',
      ['First.', 'Its second paragraph.', 'Second.'],
    ],
    ['nested lists', '* a b\n  * c d\n    1. e f', ['a b', 'c d', 'e f']],
    ['an item goes on lazily', '- one\ntwo', ['one two']],
    ['tasks', '- [ ] Write it.\n- [x] Read it.', ['Write it.', 'Read it.']],
    ['a quotation', '> One\n> goes on.\nLazily too.\n>\n> Two.', ['One goes on.', 'Lazily too.', 'Two.']],
    ['a quotation without spaces', '>One\n>two.', ['One two.']],
    ['a list in a quotation', '> - One.\n>   Two.', ['One.', 'Two.']],
    ['a heading in a quotation is no section', '> # Title\n>\n> Text.', ['Text.']],

    ['a footnote mark', 'It is so.[^1] It was[^a b] not[^long].', ['It is so.', 'It was not.']],
    ['footnotes', '[^1]: First. Second.\n[^2]: *Third* one.', ['First.', 'Second.', 'Third one.']],
    ['a footnote over two lines', '[^n]: A note\nthat goes on.\n\nText.', ['A note that goes on.', 'Text.']],
    ['a footnote of one word', '[^1]: Ibidem.\n', ['Ibidem.']],
    [
      'footnotes of one word, one under the other',
      '[^1]: Ibidem.\n[^2]: Passim.\nText.',
      ['Ibidem.', 'Passim.', 'Text.'],
    ],
    ['citations', 'As shown [@knuth84, p. 3]. Others [see @lee; -@ray] differ.', ['As shown.', 'Others differ.']],

    ['entities', 'Salt &amp; pepper &copy; &#x1F600; &#65;.', ['Salt & pepper © 😀 A.']],
    ['what only looks like an entity', 'R&D; &nosuch; &.', ['R&D; &nosuch; &.']],
    ['a no-break space is one space', 'Dr.&nbsp;Hale saw 5\u00a0km.', ['Dr. Hale saw 5 km.']],
    ['escapes', 'Not \\*bold\\*. 5 \\< 6. \\# No heading', ['Not *bold*.', '5 < 6.', '# No heading']],
    ['emphasis', '**Bold.** *It* is ***both***. Un_der_score', ['Bold.', 'It is both.', 'Un_der_score']],
    ['struck text', 'It was ~~good~~ bad.', ['It was good bad.']],
    ['hard breaks', 'One  \ntwo\\\nthree.', ['One two three.']],
    ['a rule', 'One.\n\n***\n\nTwo.', ['One.', 'Two.']],
    [
      'other scripts',
      'שלום עולם. ذهب الولد.\n\n今天下雨。我们不出去。',
      ['שלום עולם.', 'ذهب الولد.', '今天下雨。', '我们不出去。'],
    ],
    ['astral characters', 'The 𝒜 set 😀. It is **𝔘**.', ['The 𝒜 set 😀.', 'It is 𝔘.']],
  ])('%s', (_, source, expected) => check(source, expected));

  test('lone surrogates and NUL bytes are kept', () => {
    check('A \ud800 half.\n\nA \0 byte.', ['A \ud800 half.', 'A \0 byte.']);
  });
});

describe('headings', () => {
  test.each<[source: string, expected: string[]]>([
    ['# One #\n\n## *Two* `x` ##\ntext', ['1 One', '2 Two x']],
    ['One\n===\n\nTwo\n---\n', ['1 One', '2 Two']],
    ['Two\r\nlines\r\n=====\r\n', ['1 Two lines']],
    ['# A [link](x.y) &amp; $x^2$ ![i](j)', ['1 A link & x^2']],
    ['#no heading\n\n####### nor this', []],
    ['- # in a list\n\n> # quoted', []],
    ['```\n# code\n```\n# Real', ['1 Real']],
    ['#', ['1 ']],
  ])('%j', (source, expected) => expect(headingsOf('markdown', source)).toEqual(expected));

  test('a section reaches to the next heading of any level, and holds its own sentences', () => {
    const text = 'Intro.\n# One\nA. B here.\n## Two\n\nC.\n';
    const { sections, sentences } = snapshotOf('markdown', text);
    const shown = sections.map((section) => ({
      heading: section.heading,
      whole: text.slice(section.start, section.end),
      body: text.slice(section.bodyStart, section.end),
      sentences: sentences.slice(section.firstSentence, section.endSentence).map((sentence) => sentence.text),
    }));
    expect(shown).toEqual([
      { heading: '', whole: 'Intro.\n', body: 'Intro.\n', sentences: ['Intro.'] },
      { heading: 'One', whole: '# One\nA. B here.\n', body: 'A. B here.\n', sentences: ['A. B here.'] },
      { heading: 'Two', whole: '## Two\n\nC.\n', body: '\nC.\n', sentences: ['C.'] },
    ]);
  });
});

describe('spans cover the source, with the marks that belong to the words', () => {
  test.each([
    '⟦**Bold.**⟧ ⟦Plain *em*.⟧',
    '- ⟦One.⟧ ⟦[Two](http://x.y).⟧',
    '> ⟦One\n> goes on.⟧ ⟦Two.⟧',
    '- [ ] ⟦Do it.⟧',
    '[^1]: ⟦A note.⟧',
    '# Head\n\n⟦Text.⟧[^1]',
    '⟦A &amp; b.⟧  ⟦`c.d` e.⟧\r\n',
    '⟦See $x$.⟧ ⟦It is 😀.⟧',
  ])('%s', (expected) => {
    const source = expected.replace(/[⟦⟧]/gu, '');
    const found = marked('markdown', source);
    // A footnote's mark behind a sentence belongs to it.
    expect(found.replace('⟧[^1]', '[^1]⟧')).toBe(expected.replace('⟧[^1]', '[^1]⟧'));
  });
});

test('what is not prose, with whether typing at its end goes on with it', () => {
  const source = '---\na: b\n---\n- [x] T `c` $m$ [l](u).\n\n```\nf\n```\n';
  const { nonProse, paragraphs } = snapshotOf('markdown', source);
  const slices = (start: number, islands: typeof nonProse): string[] =>
    islands.map((island) => `${source.slice(start + island.start, start + island.end)}${island.open ? '…' : ''}`);
  expect(slices(0, nonProse)).toEqual(['---\na: b\n---\n…', '-…', '[x]…', '```\nf\n```…']);
  const [paragraph] = paragraphs;
  expect(slices(paragraph!.start, paragraph!.prose.islands)).toEqual(['`c`', '$m$', '](u)']);
});

describe('a mark far away decides on brackets', () => {
  test('defining and forgetting a label reads the paragraph that uses it anew', async () => {
    const { changeDocument } = await import('../../../server/src/service/snapshots.ts');
    const head = `See [Manual] now.\n\n${'Some other text here. '.repeat(40)}\n\n`;
    const without = snapshotOf('markdown', head);
    const definition = '[manual]: http://x.y\n';
    const change = { start: head.length, end: head.length, text: definition };
    const defined = changeDocument(without, [change], 2);
    expect(defined.sentences[0]?.text).toBe('See Manual now.');
    const undo = { start: head.length, end: head.length + definition.length, text: '' };
    expect(changeDocument(defined, [undo], 3).sentences[0]?.text).toBe('See [Manual] now.');
  });
});
