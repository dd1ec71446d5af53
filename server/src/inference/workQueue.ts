/** Whose turn it is at the model: one piece of work at a time, the writer's requests before work in the background. */
import { type CancellationToken, throwIfCancelled } from '../base/cancellation.ts';

/** Called between two runs: throws CancellationError if the work was cancelled, and lets more urgent work go first. */
export type Checkpoint = () => Promise<void>;

/** `interactive`: the writer waits for it. `background`: indexing and the like, which may take long. */
export type Urgency = 'interactive' | 'background';

export interface WorkQueue {
  /** Runs `work` when its turn comes; work cancelled before that is never begun. */
  run<T>(urgency: Urgency, token: CancellationToken, work: (checkpoint: Checkpoint) => Promise<T>): Promise<T>;
}

export function createWorkQueue(): WorkQueue {
  const waiting: Record<Urgency, (() => void)[]> = { interactive: [], background: [] };
  let busy = false;

  const takeTurn = (urgency: Urgency, first: boolean): Promise<void> => {
    if (!busy) {
      busy = true;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      if (first) waiting[urgency].unshift(resolve);
      else waiting[urgency].push(resolve);
    });
  };
  const passTurn = () => {
    const next = waiting.interactive.shift() ?? waiting.background.shift();
    if (next) next();
    else busy = false;
  };

  return {
    async run(urgency, token, work) {
      await takeTurn(urgency, false);
      try {
        await incomingMessages();
        throwIfCancelled(token);
        return await work(async () => {
          await incomingMessages();
          throwIfCancelled(token);
          if (urgency === 'background' && waiting.interactive.length > 0) {
            // It goes on as soon as the writer's requests are served, before other work in the background.
            const turn = takeTurn(urgency, true);
            passTurn();
            await turn;
            throwIfCancelled(token);
          }
        });
      } finally {
        passTurn();
      }
    },
  };
}

/** One turn of the event loop: a run blocks the thread, and cancels and new requests wait in the channel meanwhile. */
function incomingMessages(): Promise<void> {
  // The first immediate may come before the channel was polled, and messages are dispatched in immediates of their own.
  return new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));
}
