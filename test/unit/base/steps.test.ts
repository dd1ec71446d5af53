/** Long work in steps: the same result all at once and in turns, with others in between and a cancel that is heard. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { CancellationError, neverCancelled } from '../../../server/src/base/cancellation.ts';
import { CancellationSource } from '../../../server/src/base/cancellationSource.ts';
import { finish, inTurns, type Steps } from '../../../server/src/base/steps.ts';

/** Busy for `milliseconds`, a step each; notes the steps it took. */
function* busy(milliseconds: number, taken: number[] = []): Steps<string> {
  for (let i = 0; i < milliseconds; i++) {
    for (const until = performance.now() + 1; performance.now() < until; );
    taken.push(i);
    yield;
  }
  return 'done';
}

describe('steps', () => {
  test('all at once', () => {
    const taken: number[] = [];
    expect(finish(busy(3, taken))).toBe('done');
    expect(taken).toEqual([0, 1, 2]);
  });

  test('in turns, with others in between', async () => {
    let over = false;
    const work = inTurns(busy(40), neverCancelled).finally(() => {
      over = true;
    });
    let others = 0;
    for (; !over; others++) await setImmediate();
    expect(await work).toBe('done');
    expect(others).toBeGreaterThan(2);
  });

  test('a cancel ends them between two turns, and whoever goes on finds what was done', async () => {
    const taken: number[] = [];
    const steps = busy(40, taken);
    const source = new CancellationSource();
    const work = inTurns(steps, source.token);
    await setImmediate();
    source.cancel();
    await expect(work).rejects.toBeInstanceOf(CancellationError);
    expect(taken.length).toBeLessThan(40);
    expect(finish(steps)).toBe('done');
    expect(taken).toEqual([...Array(40).keys()]);
  });

  test('none with a token that is cancelled already, and an error of the work is its own', async () => {
    const source = new CancellationSource();
    source.cancel();
    const taken: number[] = [];
    await expect(inTurns(busy(2, taken), source.token)).rejects.toBeInstanceOf(CancellationError);
    expect(taken).toEqual([]);
    const fails = (function* (): Steps<never> {
      yield;
      throw new RangeError('of its own');
    })();
    await expect(inTurns(fails, neverCancelled)).rejects.toThrow('of its own');
  });
});
