/** Where summaries go in each markup, how they are known again, and how an older one gives up its place. */
import { describe, expect, test } from 'vitest';
import { type SubjectScope, subjectAt } from '../../../../server/src/service/scope.ts';
import type { Summary } from '../../../../server/src/service/summaries/summary.ts';
import { type Placement, replacement, summaryPlaces } from '../../../../server/src/service/summaries/summaryPlaces.ts';
import { trackedSummaries } from '../../../../server/src/service/summaries/trackedSummaries.ts';
import { insertedSummaries } from '../../../../server/src/text/insertedSummaries.ts';
import { snapshotOf } from '../../../support/extracted.ts';

const said = 'The 2 tides & the “wall”: all of it.';

/** A summary of the scope at `at`, whatever it says. */
function summaryOf(languageId: string, text: string, scope: SubjectScope, at = 0, sentence = said): Summary {
  const subject = subjectAt(snapshotOf(languageId, text), { start: at, end: at + 1 }, scope);
  if (!subject) throw new Error('no prose');
  return {
    version: 1,
    subject,
    length: { unit: 'sentences', count: 1 },
    method: 'extractive',
    sentences: [{ text: sentence, sources: [] }],
    sourceWords: 0,
    summaryWords: 0,
  };
}

/** The text with the summary at this place; `undefined` where the place is not offered. */
function placed(
  languageId: string,
  text: string,
  scope: SubjectScope,
  placement: Placement,
  at = 0,
  sentence = said,
): string | undefined {
  const snapshot = snapshotOf(languageId, text);
  const summary = summaryOf(languageId, text, scope, at, sentence);
  const place = summaryPlaces(snapshot, summary).find((each) => each.placement === placement);
  return place && text.slice(0, place.span.start) + place.newText + text.slice(place.span.end);
}

/** Whether documents of this language have this place, for what is round "They". */
function offers(text: string, languageId: string, scope: SubjectScope, placement: Placement): boolean {
  return placed(languageId, text, scope, placement, text.indexOf('They')) !== undefined;
}

/** Marks without what they say of the summary. */
const bare = (text: string | undefined): string | undefined =>
  text?.replace(/foresay:summary(?: [a-z]+=\S+)+/gu, 'foresay:summary');

const markdown = '# Tides\n\nOne comes in. One goes out.\n\n## Walls\n\nThey break here. They hold there.\n';
const latex = [
  '\\documentclass{article}',
  '\\title{Tides}',
  '\\begin{document}',
  '\\maketitle',
  '',
  '\\section{Walls}',
  '\\label{walls}',
  '',
  'They break here. They hold there.',
  '\\begin{itemize}',
  '\\item One comes in. It goes out.',
  '\\end{itemize}',
  '\\end{document}',
  '',
].join('\n');

describe('markdown', () => {
  const block = `<!-- foresay:summary -->\n> **Summary.** The 2 tides & the “wall”: all of it.\n<!-- /foresay:summary -->`;
  test.each([
    ['section', 'before', markdown.replace('Tides\n', `Tides\n\n${block}\n`)],
    ['section', 'after', markdown.replace('out.\n', `out.\n\n${block}\n`)],
    ['subtree', 'after', markdown.replace('there.\n', `there.\n\n${block}\n`)],
    ['document', 'before', markdown.replace('Tides\n', `Tides\n\n${block}\n`)],
    ['document', 'after', markdown.replace('there.\n', `there.\n\n${block}\n`)],
    ['document', 'abstract', markdown.replace('Tides\n', `Tides\n\n${block.replace('Summary.', 'Abstract.')}\n`)],
    [
      'section',
      'comment',
      markdown.replace(
        'Tides\n',
        `Tides\n\n<!-- foresay:summary -->\n<!-- Summary: ${said} -->\n<!-- /foresay:summary -->\n`,
      ),
    ],
    ['section', 'abstract', undefined],
    ['section', 'metadata', undefined],
    ['selection', 'metadata', undefined],
  ] as const)('of a %s, %s', (scope, placement, expected) => {
    const at = scope === 'selection' ? markdown.indexOf('They') : 0;
    expect(bare(placed('markdown', markdown, scope, placement, at))).toBe(expected);
  });

  test('of a selection it is not marked: nothing in the text says later what it was of', () => {
    const at = markdown.indexOf('They break');
    expect(placed('markdown', markdown, 'selection', 'before', at)).toBe(
      markdown.replace('They', `> **Summary.** ${said}\n\nThey`),
    );
  });

  const field = `# foresay:summary\ndescription: "The 2 tides & the “wall”: all of it."\n# /foresay:summary`;
  test.each([
    ['none yet', '', `---\n${field}\n---\n\n`],
    ['some', '---\ntitle:   Tides # the title\n---\n', `---\ntitle:   Tides # the title\n${field}\n---\n`],
    ['an old one', '---\ndescription: >-\n  Old\n  words\n\ntags: [a]\n---\n', `---\n${field}\n\ntags: [a]\n---\n`],
    ['another name for it', '---\nsummary: Old.\n---\n', `---\n${field.replace('description', 'summary')}\n---\n`],
    ['none in it', '---\n---\n', `---\n${field}\n---\n`],
    ['none that can be read', '---\ntitle: [\n---\n', undefined],
    ['a list in it', '---\n- a\n---\n', undefined],
  ])('as a description in the front matter, where there is %s', (_, before, after) => {
    const expected = after === undefined ? undefined : after + markdown;
    const found = bare(placed('markdown', before + markdown, 'document', 'metadata'));
    expect(found?.replace("'The 2 tides & the “wall”: all of it.'", '"The 2 tides & the “wall”: all of it."')).toBe(
      expected,
    );
  });

  test('with the document’s own line breaks', () => {
    const crlf = markdown.replaceAll('\n', '\r\n');
    for (const placement of ['before', 'after', 'abstract', 'comment', 'metadata'] as const) {
      expect(placed('markdown', crlf, 'document', placement)).not.toMatch(/(?<!\r)\n/u);
    }
  });
});

describe('latex', () => {
  const block = `% foresay:summary\n\\begin{quote}\n\\textbf{Summary.} The 2 tides \\& the “wall”: all of it.\n\\end{quote}\n% /foresay:summary`;
  const abstract = block.replaceAll('{quote}', '{abstract}').replace('\\textbf{Summary.} ', '');
  const at = latex.indexOf('They');
  test.each([
    ['section', 'before', latex.replace('They', `${block}\n\nThey`)],
    ['section', 'after', latex.replace('\\end{itemize}\n', `\\end{itemize}\n\n${block}\n\n`)],
    ['section', 'comment', latex.replace('They', `% foresay:summary\n% Summary: ${said}\n% /foresay:summary\n\nThey`)],
    ['document', 'abstract', latex.replace('\\maketitle\n', `\\maketitle\n\n${abstract}\n`)],
    ['document', 'metadata', undefined],
  ] as const)('of a %s, %s', (scope, placement, expected) => {
    expect(bare(placed('latex', latex, scope, placement, at))).toBe(expected);
  });

  test('an abstract that is there gives up its place', () => {
    const old = latex.replace('\\maketitle\n', '\\maketitle\n\\begin{abstract}\nOld words.\n\\end{abstract}\n');
    expect(bare(placed('latex', old, 'document', 'abstract'))).toBe(
      latex.replace('\\maketitle\n', `\\maketitle\n${abstract}\n`),
    );
  });

  test('a section that starts with a list is summarised before it', () => {
    const list = '\\section{A}\n\\begin{itemize}\n\\item One here. Two here.\n\\end{itemize}\n';
    expect(bare(placed('latex', list, 'section', 'before'))).toBe(list.replace('{A}\n', `{A}\n\n${block}\n\n`));
  });
});

test('plain text has no comments, and so no marks', () => {
  const text = 'They break here. They hold there.\n';
  expect(placed('plaintext', text, 'section', 'before')).toBe(`Summary: ${said}\n\n${text}`);
  expect(placed('plaintext', text, 'document', 'after')).toBe(`${text.trim()}\n\nSummary: ${said}\n`);
  for (const placement of ['abstract', 'metadata', 'comment'] as const) {
    expect(placed('plaintext', text, 'document', placement)).toBeUndefined();
  }
});

/** The same document in each markup: a title, a section, what is said in it. */
const documents: Readonly<Record<string, string>> = {
  markdown,
  quarto: `---\ntitle: Tides\n---\n\n${markdown}`,
  rmd: markdown,
  mdx: `import { Wave } from './wave'\n\n${markdown}\n<Wave />\n`,
  latex,
  asciidoc: `= Tides\nThe Author\n:toc:\n\nOne comes in. One goes out.\n\n== Walls\n\nThey break here. They hold there.\n`,
  restructuredtext: `Tides\n=====\n\n:Author: Me\n\nOne comes in. One goes out.\n\nWalls\n-----\n\nThey break here. They hold there.\n`,
  typst: `#set page(paper: "a4")\n\n= Tides\n\nOne comes in. One goes out.\n\n== Walls\n\nThey break here. They hold there.\n`,
  org: `#+title: Tides\n#+author: Me\n\n* Tides\n\nOne comes in. One goes out.\n\n** Walls\n\nThey break here. They hold there.\n`,
  html: `<html>\n<head>\n<title>Tides</title>\n</head>\n<body>\n<h1>Tides</h1>\n<p>One comes in. One goes out.</p>\n<h2>Walls</h2>\n<p>They break here. They hold there.</p>\n</body>\n</html>\n`,
};

/** What each idiom looks like, and what it stands behind. */
test.each([
  ['quarto', 'abstract', 'title: Tides\n# foresay:summary\nabstract: "SAID"\n# /foresay:summary\n---\n'],
  ['rmd', 'abstract', '---\n# foresay:summary\nabstract: "SAID"\n# /foresay:summary\n---\n\n# Tides'],
  ['mdx', 'abstract', '# Tides\n\n{/* foresay:summary */}\n\n> **Abstract.** SAID\n\n{/* /foresay:summary */}\n\nOne'],
  ['mdx', 'before', '## Walls\n\n{/* foresay:summary */}\n\n> **Summary.** SAID\n\n{/* /foresay:summary */}\n\nThey'],
  ['asciidoc', 'abstract', ':toc:\n\n// foresay:summary\n[abstract]\n--\nSAID\n--\n// /foresay:summary\n\nOne'],
  ['asciidoc', 'metadata', '// foresay:summary\n:description: SAID\n// /foresay:summary\n= Tides\n'],
  ['asciidoc', 'before', '== Walls\n\n// foresay:summary\n[quote]\n*Summary.* SAID\n// /foresay:summary\n\nThey'],
  ['asciidoc', 'comment', '== Walls\n\n// foresay:summary\n// Summary: SAID\n// /foresay:summary\n\nThey'],
  [
    'restructuredtext',
    'abstract',
    ':Author: Me\n\n.. foresay:summary\n\n.. topic:: Abstract\n\n   SAID\n\n.. /foresay:summary\n\nOne',
  ],
  [
    'restructuredtext',
    'metadata',
    ':Author: Me\n\n.. foresay:summary\n\n.. meta::\n   :description: SAID\n\n.. /foresay:summary\n\nOne',
  ],
  [
    'restructuredtext',
    'before',
    '-----\n\n.. foresay:summary\n\n.. topic:: Summary\n\n   SAID\n\n.. /foresay:summary\n\nThey',
  ],
  [
    'typst',
    'abstract',
    '= Tides\n\n// foresay:summary\n#align(center)[\n  *Abstract* \\\n  SAID\n]\n// /foresay:summary\n\nOne',
  ],
  ['typst', 'metadata', '// foresay:summary\n#set document(description: [SAID])\n// /foresay:summary\n#set page'],
  [
    'typst',
    'before',
    '== Walls\n\n// foresay:summary\n#quote(block: true)[*Summary.* SAID]\n// /foresay:summary\n\nThey',
  ],
  [
    'org',
    'abstract',
    '#+author: Me\n\n# foresay:summary\n#+begin_abstract\nSAID\n#+end_abstract\n# /foresay:summary\n\n* Tides',
  ],
  ['org', 'metadata', '#+title: Tides\n# foresay:summary\n#+description: SAID\n# /foresay:summary\n#+author'],
  [
    'org',
    'before',
    '** Walls\n\n# foresay:summary\n#+begin_quote\n*Summary.* SAID\n#+end_quote\n# /foresay:summary\n\nThey',
  ],
  [
    'html',
    'abstract',
    '</h1>\n\n<!-- foresay:summary -->\n<section role="doc-abstract"><p>SAID</p></section>\n<!-- /foresay:summary -->\n\n<p>One',
  ],
  [
    'html',
    'metadata',
    '</title>\n<!-- foresay:summary -->\n<meta name="description" content="SAID">\n<!-- /foresay:summary -->\n</head>',
  ],
  [
    'html',
    'before',
    '</h2>\n\n<!-- foresay:summary -->\n<blockquote><p><strong>Summary.</strong> SAID</p></blockquote>\n<!-- /foresay:summary -->\n\n<p>They',
  ],
] as const)('in %s, %s', (languageId, placement, expected) => {
  const text = documents[languageId] ?? '';
  const scope = placement === 'abstract' || placement === 'metadata' ? 'document' : 'section';
  const made = bare(placed(languageId, text, scope, placement, text.indexOf('They'), 'It is: said.'));
  expect(made).toContain(expected.replace('"SAID"', '"It is: said."').replace('SAID', 'It is: said.'));
  // Nothing else has changed.
  const around = made
    ?.split(/[^\n]*foresay:summary[\s\S]*\/foresay:summary[^\n]*/u)
    .join('')
    .replace(/\s/gu, '');
  const fences = /^---\n# foresay/u.test(made ?? '') ? '------' : '';
  expect(around).toBe(fences + text.replace(/\s/gu, ''));
});

test('a description that is there gives up its place', () => {
  for (const [languageId, text, rest] of [
    ['asciidoc', '= Tides\n:description: Old \\\nwords\n:toc:\n\nThey break.\n', '= Tides\n\n:toc:\n\nThey break.\n'],
    ['org', '#+DESCRIPTION: Old words\n\nThey break.\n', '\n\nThey break.\n'],
    [
      'html',
      '<head><meta content="Old words" name="description"></head><p>They break.</p>',
      '<head></head><p>They break.</p>',
    ],
  ] as const) {
    const made = placed(languageId, text, 'document', 'metadata');
    expect(made?.replace(/(?:\/\/|#|<!--) foresay:summary[\s\S]*\/foresay:summary(?: -->)?/u, ''), languageId).toBe(
      rest,
    );
  }
});

test('where nothing can say later what it was of, it is a plain paragraph', () => {
  const text = 'Move the wall\n\nThe tide takes it away. It holds better there.\n';
  const made = placed('git-commit', text, 'document', 'after');
  expect(made).toContain(`\n\nSummary: ${said}`);
  expect(made).not.toContain('foresay');
});

test('a source file’s comments are summarised in a comment', () => {
  const text = '// They break here. They hold there.\nlet tide = 1;\n';
  const made = placed('typescript', text, 'document', 'before') ?? '';
  expect(bare(made)).toBe(`// foresay:summary\n// Summary: ${said}\n// /foresay:summary\n\n${text}`);
  expect(trackedSummaries(snapshotOf('typescript', made))).toMatchObject([{ isStale: false }]);
});

const kinds = Object.keys(documents).flatMap((languageId) =>
  (
    [
      ['section', 'before'],
      ['section', 'after'],
      ['section', 'comment'],
      ['subtree', 'after'],
      ['document', 'before'],
      ['document', 'abstract'],
      ['document', 'metadata'],
      ['document', 'comment'],
    ] as const
  )
    .map(([scope, placement]) => [languageId, scope, placement] as const)
    // Those that the language has no place for are looked at above.
    .filter(([, scope, placement]) => offers(documents[languageId] ?? '', languageId, scope, placement)),
);

describe.each(kinds)('in %s, of a %s, %s', (languageId, scope, placement) => {
  const original = documents[languageId] ?? '';
  const at = original.indexOf('They');
  const text = placed(languageId, original, scope, placement, at) ?? '';

  test('it is known again, is no prose, and is not stale', () => {
    const snapshot = snapshotOf(languageId, text);
    expect(snapshot.sentences.map((sentence) => sentence.text)).toEqual(
      snapshotOf(languageId, original).sentences.map((sentence) => sentence.text),
    );
    const [tracked, ...others] = trackedSummaries(snapshot);
    expect(others).toEqual([]);
    expect(tracked).toMatchObject({ subject: { scope }, length: { unit: 'sentences', count: 1 }, isStale: false });
  });

  test('it is stale once its text has changed, and made again it is not', () => {
    const changed = text.replace('They hold', 'They still hold');
    const snapshot = snapshotOf(languageId, changed);
    const [old] = trackedSummaries(snapshot);
    expect(old?.isStale).toBe(true);
    if (!old) return;
    const { span, newText } = replacement(snapshot, old, {
      ...summaryOf(languageId, changed, scope, changed.indexOf('They')),
      sentences: [{ text: 'Other words.', sources: [] }],
    });
    const made = changed.slice(0, span.start) + newText + changed.slice(span.end);
    expect(made).toContain('Other words.');
    expect(made).not.toContain('tides');
    expect(trackedSummaries(snapshotOf(languageId, made))).toMatchObject([{ isStale: false, form: old.form }]);
    // Nothing else has moved.
    expect(bare(made)?.replace('Other words.', '')).toHaveLength(
      (
        bare(
          placed(languageId, original.replace('They hold', 'They still hold'), scope, placement, at, 'Other words.'),
        ) ?? ''
      ).replace('Other words.', '').length,
    );
  });

  test('asked for again it takes the place of the old one', () => {
    const again = placed(
      languageId,
      text,
      scope,
      placement === 'after' ? 'before' : placement,
      text.indexOf('They'),
      'Other words.',
    );
    expect(again).toContain('Other words.');
    expect(insertedSummaries(again ?? '')).toHaveLength(1);
  });
});

describe('marks', () => {
  const text = placed('markdown', markdown, 'section', 'before') ?? '';

  test.each([
    ['the first comment is gone', text.replace(/<!-- foresay.*\n/u, '')],
    ['the last comment is gone', text.replace(/<!-- \/foresay.*\n/u, '')],
    ['they are in the wrong order', text.replace(/(<!-- foresay.*)\n([\s\S]*)(<!-- \/foresay.*)\n/u, '$3\n$2$1\n')],
    ['they are quoted', text.replace(/^<!--/gmu, 'See <!--')],
  ])('mean nothing when %s, and the summary is prose again', (_, broken) => {
    const snapshot = snapshotOf('markdown', broken);
    expect(trackedSummaries(snapshot)).toEqual([]);
    expect(snapshot.sentences.some((sentence) => sentence.text.includes('tides'))).toBe(true);
  });

  test.each([
    ['another level', / level=1 /u, ' level=4 '],
    ['no scope', / scope=section/u, ''],
    ['no length', / sentences=1/u, ''],
    ['an unknown form', / as=quote/u, ' as=poem'],
  ])('that say %s are not followed', (_, pattern, instead) => {
    expect(text).toMatch(pattern);
    expect(trackedSummaries(snapshotOf('markdown', text.replace(pattern, instead)))).toEqual([]);
  });

  test('stay with their section when it is renamed or moved', () => {
    const moved = `# Before\n\nSomething else. And more.\n\n${text.replace('# Tides', '# Waters')}`;
    expect(trackedSummaries(snapshotOf('markdown', moved))).toMatchObject([
      { isStale: false, subject: { heading: 'Waters' } },
    ]);
  });
});
