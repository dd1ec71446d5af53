/** The document that a command is about: read, checked, and its language told. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { languageOfFile } from '../base/fileLanguage.ts';
import { isProseLanguage, proseLanguages } from '../base/languages.ts';
import { plainText } from '../base/plainText.ts';
import { type DocumentSnapshot, openDocument } from '../service/index.ts';
import { type Request, UsageError } from './arguments.ts';

/** Reads the request's file, or standard input. Throws UsageError for what is no text or too long. */
export async function readInput({ file, language }: Request): Promise<DocumentSnapshot> {
  const bytes = file === '-' ? await buffer(process.stdin) : await bytesOf(file);
  const text = plainText(bytes);
  if (text === undefined) throw new UsageError(`${named(file)}: is not text in UTF-8`);
  const uri = file === '-' ? 'untitled:stdin' : pathToFileURL(resolve(file)).href;
  const languageId = language ?? languageOfFile(file) ?? 'plaintext';
  if (!isProseLanguage(languageId)) {
    throw new UsageError(`--language is "${languageId}", expected ${proseLanguages.join(', ')}`);
  }
  const snapshot = openDocument({ uri, languageId, version: 1, text });
  if (snapshot.tooLarge) throw new UsageError(`${named(file)}: too long for Foresay (${text.length} characters)`);
  return snapshot;
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    if ((await stat(file)).isDirectory()) throw new UsageError(`${file}: is a folder, expected a file`);
    return await readFile(file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw new UsageError(`${file}: no such file`);
    throw new UsageError(`${file}: cannot be read (${code ?? error})`);
  }
}

function named(file: string): string {
  return file === '-' ? 'standard input' : file;
}
