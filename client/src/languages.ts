/** Where Foresay works: the languages and the kinds of document. */
import { proseLanguages } from '../../server/src/base/languages.ts';

/** Saved, not yet saved, on another machine, or in a virtual workspace; not the read-only copies of a diff or a log. */
const schemes = ['file', 'untitled', 'vscode-remote', 'vscode-vfs'] as const;

/** One filter for each language and scheme; fits both VS Code's and the protocol's document selector. */
export const documentSelector: { language: string; scheme: string }[] = proseLanguages.flatMap((language) =>
  schemes.map((scheme) => ({ language, scheme })),
);
