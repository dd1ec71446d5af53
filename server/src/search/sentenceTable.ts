/** The indexed sentences in memory: for each file their ids, places and vectors, and the search among them. */
import { type ConceptVector, normalized } from '../concepts/conceptVector.ts';
import { mostApart, signsApart, signsLength, signsOf } from '../concepts/signs.ts';
import { putAmongBest } from '../concepts/similarity.ts';

/** One file as it was read: nothing of its text. */
export interface IndexedFile {
  readonly uri: string;
  /** SHA-256 of its bytes, in hex: the places hold for these alone. */
  readonly hash: string;
  /** Milliseconds since 1970, and bytes: what tells without reading that it is still the same. */
  readonly modified: number;
  readonly size: number;
}

/** The sentences of a file, in order. */
export interface IndexedSentences {
  /** Of each sentence (see contentHash). */
  readonly ids: readonly string[];
  /** Offset of each sentence in the file's text, in UTF-16 units. */
  readonly starts: Uint32Array;
  /** Rows of `dim` numbers, each vector scaled so that its largest component is ±127. */
  readonly vectors: Int8Array;
}

/** A sentence that was found. */
export interface FoundPlace {
  readonly uri: string;
  readonly hash: string;
  readonly id: string;
  readonly start: number;
  readonly similarity: number;
}

/**
 * How many sentences are compared number by number: those whose signs differ least from the query's. Among 100,000 the
 * best twenty are practically always among these, and all others cost a twentieth as much.
 */
const comparedClosely = 4096;

interface Entry extends IndexedSentences {
  readonly file: IndexedFile;
  readonly signs: Int32Array;
  /** One over each row's length. */
  readonly scales: Float32Array;
}

export class SentenceTable {
  readonly #dim: number;
  readonly #entries = new Map<string, Entry>();
  #sentences = 0;

  constructor(dim: number) {
    this.#dim = dim;
  }

  get files(): IndexedFile[] {
    return [...this.#entries.values()].map(({ file }) => file);
  }

  get sentences(): number {
    return this.#sentences;
  }

  /** Takes a file in, in the stead of what was known of it. */
  put(file: IndexedFile, { ids, starts, vectors }: IndexedSentences): void {
    this.delete(file.uri);
    const length = signsLength(this.#dim);
    const signs = new Int32Array(ids.length * length);
    const scales = new Float32Array(ids.length);
    for (let row = 0; row < ids.length; row++) {
      const vector = vectors.subarray(row * this.#dim, (row + 1) * this.#dim);
      signs.set(signsOf(vector), row * length);
      let sum = 0;
      for (const x of vector) sum += x * x;
      scales[row] = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    }
    this.#entries.set(file.uri, { file, ids, starts, vectors, signs, scales });
    this.#sentences += ids.length;
  }

  /** The same bytes were found with another date. */
  touch(file: IndexedFile): void {
    const entry = this.#entries.get(file.uri);
    if (entry) this.#entries.set(file.uri, { ...entry, file });
  }

  /** The vectors that are known of a file, by the sentence's id. */
  vectorsOf(uri: string): Map<string, Int8Array> {
    const { ids = [], vectors = new Int8Array() } = this.#entries.get(uri) ?? {};
    return new Map(ids.map((id, row) => [id, vectors.subarray(row * this.#dim, (row + 1) * this.#dim)]));
  }

  delete(uri: string): void {
    this.#sentences -= this.#entries.get(uri)?.ids.length ?? 0;
    this.#entries.delete(uri);
  }

  clear(): void {
    this.#entries.clear();
    this.#sentences = 0;
  }

  /** The `count` sentences most similar to a concept, best first, outside of the files `except`. */
  search(concept: ConceptVector, count: number, except: ReadonlySet<string>): FoundPlace[] {
    const query = normalized(concept);
    const entries = [...this.#entries.values()].filter(({ file }) => !except.has(file.uri));
    const apart = this.#signsApart(entries, signsOf(query));
    const most = mostApart(apart, this.#dim, comparedClosely);
    const best: FoundPlace[] = [];
    let at = 0;
    for (const { file, ids, starts, vectors, scales } of entries) {
      for (let row = 0; row < ids.length; row++) {
        if ((apart[at++] as number) > most) continue;
        const similarity = dot(query, vectors, row * this.#dim) * (scales[row] as number);
        const { uri, hash } = file;
        putAmongBest(best, count, { uri, hash, id: ids[row] as string, start: starts[row] as number, similarity });
      }
    }
    return best;
  }

  /** In how many dimensions each sentence's signs differ from these. */
  #signsApart(entries: readonly Entry[], signs: Int32Array): Uint16Array {
    const apart = new Uint16Array(entries.reduce((sum, { ids }) => sum + ids.length, 0));
    let at = 0;
    for (const { ids, signs: all } of entries) {
      for (let row = 0; row < ids.length; row++) apart[at++] = signsApart(signs, all, row * signs.length);
    }
    return apart;
  }
}

function dot(query: ConceptVector, rows: Int8Array, from: number): number {
  let sum = 0;
  for (let i = 0; i < query.length; i++) sum += (query[i] as number) * (rows[from + i] as number);
  return sum;
}
