/** The language of a file that no editor has opened, told by its name. */
import { isProseLanguage } from './languages.ts';

const languageByExtension: Readonly<Record<string, string>> = {
  md: 'markdown',
  markdown: 'markdown',
  mdx: 'mdx',
  qmd: 'quarto',
  rmd: 'rmd',
  tex: 'latex',
  adoc: 'asciidoc',
  asciidoc: 'asciidoc',
  rst: 'restructuredtext',
  typ: 'typst',
  org: 'org',
  html: 'html',
  htm: 'html',
  txt: 'plaintext',
};

/** Extensions of the files that Foresay reads, in lower case, without the dot. */
export const proseExtensions: readonly string[] = Object.keys(languageByExtension).filter((extension) =>
  isProseLanguage(languageByExtension[extension] as string),
);

/** The language id of a file by its path or uri; `undefined` for a file that Foresay does not read. */
export function languageOfFile(path: string): string | undefined {
  const extension = /\.([^./\\]+)$/u.exec(path)?.[1]?.toLowerCase() ?? '';
  return proseExtensions.includes(extension) ? languageByExtension[extension] : undefined;
}
