/** Making, linking and waiting on cancellation tokens. */
import { CancellationError, type CancellationToken } from './cancellation.ts';

/** Owns one token and cancels it; cancelling twice is safe. */
export class CancellationSource {
  #cancelled = false;
  readonly #listeners = new Set<() => void>();
  readonly token: CancellationToken;

  /** A source with parents is cancelled as soon as one of them is. Dispose it to let go of them. */
  constructor(...parents: readonly CancellationToken[]) {
    const source = this;
    this.token = {
      get isCancellationRequested() {
        return source.#cancelled;
      },
      onCancellationRequested: (listener) => source.#listen(listener),
    };
    for (const parent of parents) {
      if (parent.isCancellationRequested) this.cancel();
      else this.#parents.push(parent.onCancellationRequested(() => this.cancel()));
    }
  }

  readonly #parents: { dispose(): void }[] = [];

  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    for (const listener of [...this.#listeners]) listener();
    this.dispose();
  }

  dispose(): void {
    for (const parent of this.#parents.splice(0)) parent.dispose();
    this.#listeners.clear();
  }

  #listen(listener: () => void): { dispose(): void } {
    if (this.#cancelled) listener();
    else this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }
}

/** The promise's outcome, or CancellationError as soon as the token is cancelled; the work itself goes on. */
export function raceCancellation<T>(work: Promise<T>, token: CancellationToken): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const listening = token.onCancellationRequested(() => reject(new CancellationError()));
    // A token cancelled before the call rejects above, and the settling below changes nothing any more.
    work.then(resolve, reject).finally(() => listening.dispose());
    if (token.isCancellationRequested) reject(new CancellationError());
  });
}
