/** Memory that is used again: fresh memory costs the system a page at a time, and the garbage collector its rounds. */

/** Float32 numbers that may lie free: 28 MB, a cache of two wordings. */
const mostFree = 7 * 1024 * 1024;

export class MemoryPool {
  /** The one given last is at the end. */
  #free: Float32Array[] = [];

  /** A buffer of at least `length` numbers, whatever they are, and of at most twice as many. */
  take(length: number): Float32Array {
    const fitting = this.#free
      .filter((memory) => memory.length >= length && memory.length <= 2 * length)
      .toSorted((a, b) => a.length - b.length)[0];
    if (!fitting) return new Float32Array(length);
    this.#free = this.#free.filter((memory) => memory !== fitting);
    return fitting;
  }

  /** The buffer is nobody's any more. Of too many, those given first are left to the collector. */
  give(memory: Float32Array): void {
    this.#free.push(memory);
    let total = this.#free.reduce((sum, { length }) => sum + length, 0);
    while (total > mostFree) total -= this.#free.shift()?.length ?? total;
  }
}
