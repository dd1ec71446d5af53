/** What each language's documents write: comments, headings, front matter, and prose that is safe in it. */
import { familyOf, type MarkupFamily } from './languages.ts';

/** The marks of a comment that stands on lines of its own. */
export interface CommentMarks {
  /** Before the first line, a space included. */
  readonly open: string;
  /** Before every further line. */
  readonly next: string;
  /** Behind the last line; '' where the line's end closes the comment. */
  readonly close: string;
}

export interface Markup {
  /** `undefined` where there are no comments: plain text. */
  readonly comment: CommentMarks | undefined;
  /** The heading of a level, 1 the highest, as whole lines; `undefined` where there are no headings. */
  readonly heading: ((level: number, text: string) => string) | undefined;
  /** Whether YAML between `---` lines may open a document. */
  readonly frontMatter: boolean;
  /** Plain prose on one line with everything escaped that would be read as markup. */
  readonly escape: (prose: string) => string;
  /** A paragraph that is set off and begins with a label, such as `Summary`; both escaped already. */
  readonly labelled: (label: string, prose: string) => string;
}

/** The markup of a language. Its texts have no line break at their ends, and `\n` between their lines. */
export function markupOf(languageId: string): Markup {
  const family = familyOf(languageId);
  return family === 'source' ? sourceMarkup(languageId) : markups[family];
}

/** The text as a comment on lines of its own, whatever it holds; `undefined` where the language has no comments. */
export function commented(languageId: string, text: string): string | undefined {
  const { comment } = markupOf(languageId);
  if (!comment) return undefined;
  const { open, next, close } = comment;
  // Marks inside that would close the comment are pulled apart.
  const safe = close === '' ? text : text.replace(/--+>?|\*\//gu, (marks) => [...marks].join(' '));
  return `${open}${safe.split(/\r?\n/u).join(`\n${next}`)}${close}`;
}

const escapedBy =
  (marks: RegExp, escapes: Readonly<Record<string, string>> = {}) =>
  (prose: string): string =>
    prose.replace(marks, (mark) => escapes[mark] ?? `\\${mark}`);
const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const asEntity = (mark: string): string => `&#${mark.codePointAt(0)};`;
const repeated =
  (mark: string, most: number) =>
  (level: number, text: string): string =>
    `${mark.repeat(Math.min(level, most))} ${text}`;
/** A number at a line's start would open a list. */
const listNumber = /^(\d{1,9})([.)]\s)/u;

const escapeLatex = escapedBy(/[\\^~%&#_${}]/gu, {
  '\\': '\\textbackslash{}',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
});
const escapeMarkdown = (prose: string): string =>
  escapedBy(/[\\`*_[\]<>$|~]/gu)(prose)
    .replace(listNumber, '$1\\$2')
    .replace(/^[#+=-]/u, '\\$&');

const markdown: Markup = {
  comment: { open: '<!-- ', next: '', close: ' -->' },
  heading: repeated('#', 6),
  frontMatter: true,
  escape: escapeMarkdown,
  labelled: (label, prose) => `> **${label}.** ${prose}`,
};

const latexSections = ['chapter', 'section', 'subsection', 'subsubsection', 'paragraph', 'subparagraph'];
/** From reStructuredText's conventions: the levels of a document are known by the order their marks come in. */
const underlines = ['=', '-', '~', '^', '"', "'"];

const markups: Readonly<Record<Exclude<MarkupFamily, 'source'>, Markup>> = {
  markdown,
  mdx: {
    ...markdown,
    comment: { open: '{/* ', next: '', close: ' */}' },
    escape: (prose) => escapeMarkdown(prose).replace(/[{}]/gu, '\\$&'),
  },
  latex: {
    comment: { open: '% ', next: '% ', close: '' },
    heading: (level, text) => `\\${latexSections[level - 1] ?? 'subparagraph'}{${text}}`,
    frontMatter: false,
    escape: escapeLatex,
    labelled: (label, prose) => `\\begin{quote}\n\\textbf{${label}.} ${prose}\n\\end{quote}`,
  },
  asciidoc: {
    comment: { open: '// ', next: '// ', close: '' },
    heading: repeated('=', 6),
    frontMatter: false,
    // A backslash shows where it has nothing to escape; a character reference never does.
    escape: (prose) =>
      prose
        .replace(/[*_`#^~+{}\\]|<<|\[\[/gu, (marks) => [...marks].map(asEntity).join(''))
        .replace(listNumber, (_, number: string, stop: string) => `${number}&#46;${stop.slice(1)}`)
        .replace(/^[=.|/-]/u, asEntity),
    labelled: (label, prose) => `[quote]\n*${label}.* ${prose}`,
  },
  restructuredtext: {
    comment: { open: '.. ', next: '   ', close: '' },
    heading: (level, text) => `${text}\n${(underlines[level - 1] ?? "'").repeat(Math.max(3, text.length))}`,
    frontMatter: false,
    escape: (prose) =>
      escapedBy(/[\\`*|]|_(?![\p{L}\p{N}])/gu)(prose)
        .replace(listNumber, '$1\\$2')
        .replace(/^(?:\.\.|[-+=:])/u, '\\$&'),
    // An indented quotation behind a comment would be part of the comment.
    labelled: (label, prose) => `.. topic:: ${label}\n\n   ${prose}`,
  },
  typst: {
    comment: { open: '// ', next: '// ', close: '' },
    heading: repeated('=', 6),
    frontMatter: false,
    escape: (prose) =>
      escapedBy(/[\\*_`$#<>@[\]~]|\/\/|\/\*/gu, { '//': '\\/\\/', '/*': '\\/\\*' })(prose)
        .replace(listNumber, '$1\\$2')
        .replace(/^[=+/-]/u, '\\$&'),
    labelled: (label, prose) => `#quote(block: true)[*${label}.* ${prose}]`,
  },
  org: {
    comment: { open: '# ', next: '# ', close: '' },
    heading: repeated('*', 8),
    frontMatter: false,
    // Org escapes by the names of characters; a mark inside a word means nothing but for `_` and `^`.
    escape: (prose) =>
      prose
        .replace(/\\/gu, '\\backslash{}')
        .replace(/[_^]|(?<![\p{L}\p{N}])[*/+=~$](?=\S)|\[\[/gu, (mark) => orgNames[mark] ?? mark)
        .replace(listNumber, '$1\u200b$2')
        .replace(/^(?:[-+*|:]|#)/u, '\u200b$&'),
    labelled: (label, prose) => `#+begin_quote\n*${label}.* ${prose}\n#+end_quote`,
  },
  html: {
    comment: { open: '<!-- ', next: '', close: ' -->' },
    heading: (level, text) => `<h${Math.min(level, 6)}>${text}</h${Math.min(level, 6)}>`,
    frontMatter: false,
    escape: escapedBy(/[&<>]/gu, entities),
    labelled: (label, prose) => `<blockquote><p><strong>${label}.</strong> ${prose}</p></blockquote>`,
  },
  gitCommit: {
    comment: { open: '# ', next: '# ', close: '' },
    heading: undefined,
    frontMatter: false,
    // Git drops lines that begin with the mark.
    escape: (prose) => prose.replace(/^#/u, ' #'),
    labelled: (label, prose) => `${label}: ${prose}`,
  },
  plaintext: {
    comment: undefined,
    heading: undefined,
    frontMatter: false,
    escape: (prose) => prose,
    labelled: (label, prose) => `${label}: ${prose}`,
  },
};

const orgNames: Readonly<Record<string, string>> = {
  _: '\\under{}',
  '^': '\\asciicirc{}',
  '*': '\\ast{}',
  '/': '\\slash{}',
  '+': '\\plus{}',
  '=': '\\equal{}',
  '~': '\\tilde{}',
  $: '\\dollar{}',
  '[[': '[\u200b[',
};

const hashComments = new Set(['python', 'shellscript', 'ruby', 'perl', 'r', 'julia', 'powershell']);
const dashComments = new Set(['lua', 'sql', 'haskell']);

/** Source files: what is written stands in comments. */
function sourceMarkup(languageId: string): Markup {
  const mark = hashComments.has(languageId) ? '# ' : dashComments.has(languageId) ? '-- ' : '// ';
  return {
    comment: { open: mark, next: mark, close: '' },
    heading: undefined,
    frontMatter: false,
    // Marks that would close the comment are pulled apart.
    escape: (prose) => prose.replace(/\*\/|"""|'''|-\}|\]\]/gu, (marks) => [...marks].join(' ')),
    labelled: (label, prose) => `${mark}${label}: ${prose}`,
  };
}
