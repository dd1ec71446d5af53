/** Long work on the main thread, written as a generator that stops often: its runner decides who else has a turn. */
import { setImmediate } from 'node:timers/promises';
import { type CancellationToken, throwIfCancelled } from './cancellation.ts';

/** Yields after every fraction of a millisecond's work; its return value is the result. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** How many trifles make a step: a look into a map, an object. A step for each would cost more than they do. */
export const triflesAtOnce = 64;

/** Milliseconds of work in one turn. A request waits for several: to be read, answered, and written. */
const turn = 1;

/** All steps at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The steps in turns, with everything else that waits in between. Throws CancellationError between two of them. */
export async function inTurns<T>(steps: Steps<T>, token: CancellationToken): Promise<T> {
  throwIfCancelled(token);
  for (let start = performance.now(); ; ) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - start < turn) continue;
    await setImmediate();
    throwIfCancelled(token);
    start = performance.now();
  }
}
