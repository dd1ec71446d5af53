/** A map with a bound: what was not used for longest leaves first. */

export class LruCache<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #bound: number;
  readonly #onLeft: (value: V) => void;

  /**
   * Holds at most `bound` entries; throws RangeError if that is not a positive integer. `onLeft` is told of each value
   * that is in it no more.
   */
  constructor(bound: number, onLeft: (value: V) => void = () => {}) {
    if (!Number.isInteger(bound) || bound < 1) throw new RangeError(`LruCache: bound is ${bound}, expected 1 or more`);
    this.#bound = bound;
    this.#onLeft = onLeft;
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
    if (this.#entries.get(key) !== value) this.delete(key);
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#bound) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.delete(oldest.value);
  }

  delete(key: K): void {
    const value = this.#entries.get(key);
    this.#entries.delete(key);
    if (value !== undefined) this.#onLeft(value);
  }

  clear(): void {
    for (const key of [...this.#entries.keys()]) this.delete(key);
  }
}
