/**
 * A process that embeds sentences with all-MiniLM-L6-v2 in transformers.js, which tools for notes use. Arguments: the
 * packages' folder, the model's folder, dtype. Messages in: `{ sentences, batch }`; out: milliseconds and CPU seconds.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , folder, model, dtype] = process.argv;
const library = createRequire(`${folder}/package.json`).resolve('@huggingface/transformers');
const { env, pipeline } = await import(pathToFileURL(library).href);
env.allowRemoteModels = false;
env.localModelPath = path.dirname(model);
const embed = await pipeline('feature-extraction', path.basename(model), { dtype });

process.on('message', async ({ sentences, batch }) => {
  const from = performance.now();
  const used = process.cpuUsage();
  for (let start = 0; start < sentences.length; start += batch) {
    await embed(sentences.slice(start, start + batch), { pooling: 'mean', normalize: true });
  }
  const { user, system } = process.cpuUsage(used);
  process.send({ ms: performance.now() - from, cpu: (user + system) / 1e6 });
});

process.send({ ready: true });
