/** One piece of work that several wait for: it is cancelled when the last of them is gone. */
import type { CancellationToken } from './cancellation.ts';
import { CancellationSource, raceCancellation } from './cancellationSource.ts';

export class SharedWork<T> {
  readonly #source = new CancellationSource();
  readonly #result: Promise<T>;
  #waiting = 0;

  /** Starts the work, which is asked to stop by the token. */
  constructor(work: (token: CancellationToken) => Promise<T>) {
    const { token } = this.#source;
    this.#result = raceCancellation(work(token), token);
  }

  /** True once it was cancelled or everybody has left: nobody can join it any more. */
  get isOver(): boolean {
    return this.#source.token.isCancellationRequested;
  }

  /** The work's outcome; CancellationError as soon as this token, or the work itself, is cancelled. */
  async join(token: CancellationToken): Promise<T> {
    this.#waiting++;
    try {
      return await raceCancellation(this.#result, token);
    } finally {
      this.#waiting--;
      if (this.#waiting === 0) this.cancel();
    }
  }

  /** Ends it for everybody. */
  cancel(): void {
    this.#source.cancel();
  }
}
