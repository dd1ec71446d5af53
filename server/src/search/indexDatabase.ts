/** The indexed sentences on disk: one SQLite file, of which nothing is used that is not as it was written. */
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type BindValues, Database, type QueryResult } from 'node-sqlite3-wasm';
import type { IndexedFile, IndexedSentences } from './sentenceTable.ts';

/** Written into the file; another one holds something else. */
const format = 1;
/** Characters of a sentence's id (see contentHash). */
const idLength = 14;
/** Milliseconds after which a lock belongs to a server that is gone: a transaction takes a few. */
const abandonedMs = 10_000;
/** Milliseconds after which what cannot be done is given up. */
const patienceMs = 2 * abandonedMs;
/** Milliseconds between two looks at a lock. */
const lockPause = 100;

const schema = `
  CREATE TABLE IF NOT EXISTS files (
    uri TEXT PRIMARY KEY, hash TEXT NOT NULL, modified REAL NOT NULL, size REAL NOT NULL,
    ids BLOB NOT NULL, starts BLOB NOT NULL, vectors BLOB NOT NULL, digest BLOB NOT NULL
  ) WITHOUT ROWID`;

export interface StoredFile {
  readonly file: IndexedFile;
  readonly sentences: IndexedSentences;
}

/** Rows of several workspaces and servers; each reads and writes those below its own folders. */
export class IndexDatabase {
  readonly #path: string;
  readonly #dim: number;
  #database: Database | undefined;

  /** `path`: of the file (absolute), which need not exist yet; its name says which encoder's vectors it holds. */
  constructor(path: string, dim: number) {
    this.#path = path;
    this.#dim = dim;
  }

  /** Bytes on disk. */
  get size(): number {
    return statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** The files whose uri starts with `prefix`; what is not as it was written is deleted. */
  *below(prefix: string): Generator<StoredFile> {
    const rows = this.#run((database) =>
      database.all('SELECT * FROM files WHERE uri >= ? AND uri < ? ORDER BY uri', [prefix, `${prefix}\uffff`]),
    );
    for (const row of rows) {
      const stored = this.#read(row);
      if (stored) yield stored;
      else this.delete([String(row.uri)]);
    }
  }

  put(file: IndexedFile, { ids, starts, vectors }: IndexedSentences): void {
    const blobs = [Buffer.from(ids.join(''), 'latin1'), bytesOf(starts), bytesOf(vectors)];
    const { uri, hash, modified, size } = file;
    const digest = digestOf(hash, this.#dim, blobs);
    this.#write('INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)', [
      ...[uri, hash, modified, size],
      ...blobs,
      digest,
    ]);
  }

  /** The same bytes were found with another date. */
  touch({ uri, modified }: IndexedFile): void {
    this.#write('UPDATE files SET modified = ? WHERE uri = ?', [modified, uri]);
  }

  delete(uris: readonly string[]): void {
    for (const uri of uris) this.#write('DELETE FROM files WHERE uri = ?', [uri]);
  }

  /** Deletes everything, of all workspaces. */
  clear(): void {
    this.#write('DELETE FROM files', []);
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }

  #write(sql: string, values: BindValues): void {
    this.#run((database) => database.run(sql, values));
  }

  /**
   * Runs it, once whoever else writes is done. A file that SQLite cannot make sense of is replaced by an empty one first,
   * as nothing in it is precious.
   */
  #run<T>(work: (database: Database) => T): T {
    for (const start = Date.now(); ; ) {
      try {
        return work(this.#opened());
      } catch (error) {
        const message = error instanceof Error ? error.message : '';
        if (Date.now() - start > patienceMs) throw error;
        if (/locked/u.test(message)) this.#awaitLock();
        else if (/malformed|not a database|another format/u.test(message)) this.#discard();
        else throw error;
      }
    }
  }

  #opened(): Database {
    if (this.#database) return this.#database;
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    const database = new Database(this.#path);
    try {
      const found = database.get('PRAGMA user_version')?.user_version;
      if (found !== format && found !== 0) throw new Error('is of another format');
      // Before the first table, so that what is deleted leaves the file. A crash of the system may cost the file.
      database.exec(`PRAGMA auto_vacuum = FULL; PRAGMA synchronous = OFF; ${schema}; PRAGMA user_version = ${format}`);
    } catch (error) {
      database.close();
      throw error;
    }
    this.#database = database;
    return database;
  }

  #discard(): void {
    this.close();
    for (const each of [this.#path, `${this.#path}-journal`]) rmSync(each, { force: true });
  }

  /** The library locks by making a folder, which a server that is killed in the middle of a transaction leaves behind. */
  #awaitLock(): void {
    const lock = `${this.#path}.lock`;
    const found = statSync(lock, { throwIfNoEntry: false });
    if (found && Date.now() - found.mtimeMs > abandonedMs) rmSync(lock, { recursive: true, force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lockPause);
  }

  #read({ uri, hash, modified, size, ids, starts, vectors, digest }: QueryResult): StoredFile | undefined {
    const blobs = [ids, starts, vectors].map((blob) =>
      blob instanceof Uint8Array ? Buffer.from(blob) : Buffer.alloc(0),
    );
    const [idBytes, startBytes, vectorBytes] = blobs as [Buffer, Buffer, Buffer];
    const count = idBytes.length / idLength;
    const fits = startBytes.length === count * 4 && vectorBytes.length === count * this.#dim;
    if (!(digest instanceof Uint8Array) || !fits || !digestOf(String(hash), this.#dim, blobs).equals(digest))
      return undefined;
    const text = idBytes.toString('latin1');
    return {
      file: { uri: String(uri), hash: String(hash), modified: Number(modified), size: Number(size) },
      sentences: {
        ids: Array.from({ length: count }, (_, i) => text.slice(i * idLength, (i + 1) * idLength)),
        starts: new Uint32Array(new Uint8Array(startBytes).buffer),
        vectors: new Int8Array(new Uint8Array(vectorBytes).buffer),
      },
    };
  }
}

function digestOf(fileHash: string, dim: number, blobs: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256').update(`${format} ${dim} ${fileHash}`);
  for (const blob of blobs) hash.update(blob);
  return hash.digest();
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array | Int8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
