/** A temporary folder for a store of vectors, documents in it, and a look at the files that are kept there. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface CacheFolder {
  /** What a client names. */
  readonly directory: string;
  /** Where the store's own files are. */
  readonly vectors: string;
  /** Paths of the files that are kept. */
  files(): string[];
  /** All that is on disk below `directory` except documents, names included, one character for each byte. */
  content(): string;
  /** Writes a document and gives its uri. */
  document(name: string, text?: string): string;
  dispose(): void;
}

export function createCacheFolder(): CacheFolder {
  const root = mkdtempSync(join(tmpdir(), 'foresay-store-'));
  const directory = join(root, 'cache');
  const vectors = join(directory, 'vectors');
  const entries = (folder: string) => {
    try {
      return readdirSync(folder, { recursive: true, withFileTypes: true });
    } catch {
      return []; // nothing was kept yet
    }
  };
  const filesBelow = (folder: string) =>
    entries(folder)
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  return {
    directory,
    vectors,
    files: () => filesBelow(vectors),
    content: () =>
      filesBelow(directory)
        .map((path) => `${path}\n${readFileSync(path, 'latin1')}`)
        .join('\n'),
    document(name, text = '') {
      const path = join(root, name);
      writeFileSync(path, text);
      return pathToFileURL(path).href;
    },
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };
}
