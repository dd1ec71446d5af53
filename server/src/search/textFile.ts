/** A file of the workspace as a document that no editor has opened. */
import { webcrypto } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { languageOfFile } from '../base/fileLanguage.ts';
import { plainText } from '../base/plainText.ts';
import type { IndexedFile } from './sentenceTable.ts';

/** Bytes above which a file is no document. */
const largest = 4 * 2 ** 20;

export type FileStamp = Pick<IndexedFile, 'modified' | 'size'>;

export interface TextFile extends IndexedFile {
  readonly languageId: string;
  readonly text: string;
}

/** Without reading it; `undefined` for what is no file, of no language of ours, or too large. */
export async function stampOf(uri: string): Promise<FileStamp | undefined> {
  if (languageOfFile(uri) === undefined) return undefined;
  try {
    const found = await stat(fileURLToPath(uri));
    return found.isFile() && found.size <= largest ? { modified: found.mtimeMs, size: found.size } : undefined;
  } catch {
    // It is gone, or not for us to read.
    return undefined;
  }
}

/** `undefined` for what has no stamp or is not text. */
export async function readTextFile(uri: string): Promise<TextFile | undefined> {
  const languageId = languageOfFile(uri);
  const stamp = await stampOf(uri);
  if (!stamp || languageId === undefined) return undefined;
  try {
    const bytes = await readFile(fileURLToPath(uri));
    const text = plainText(bytes);
    // Not on this thread.
    const hash = Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
    return text === undefined ? undefined : { uri, languageId, text, hash, ...stamp };
  } catch {
    return undefined;
  }
}
