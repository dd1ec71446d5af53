/** The title that stands in a document's metadata, where its markup keeps it: no heading of the text names it then. */
import { familyOf, type MarkupFamily } from '../base/languages.ts';
import type { DocumentSnapshot } from '../text/snapshot.ts';
import { frontMatterValue } from './frontMatter.ts';
import { openDocument } from './snapshots.ts';

/** Metadata stand at the head: UTF-16 units that are looked through. What a pattern repeats is bounded, for a broken one. */
const headLength = 16_384;

/** In plain words; '' where there is none. */
export function metadataTitle({ uri, text, languageId }: DocumentSnapshot): string {
  const form = forms[familyOf(languageId)];
  const words = form?.find(text.slice(0, headLength))?.trim();
  if (!form || !words) return '';
  // Its markup is read as in a heading.
  const { sections } = openDocument({ uri, languageId, version: 0, text: form.heading(words.replace(/\s+/gu, ' ')) });
  return sections[1]?.heading ?? '';
}

interface Form {
  /** The title's source. */
  find(head: string): string | undefined;
  /** A document with a heading of these words. */
  heading(words: string): string;
}

const yaml: Form = { find: (head) => frontMatterValue(head, 'title'), heading: (words) => `# ${words}` };

const forms: Partial<Readonly<Record<MarkupFamily, Form>>> = {
  markdown: yaml,
  mdx: yaml,
  latex: {
    find: (head) =>
      firstOf(head, /^[^%\n]*\\title\s*(?:\[[^\]]{0,200}\]\s*)?\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}/mu),
    heading: (words) => `\\section{${words}}`,
  },
  org: { find: (head) => firstOf(head, /^#\+title:(.*)$/imu), heading: (words) => `* ${words}` },
  typst: {
    find: (head) => firstOf(head, /^[^/\n]*\btitle:\s*(?:"([^"]{0,400})"|\[([^\]]{0,400})\])/mu),
    heading: (words) => `= ${words}`,
  },
  html: {
    find: (head) => firstOf(head, /<title\b[^>]{0,200}>([^<]*)<\/title>/iu),
    heading: (words) => `<h1>${words}</h1>`,
  },
};

function firstOf(head: string, pattern: RegExp): string | undefined {
  return pattern
    .exec(head)
    ?.slice(1)
    .find((group) => group !== undefined);
}
