/** The head of a document, where each markup keeps what is about the whole: below its title, and in its metadata. */
import { familyOf, type MarkupFamily } from '../../base/languages.ts';
import type { DocumentSnapshot } from '../../text/snapshot.ts';
import { titleOf } from '../scope.ts';
import { lineAt, lineBehind, lineStart, paragraphAt, replacing, type Slot } from '../slots.ts';

/** Below the title, before the first section. */
export function bodyTop(snapshot: DocumentSnapshot): Slot {
  const { text, languageId } = snapshot;
  return paragraphAt(text, tops[familyOf(languageId)]?.(snapshot) ?? usualTop(snapshot));
}

type Top = (snapshot: DocumentSnapshot) => number | undefined;

const tops: Partial<Readonly<Record<MarkupFamily, Top>>> = {
  latex: ({ text }) =>
    endOf(text, /^[^%\n]*\\maketitle\b[^\r\n]*/mu) ?? endOf(text, /^[^%\n]*\\begin\{document\}[^\r\n]*/mu),
  asciidoc: ({ text }) => endOf(text, /^(?:(?:\/\/|:).*\n|\s*\n)*= .*(?:\n.*\S.*)*/u),
  restructuredtext(snapshot) {
    const start = titleOf(snapshot)?.bodyStart;
    if (start === undefined) return undefined;
    // The fields of author, date and so on come first.
    return start + (/^(?:[^\S\n]*\n)*(?::.*\n(?:[^\S\n]+.*\n)*)+/u.exec(snapshot.text.slice(start))?.[0].length ?? 0);
  },
  html: (snapshot) => titleOf(snapshot)?.bodyStart ?? endOf(snapshot.text, /<body\b[^>]*>/iu),
  markdown: (snapshot) => titleOf(snapshot)?.bodyStart,
  mdx: (snapshot) => titleOf(snapshot)?.bodyStart,
  typst: (snapshot) => titleOf(snapshot)?.bodyStart,
};

/** Where the first heading or paragraph starts. */
function usualTop({ text, sections, paragraphs }: DocumentSnapshot): number {
  const starts = [sections[1]?.start, paragraphs[0]?.start].filter((start) => start !== undefined);
  return starts.length === 0 ? text.length : lineStart(text, Math.min(...starts));
}

/** Where a description goes among what is said of the document and not in it; `undefined` where there is no place. */
export function metadataSlot(snapshot: DocumentSnapshot): Slot | undefined {
  return metadata[familyOf(snapshot.languageId)]?.(snapshot);
}

const metadata: Partial<Readonly<Record<MarkupFamily, (snapshot: DocumentSnapshot) => Slot | undefined>>> = {
  asciidoc: ({ text }) => found(text, /^:description:.*(?:(?<= \\)\n.*)*/mu) ?? lineAt(0),
  org: ({ text }) => found(text, /^#\+description:.*/imu) ?? behind(text, /^#\+title:.*/imu) ?? lineAt(0),
  typst: () => lineAt(0),
  html: ({ text }) =>
    found(text, /<meta\b[^>]*\bname=["']?description\b[^>]*>/iu) ??
    behind(text, /<\/title>/iu) ??
    behind(text, /<head\b[^>]*>/iu),
  // A directive holds all its fields together: one that is there already is left to the writer.
  restructuredtext: (snapshot) => (/^\s+:description:/mu.test(snapshot.text) ? undefined : bodyTop(snapshot)),
};

function found(text: string, pattern: RegExp): Slot | undefined {
  const match = pattern.exec(text);
  return match ? replacing({ start: match.index, end: match.index + match[0].trimEnd().length }) : undefined;
}

function behind(text: string, pattern: RegExp): Slot | undefined {
  const end = endOf(text, pattern);
  return end === undefined ? undefined : lineBehind(end);
}

/** The end of the first match, its white space at the end excluded. */
function endOf(text: string, pattern: RegExp): number | undefined {
  const match = pattern.exec(text);
  return match ? match.index + match[0].trimEnd().length : undefined;
}
