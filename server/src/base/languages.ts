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
  | 'plaintext'
  | 'source';

const proseFamilies: ReadonlyMap<string, MarkupFamily> = new Map([
  ['markdown', 'markdown'],
  ['quarto', 'markdown'],
  ['rmd', 'markdown'],
  ['mdx', 'mdx'],
  ['latex', 'latex'],
  ['tex', 'latex'],
  ['asciidoc', 'asciidoc'],
  ['restructuredtext', 'restructuredtext'],
  ['typst', 'typst'],
  ['org', 'org'],
  ['html', 'html'],
  ['git-commit', 'gitCommit'],
  ['plaintext', 'plaintext'],
]);

/** Language ids of prose. */
export const proseLanguages: readonly string[] = [...proseFamilies.keys()];

/** True if Foresay reads documents of this language as prose, whatever the settings say. */
export function isProseLanguage(languageId: string): boolean {
  return proseFamilies.has(languageId);
}

/** Language ids of source files, whose comments are read where `foresay.comments.enable` says so. */
export const sourceLanguages: readonly string[] = [
  'typescript',
  'typescriptreact',
  'javascript',
  'javascriptreact',
  'python',
  'rust',
  'go',
  'java',
  'c',
  'cpp',
  'csharp',
  'kotlin',
  'swift',
  'scala',
  'dart',
  'php',
  'shellscript',
  'ruby',
  'perl',
  'r',
  'julia',
  'powershell',
  'lua',
  'sql',
  'haskell',
];

export function isSourceLanguage(languageId: string): boolean {
  return sourceLanguages.includes(languageId);
}

/** The family of a language; one that nobody knows is read as plain text. */
export function familyOf(languageId: string): MarkupFamily {
  return proseFamilies.get(languageId) ?? (isSourceLanguage(languageId) ? 'source' : 'plaintext');
}
