/** The process that embeds sentences with the bundle's encoder, for the same messages as `embeddingPeer.mjs`. */
import { neverCancelled } from '../../../server/src/base/cancellation.ts';
import { createLocalEngine } from '../../../server/src/inference/localEngine.ts';

const engine = createLocalEngine({ bundlePath: process.argv[2] ?? 'models/bundle', provider: 'cpu' });
await engine.ready();

process.on('message', async ({ sentences, batch }: { sentences: string[]; batch: number }) => {
  const from = performance.now();
  const used = process.cpuUsage();
  for (let start = 0; start < sentences.length; start += batch) {
    await engine.encode(sentences.slice(start, start + batch), neverCancelled);
  }
  const { user, system } = process.cpuUsage(used);
  process.send?.({ ms: performance.now() - from, cpu: (user + system) / 1e6 });
});

process.send?.({ ready: true });
