/** A map with a bound: what was not used for longest leaves first. */

export class LruCache<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #bound: number;

  /** Holds at most `bound` entries; throws RangeError if that is not a positive integer. */
  constructor(bound: number) {
    if (!Number.isInteger(bound) || bound < 1) throw new RangeError(`LruCache: bound is ${bound}, expected 1 or more`);
    this.#bound = bound;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value, which now counts as just used. */
  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  /** The value, without counting as a use: for reading many at once. */
  peek(key: K): V | undefined {
    return this.#entries.get(key);
  }

  /** Without counting as a use; the one not used for longest comes first. */
  keys(): Iterable<K> {
    return this.#entries.keys();
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#bound) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}
