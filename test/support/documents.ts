/** Random documents and edits, made of what markup is made of, and the comparison of two snapshots. */
import fc from 'fast-check';
import type { DocumentSnapshot } from '../../server/src/text/snapshot.ts';
import type { TextChange } from '../../server/src/text/textChange.ts';

/** What every language's documents may hold: prose, line ends, and text that is hard to handle. */
const anywhere = [
  'The river rose. ',
  'It fell again by noon.',
  'see Fig. 3 and Dr. Hale',
  ' and ',
  'word',
  '.',
  '?" ',
  '“Quoted,” he said. ',
  '\n',
  '\n\n',
  '\r\n',
  '\r\n\r\n',
  '\r',
  ' ',
  '  ',
  '\t',
  '    ',
  '\u00a0',
  '\u2028',
  '\0',
  '\ud800',
  '\udc00',
  '😀',
  '𝒜 set. ',
  'שלום עולם. ',
  'ذهب الولد إلى المدرسة. ',
  '今天下雨。我们不出去。',
  'x'.repeat(300),
  'One more sentence of the long line. '.repeat(12),
];

const byLanguage: Readonly<Record<string, readonly string[]>> = {
  markdown: [
    '# ',
    '## Title\n',
    '===\n',
    '---\n',
    '\n---\n',
    '+++\n',
    'key: value\n',
    '```\n',
    '~~~ js\n',
    '`code`',
    '``',
    '`',
    '$x^2$',
    '$$\n',
    '$$',
    '$5',
    '\\(a\\)',
    '\\[\n',
    '\\]\n',
    '\\begin{equation}\n',
    '\\end{equation}\n',
    '- ',
    '* item\n',
    '1. ',
    '2) item\n',
    '  - nested\n',
    '- [x] ',
    '> ',
    '>> deep\n',
    '| a | b |\n|---|---|\n| 1 | 2 |\n',
    '|',
    '[link](http://x.y "t")',
    '[ref]',
    '[ref]: http://a.b\n',
    '[text][ref]',
    '![image](a.png)',
    '[^1]',
    '[^1]: ',
    '[@key]',
    '[',
    ']',
    '(',
    '<div>\n',
    '</div>\n',
    '<!-- ',
    '-->',
    '<br>',
    '<https://x.y>',
    'https://example.com/a.b',
    'a@b.cd',
    '**',
    '*',
    '_',
    '~~',
    '\\*',
    '&amp;',
    '&nbsp;',
    '\\\n',
  ],
  latex: [
    '\\documentclass{article}\n',
    '\\begin{document}\n',
    '\\end{document}\n',
    '\\section{Title}\n',
    '\\subsection*{Second',
    '\\paragraph{Run in.} ',
    '\\begin{equation}\n',
    '\\end{equation}\n',
    '\\begin{itemize}\n',
    '\\item ',
    '\\end{itemize}\n',
    '\\begin{verbatim}\n',
    '\\end{verbatim}\n',
    '\\begin{table}[h]\n',
    '\\end{table}\n',
    '\\begin{quote}',
    '\\end{',
    '$x^2$',
    '$$',
    '$',
    '\\(a\\)',
    '\\[',
    '\\]',
    '% comment\n',
    '%',
    '\\%',
    '\\emph{',
    '\\textbf{bold}',
    '}',
    '{',
    '\\cite{knuth}',
    '\\footnote{A note.}',
    '\\ref{',
    '\\href{http://x.y}{text}',
    '\\url{http://a.b}',
    '\\verb|x.y|',
    '\\lstinline{a b}',
    "\\'e",
    '\\"{o}',
    '\\c c',
    '``',
    "''",
    '---',
    '~',
    '\\\\',
    '\\\\[2pt]',
    '\\ldots{}',
    '\\LaTeX',
    '\\',
    '\\par ',
    '\\,',
  ],
  plaintext: [
    '- ',
    '* item\n',
    '• ',
    '1. ',
    '2) item\n',
    '12. ',
    'Title\n',
    '====\n',
    '----\n',
    '~~~\n',
    '    indented\n',
  ],
};

export const languages = Object.keys(byLanguage);

/** A document: mostly markup and prose, sometimes one huge line. */
export function documents(languageId: string): fc.Arbitrary<string> {
  const pieces = fc.constantFrom(...anywhere, ...(byLanguage[languageId] ?? []), ...(byLanguage[languageId] ?? []));
  const text = fc.array(pieces, { maxLength: 60, size: 'max' }).map((parts) => parts.join(''));
  const hugeLine = fc
    .array(fc.constantFrom(...anywhere.filter((piece) => !/[\n\r]/u.test(piece))), { minLength: 20, maxLength: 60 })
    .map((parts) => parts.join('').repeat(3));
  return fc.oneof({ weight: 12, arbitrary: text }, { weight: 1, arbitrary: hugeLine });
}

/** Where and how much of a text one edit replaces, as shares of what there is. */
export interface Edit {
  readonly at: number;
  readonly length: number;
  readonly insert: string;
}

/** Several edits that arrive together. */
export function edits(languageId: string): fc.Arbitrary<readonly Edit[]> {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const insert = fc.oneof(
    documents(languageId).map((text) => text.slice(0, 40)),
    fc.constantFrom('x', '.', ' ', '\n', '\r', '', '\ud83d', '\ude00'),
  );
  // Mostly a keystroke, at times a paragraph or all of it.
  const length = fc.oneof(
    fc.constant(0),
    share.map((x) => x * 0.02),
    share.map((x) => x * 0.3),
    fc.constant(1),
  );
  return fc.array(fc.record({ at: share, length, insert }), { minLength: 1, maxLength: 3 });
}

/** The edits as changes, one after the other, and the text they end in. */
export function applied(text: string, list: readonly Edit[]): { changes: TextChange[]; text: string } {
  const changes: TextChange[] = [];
  let now = text;
  for (const { at, length, insert } of list) {
    const start = Math.floor(at * now.length);
    const end = Math.min(now.length, start + Math.ceil(length * now.length));
    changes.push({ start, end, text: insert });
    now = now.slice(0, start) + insert + now.slice(end);
  }
  return { changes, text: now };
}

/** A snapshot as plain data, everything in it. */
export function plain(snapshot: DocumentSnapshot): unknown {
  const { uri, languageId, version, text, sections, sentences, nonProse, tooLarge } = snapshot;
  return {
    ...{ uri, languageId, version, text, sections, sentences, nonProse, tooLarge },
    paragraphs: snapshot.paragraphs.map(({ prose, ...rest }) => ({
      ...rest,
      prose: { ...prose, offsets: [...prose.offsets] },
    })),
  };
}
