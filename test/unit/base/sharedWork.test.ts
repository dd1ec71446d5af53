/** Work that several wait for: who leaves does not disturb the others, and the last one ends it. */
import { describe, expect, test } from 'vitest';
import { CancellationError, type CancellationToken, neverCancelled } from '../../../server/src/base/cancellation.ts';
import { CancellationSource } from '../../../server/src/base/cancellationSource.ts';
import { SharedWork } from '../../../server/src/base/sharedWork.ts';

/** Work that ends when the test says so. */
function setUp() {
  let token: CancellationToken = neverCancelled;
  let resolve: (value: string) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const work = new SharedWork<string>((given) => {
    token = given;
    return new Promise((done, failed) => {
      resolve = done;
      reject = failed;
    });
  });
  return { work, resolve, reject, isCancelled: () => token.isCancellationRequested };
}

describe('the outcome', () => {
  test('is everybody’s', async () => {
    const { work, resolve } = setUp();
    const answers = Promise.all([work.join(neverCancelled), work.join(neverCancelled)]);
    resolve('done');
    expect(await answers).toEqual(['done', 'done']);
  });

  test('is an error for everybody too', async () => {
    const { work, reject } = setUp();
    const answers = Promise.allSettled([work.join(neverCancelled), work.join(neverCancelled)]);
    const error = new Error('broken');
    reject(error);
    expect(await answers).toEqual([
      { status: 'rejected', reason: error },
      { status: 'rejected', reason: error },
    ]);
  });
});

describe('leaving', () => {
  test('one of two ends nothing for the other', async () => {
    const { work, resolve, isCancelled } = setUp();
    const source = new CancellationSource();
    const left = work.join(source.token);
    const stays = work.join(neverCancelled);
    source.cancel();
    await expect(left).rejects.toBeInstanceOf(CancellationError);
    expect([isCancelled(), work.isOver]).toEqual([false, false]);
    resolve('done');
    expect(await stays).toBe('done');
  });

  test('the last one ends the work, which nobody can join any more', async () => {
    const { work, isCancelled } = setUp();
    const sources = [new CancellationSource(), new CancellationSource()];
    const answers = sources.map(({ token }) => work.join(token));
    for (const [i, answer] of answers.entries()) {
      sources[i]?.cancel();
      await expect(answer).rejects.toBeInstanceOf(CancellationError);
    }
    expect([isCancelled(), work.isOver]).toEqual([true, true]);
    await expect(work.join(neverCancelled)).rejects.toBeInstanceOf(CancellationError);
  });
});

test('cancelling it tells everybody at once, whatever the work does', async () => {
  const { work, isCancelled } = setUp();
  const answer = work.join(neverCancelled);
  work.cancel();
  expect(isCancelled()).toBe(true);
  await expect(answer).rejects.toBeInstanceOf(CancellationError);
});
