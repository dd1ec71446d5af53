/** Where Foresay works: the languages and the kinds of document. */
import { proseLanguages, sourceLanguages } from '../../server/src/base/languages.ts';

/**
 * Saved, not yet saved, on another machine, in a virtual workspace, or a notebook's cell; not the read-only copies of a
 * diff or a log.
 */
const schemes = ['file', 'untitled', 'vscode-remote', 'vscode-vfs', 'vscode-notebook-cell'] as const;

/** A filter for each language and scheme, source files with `comments`; fits VS Code's and the protocol's selector. */
export function documentSelector(comments: boolean): { language: string; scheme: string }[] {
  const languages = comments ? [...proseLanguages, ...sourceLanguages] : proseLanguages;
  return languages.flatMap((language) => schemes.map((scheme) => ({ language, scheme })));
}
