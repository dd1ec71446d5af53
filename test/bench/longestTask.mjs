/**
 * Preloaded into a server (`node --import`): on SIGUSR2 it writes into the file that FORESAY_LONGEST_TASK names for how
 * many milliseconds its main thread was taken at most since the last time.
 */
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/** Milliseconds between two looks at the clock, which are in each delay. */
const resolution = 1;

if (isMainThread) {
  const delays = monitorEventLoopDelay({ resolution });
  delays.enable();
  process.on('SIGUSR2', () => {
    writeFileSync(process.env.FORESAY_LONGEST_TASK, String(Math.max(0, delays.max / 1e6 - resolution)));
    delays.reset();
  });
}
