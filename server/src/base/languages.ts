/** The languages that Foresay reads, by VS Code's language id: one list for the client and the server. */

/** What a language's documents are written in, which decides how they are read and what is written into them. */
export type MarkupFamily =
  | 'markdown'
  | 'mdx'
  | 'latex'
  | 'asciidoc'
  | 'restructuredtext'
  | 'typst'
  | 'org'
  | 'html'
  | 'gitCommit'
  | 'plaintext';

const families = {
  markdown: 'markdown',
  latex: 'latex',
  tex: 'latex',
  plaintext: 'plaintext',
} as const satisfies Readonly<Record<string, MarkupFamily>>;

/** Language ids of prose. */
export const proseLanguages: readonly string[] = Object.keys(families);

/** True if Foresay works in documents of this language at all, whatever the settings say. */
export function isProseLanguage(languageId: string): boolean {
  return Object.hasOwn(families, languageId);
}

/** The family of a language; one that nobody knows is read as plain text. */
export function familyOf(languageId: string): MarkupFamily {
  return isProseLanguage(languageId) ? families[languageId as keyof typeof families] : 'plaintext';
}
