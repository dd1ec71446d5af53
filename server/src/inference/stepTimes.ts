/** How long the decoder's steps take, by the number of wordings in one: the median of the last few. */

/** Steps remembered of each number: those of about two suggestions, so that a machine that is busy now counts as slow. */
const remembered = 48;

export class StepTimes {
  readonly #times = new Map<number, number[]>();

  /** One step of so many wordings took so many milliseconds. */
  add(wordings: number, ms: number): void {
    const times = this.#times.get(wordings) ?? [];
    times.push(ms);
    this.#times.set(wordings, times.slice(-remembered));
  }

  /** Milliseconds by number of wordings. */
  medians(): Map<number, number> {
    return new Map(Array.from(this.#times, ([wordings, times]) => [wordings, median(times)]));
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}
