/** Concept vectors of sentences by their ids, a bounded number, and the search among all of them. */
import { LruCache } from '../base/lruCache.ts';
import { type Steps, triflesAtOnce } from '../base/steps.ts';
import type { ConceptVector } from '../concepts/conceptVector.ts';
import { mostApart, signsApart, signsLength, signsOf } from '../concepts/signs.ts';
import { cosine } from '../concepts/similarity.ts';

/** A vector, and where its signs stand. */
interface Row {
  readonly id: string;
  readonly vector: ConceptVector;
  readonly at: number;
}

/** To a query; undefined where it was not worked out. */
export type Similarity = number | undefined;

/** Signs that are compared in a step. */
const signsAtOnce = 2048;

export class VectorTable {
  readonly #known: LruCache<string, Row>;
  /** By place; where none is, one may be put. */
  readonly #rows: (Row | undefined)[] = [];
  readonly #free: number[] = [];
  /** Of each place one after the other, so that to walk through them all is quick. */
  #signs = new Int32Array();

  /** Least recently used leave first. */
  constructor(bound: number) {
    this.#known = new LruCache(bound, ({ at }) => {
      this.#rows[at] = undefined;
      this.#free.push(at);
    });
  }

  get size(): number {
    return this.#known.size;
  }

  /** The vector, which now counts as just used. */
  get(id: string): ConceptVector | undefined {
    return this.#known.get(id)?.vector;
  }

  /** The vector, without counting as a use: for reading many at once. */
  peek(id: string): ConceptVector | undefined {
    return this.#known.peek(id)?.vector;
  }

  has(id: string): boolean {
    return this.#known.has(id);
  }

  /** All vectors have one length, until the table is cleared. */
  set(id: string, vector: ConceptVector): void {
    const at = this.#free.pop() ?? this.#rows.length;
    const row = { id, vector, at };
    this.#rows[at] = row;
    const length = signsLength(vector.length);
    if ((at + 1) * length > this.#signs.length) {
      const signs = new Int32Array(2 * (at + 1) * length);
      signs.set(this.#signs);
      this.#signs = signs;
    }
    this.#signs.set(signsOf(vector), at * length);
    this.#known.set(id, row);
  }

  clear(): void {
    this.#known.clear();
    this.#rows.length = 0;
    this.#free.length = 0;
    this.#signs = new Int32Array();
  }

  /**
   * By id those whose signs differ least from a query's, at least `count` for each query where there are as many: its
   * similarity to each query that it is one of them for. The most similar is practically always among a few hundredths.
   */
  *closest(queries: readonly ConceptVector[], count: number): Steps<ReadonlyMap<string, readonly Similarity[]>> {
    const found = new Map<string, Similarity[]>();
    for (const [i, query] of queries.entries()) {
      for (const { id, vector } of yield* this.#near(query, count)) {
        const similarities = found.get(id) ?? queries.map(() => undefined);
        similarities[i] = cosine(query, vector);
        found.set(id, similarities);
        if (found.size % triflesAtOnce === 0) yield;
      }
    }
    return found;
  }

  /** Those whose signs differ least, at least `count` where there are as many. */
  *#near(query: ConceptVector, count: number): Steps<Row[]> {
    const signs = signsOf(query);
    const apart = new Uint16Array(this.#rows.length);
    for (let at = 0; at < apart.length; at++) {
      apart[at] = this.#rows[at] ? signsApart(signs, this.#signs, at * signs.length) : query.length;
      if (at % signsAtOnce === 0) yield;
    }
    const most = mostApart(apart, query.length, count);
    const near: Row[] = [];
    for (let at = 0; at < apart.length; at++) {
      const row = (apart[at] as number) <= most ? this.#rows[at] : undefined;
      if (row) near.push(row);
    }
    return near;
  }
}
