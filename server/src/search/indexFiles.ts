/** The databases of all encoders in the folder for caches: their names, how large they are, and how to be rid of them. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A database and what SQLite puts beside it. */
const ours = /^sentences-[0-9a-f]{16}\.sqlite(-journal|\.lock)?$/;

function folderOf(directory: string): string {
  return join(directory, 'search');
}

export function databaseFile(directory: string, encoder: string): string {
  return join(folderOf(directory), `sentences-${encoder.slice(0, 16)}.sqlite`);
}

/** Bytes on disk. */
export async function sizeOfIndexes(directory: string): Promise<number> {
  let size = 0;
  for (const path of await paths(directory)) size += (await stat(path).catch(() => undefined))?.size ?? 0;
  return size;
}

export async function deleteIndexes(directory: string): Promise<void> {
  for (const path of await paths(directory)) await rm(path, { recursive: true, force: true });
}

async function paths(directory: string): Promise<string[]> {
  const folder = folderOf(directory);
  // Most often there is no such folder.
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => ours.test(name)).map((name) => join(folder, name));
}
