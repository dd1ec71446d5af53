/** The sentence encoder: sentences to concept vectors, in batches of like length. */
import { createHash } from 'node:crypto';
import type { ConceptVector } from '../concepts/conceptVector.ts';
import type { Bundle } from './bundle.ts';
import type { Manifest } from './manifest.ts';
import { floatData, integers, openOnnxModel, type RunOptions } from './onnxModel.ts';
import { createTokenizer } from './tokenizer.ts';
import type { Checkpoint } from './workQueue.ts';

/** Bounds of one run, for about 50 ms on two cores: sentences, and tokens with padding. */
const maxBatch = 16;
const maxBatchTokens = 480;
/** No token of the vocabulary is longer on average: what lies beyond is cut before the slow part. */
const maxCharactersPerToken = 32;

export interface SentenceEncoder {
  /** One vector for each sentence, in order; what exceeds the encoder's tokens is cut off. */
  encode(sentences: readonly string[], checkpoint: Checkpoint): Promise<ConceptVector[]>;
  release(): Promise<void>;
}

/** See EngineInfo.encoder. The hash of a graph stands for the weights inside it. */
export function encoderIdentity({ encoder, conceptDim, files }: Manifest): string {
  // An accelerator's vectors are the processor's but for rounding: each may read what the other kept.
  const { graph, acceleratorGraph: _, weights, tokenizer, tokenizerConfig, ...settings } = encoder;
  const named = [graph, tokenizer, tokenizerConfig, ...(weights ? [weights] : [])];
  const hashes = named.map((path) => files.find((file) => file.path === path)?.sha256);
  return createHash('sha256')
    .update(JSON.stringify([conceptDim, settings, hashes]))
    .digest('hex');
}

/** Opens the bundle's encoder. Throws BundleError if graph or tokenizer are not what the manifest says. */
export async function openSentenceEncoder(bundle: Bundle, options: RunOptions): Promise<SentenceEncoder> {
  const { encoder, conceptDim } = bundle.manifest;
  const tokenizer = createTokenizer(
    encoder.tokenizer,
    await bundle.readJson(encoder.tokenizer),
    await bundle.readJson(encoder.tokenizerConfig),
  );
  const graph = options.device.isProcessor ? encoder.graph : (encoder.acceleratorGraph ?? encoder.graph);
  const model = await openOnnxModel(bundle.path(graph), {
    ...options,
    inputs: { input_ids: ['int64', 'B', 'T'], attention_mask: ['int64', 'B', 'T'] },
    outputs: { concepts: ['float32', 'B', conceptDim] },
  });

  const tokenize = (sentence: string) => {
    const text = encoder.prefix + sentence.slice(0, encoder.maxTokens * maxCharactersPerToken);
    const ids = tokenizer.encode(text);
    const end = ids.at(-1);
    // The end mark stays when the middle is cut.
    return ids.length > encoder.maxTokens && end !== undefined ? [...ids.slice(0, encoder.maxTokens - 1), end] : ids;
  };

  return {
    async encode(sentences, checkpoint) {
      const vectors: ConceptVector[] = new Array(sentences.length);
      const rows: Row[] = [];
      for (const [index, sentence] of sentences.entries()) {
        rows.push({ index, ids: tokenize(sentence) });
        if (index % 256 === 255) await checkpoint();
      }
      for (const batch of batches(rows)) {
        await checkpoint();
        const length = Math.max(...batch.map((row) => row.ids.length));
        const dims = [batch.length, length];
        const padded = (valueAt: (row: Row, position: number) => number) =>
          integers(
            batch.flatMap((row) => Array.from({ length }, (_, i) => (i < row.ids.length ? valueAt(row, i) : 0))),
            dims,
          );
        const out = await model.run({
          input_ids: padded((row, i) => row.ids[i] as number),
          attention_mask: padded(() => 1),
        });
        const data = floatData(out, 'concepts'); // (B, conceptDim)
        batch.forEach((row, i) => {
          vectors[row.index] = data.slice(i * conceptDim, (i + 1) * conceptDim);
        });
      }
      return vectors;
    },
    release: () => model.release(),
  };
}

interface Row {
  readonly index: number;
  readonly ids: readonly number[];
}

/** Rows sorted by length and cut into runs: little of a batch is padding, and none lasts long. */
export function batches(rows: readonly Row[]): Row[][] {
  const sorted = [...rows].sort((a, b) => a.ids.length - b.ids.length);
  const result: Row[][] = [];
  let batch: Row[] = [];
  for (const row of sorted) {
    // Sorted upwards, so the newest row's length is the batch's.
    if (batch.length > 0 && (batch.length >= maxBatch || (batch.length + 1) * row.ids.length > maxBatchTokens)) {
      result.push(batch);
      batch = [];
    }
    batch.push(row);
  }
  if (batch.length > 0) result.push(batch);
  return result;
}
