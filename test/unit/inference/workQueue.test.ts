/** Whose turn it is at the model. */
import { describe, expect, test } from 'vitest';
import { CancellationError, neverCancelled } from '../../../server/src/base/cancellation.ts';
import { CancellationSource } from '../../../server/src/base/cancellationSource.ts';
import { type Checkpoint, createWorkQueue, type Urgency } from '../../../server/src/inference/workQueue.ts';

/** A queue whose work writes down its steps; `steps` of 3 means three runs with a checkpoint between them. */
function recordedQueue() {
  const queue = createWorkQueue();
  const done: string[] = [];
  const work =
    (name: string, steps: number, between = () => {}) =>
    async (checkpoint: Checkpoint) => {
      for (let step = 1; step <= steps; step++) {
        if (step > 1) await checkpoint();
        done.push(`${name}${step}`);
        between();
      }
      return name;
    };
  const run = (urgency: Urgency, name: string, steps = 1, between = () => {}) =>
    queue.run(urgency, neverCancelled, work(name, steps, between));
  return { queue, done, work, run };
}

describe('turns', () => {
  test('work runs one at a time, in the order it came', async () => {
    const { done, run } = recordedQueue();
    await Promise.all([run('interactive', 'a', 3), run('interactive', 'b', 2), run('interactive', 'c')]);
    expect(done).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'c1']);
  });

  test('the writer’s requests go before waiting background work', async () => {
    const { done, run } = recordedQueue();
    await Promise.all([run('interactive', 'a', 2), run('background', 'x'), run('interactive', 'b')]);
    expect(done).toEqual(['a1', 'a2', 'b1', 'x1']);
  });

  test('background work lets them in at its checkpoints, and goes on before other background work', async () => {
    const { done, run } = recordedQueue();
    const later: Promise<unknown>[] = [];
    const asks = () => {
      if (later.length === 0) later.push(run('background', 'y'), run('interactive', 'a', 2), run('interactive', 'b'));
    };
    await run('background', 'x', 3, asks);
    await Promise.all(later);
    expect(done).toEqual(['x1', 'a1', 'a2', 'b1', 'x2', 'x3', 'y1']);
  });

  test('requests do not wait for each other’s checkpoints', async () => {
    const { done, run } = recordedQueue();
    const later: Promise<unknown>[] = [];
    await run('interactive', 'a', 2, () => void later.push(run('interactive', 'b')));
    await Promise.all(later);
    expect(done.slice(0, 2)).toEqual(['a1', 'a2']);
  });

  test('results and errors come to who asked, and the queue goes on', async () => {
    const { queue, run } = recordedQueue();
    const failing = queue.run('interactive', neverCancelled, async (checkpoint) => {
      await checkpoint();
      throw new RangeError('no');
    });
    const next = run('interactive', 'a');
    await expect(failing).rejects.toThrow(RangeError);
    expect(await next).toBe('a');
    expect(await run('background', 'b')).toBe('b');
  });
});

describe('cancelling', () => {
  test('before its turn: the work is never begun', async () => {
    const { queue, done, work, run } = recordedQueue();
    const source = new CancellationSource();
    const first = run('interactive', 'a', 2);
    const second = queue.run('interactive', source.token, work('b', 1));
    source.cancel();
    await expect(second).rejects.toThrow(CancellationError);
    await first;
    expect(done).toEqual(['a1', 'a2']);
  });

  test.each(['interactive', 'background'] as const)(
    'at a checkpoint of %s work: it ends, the next begins',
    async (urgency) => {
      const { queue, done, work, run } = recordedQueue();
      const source = new CancellationSource();
      const first = queue.run(
        urgency,
        source.token,
        work('a', 3, () => source.cancel()),
      );
      const second = run(urgency, 'b');
      await expect(first).rejects.toThrow(CancellationError);
      await second;
      expect(done).toEqual(['a1', 'b1']);
    },
  );

  test('while it lets others go first: it does not come back', async () => {
    const { queue, done, work, run } = recordedQueue();
    const source = new CancellationSource();
    const later: Promise<unknown>[] = [];
    const first = queue.run(
      'background',
      source.token,
      work('x', 2, () => void later.push(run('interactive', 'a', 1, () => source.cancel()))),
    );
    await expect(first).rejects.toThrow(CancellationError);
    await Promise.all(later);
    expect(done).toEqual(['x1', 'a1']);
    expect(await run('background', 'y')).toBe('y');
  });

  test('a token that was cancelled before', async () => {
    const { queue, done, work } = recordedQueue();
    const source = new CancellationSource();
    source.cancel();
    await expect(queue.run('interactive', source.token, work('a', 1))).rejects.toThrow(CancellationError);
    expect(done).toEqual([]);
  });
});

test('messages that came during a run are heard at its checkpoint', async () => {
  const { queue } = recordedQueue();
  const heard: string[] = [];
  await queue.run('interactive', neverCancelled, async (checkpoint) => {
    setImmediate(() => setImmediate(() => heard.push('message')));
    await checkpoint();
    expect(heard).toEqual(['message']);
  });
});
