/** Cancellation as every room understands it: structurally the LSP library's token, without importing it. */

export interface CancellationToken {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(listener: () => void): { dispose(): void };
}

/** Thrown where work stops because its token was cancelled; never means "nothing found". */
export class CancellationError extends Error {
  override readonly name = 'CancellationError';
  constructor() {
    super('cancelled');
  }
}

/** Throws CancellationError when the token was cancelled. Ask it after every `await`. */
export function throwIfCancelled(token: CancellationToken): void {
  if (token.isCancellationRequested) throw new CancellationError();
}

/** A token that is never cancelled, for work nobody waits to stop. */
export const neverCancelled: CancellationToken = {
  isCancellationRequested: false,
  onCancellationRequested: () => ({ dispose() {} }),
};
