/** The index of one server: the table in memory that is searched, and the database that it comes from and goes to. */
import type { ConceptVector } from '../concepts/conceptVector.ts';
import { directionOf } from '../concepts/direction.ts';
import type { EncoderKey } from '../store/vectorFile.ts';
import { IndexDatabase } from './indexDatabase.ts';
import { databaseFile } from './indexFiles.ts';
import { type FoundPlace, type IndexedFile, SentenceTable } from './sentenceTable.ts';

export interface OpenParams {
  /** Folder of the database (absolute), which need not exist yet; `undefined` keeps nothing on disk. */
  readonly directory: string | undefined;
  readonly encoder: EncoderKey;
  /** What the uris of the files begin with. */
  readonly folders: readonly string[];
}

export interface PutParams {
  readonly file: IndexedFile;
  readonly ids: readonly string[];
  readonly starts: Uint32Array;
  /** Vectors of the sentences that `known` did not name, by id. */
  readonly vectors: ReadonlyMap<string, ConceptVector>;
}

export interface SearchParams {
  readonly query: ConceptVector;
  readonly count: number;
  /** Uris of files that are not looked into. */
  readonly except: readonly string[];
}

export interface IndexState {
  readonly files: number;
  readonly sentences: number;
  /** On disk, those of other workspaces included. */
  readonly bytes: number;
}

/** The index as the main thread has it: every call of a session, answered by another thread. */
export type SentenceIndex = {
  readonly [K in keyof IndexSession]: (...args: Parameters<IndexSession[K]>) => Promise<ReturnType<IndexSession[K]>>;
} & {
  /** Ends the thread. Safe to call twice. */
  dispose(): Promise<void>;
};

/** Its calls block: for a thread of its own. */
export class IndexSession {
  #table = new SentenceTable(0);
  #database: IndexDatabase | undefined;

  /** Gives the files that are in the index; what was open before is closed. */
  open({ directory, encoder: { encoder, conceptDim }, folders }: OpenParams): IndexedFile[] {
    this.close();
    this.#table = new SentenceTable(conceptDim);
    const path = directory === undefined ? undefined : databaseFile(directory, encoder);
    this.#database = path === undefined ? undefined : new IndexDatabase(path, conceptDim);
    for (const folder of folders) {
      for (const { file, sentences } of this.#database?.below(folder) ?? []) this.#table.put(file, sentences);
    }
    return this.#table.files;
  }

  /** The ids of a file's sentences whose vectors are there. */
  known(uri: string): string[] {
    return [...this.#table.vectorsOf(uri).keys()];
  }

  put({ file, ids, starts, vectors }: PutParams): void {
    const known = this.#table.vectorsOf(file.uri);
    const rows = ids.map((id) => {
      const vector = vectors.get(id);
      return vector ? directionOf(vector) : known.get(id);
    });
    // Without its vector a sentence is left out: it was known when it was asked for, and the index was cleared since.
    const kept = rows.flatMap((row, i) => (row ? [{ row, id: ids[i] as string, start: starts[i] as number }] : []));
    const dim = kept[0]?.row.length ?? 0;
    const all = new Int8Array(kept.length * dim);
    for (const [i, { row }] of kept.entries()) all.set(row, i * dim);
    const sentences = {
      ids: kept.map(({ id }) => id),
      starts: Uint32Array.from(kept, ({ start }) => start),
      vectors: all,
    };
    this.#table.put(file, sentences);
    this.#database?.put(file, sentences);
  }

  /** The same bytes were found with another date. */
  touch(file: IndexedFile): void {
    this.#table.touch(file);
    this.#database?.touch(file);
  }

  delete(uris: readonly string[]): void {
    for (const uri of uris) this.#table.delete(uri);
    this.#database?.delete(uris);
  }

  search({ query, count, except }: SearchParams): FoundPlace[] {
    return this.#table.search(query, count, new Set(except));
  }

  state(): IndexState {
    const { files, sentences } = this.#table;
    return { files: files.length, sentences, bytes: this.#database?.size ?? 0 };
  }

  /** Deletes everything, of all workspaces. */
  clear(): void {
    this.#table.clear();
    this.#database?.clear();
  }

  /** Lets go of the database; nothing is found any more. */
  close(): void {
    this.#table.clear();
    this.#database?.close();
    this.#database = undefined;
  }
}
