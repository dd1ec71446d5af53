/** Graphs of a bundle as plain functions with the shapes of the real ones: a causal LCM and a decoder that can be read. */
import type { Bundle } from '../../server/src/inference/bundle.ts';
import type { Manifest } from '../../server/src/inference/manifest.ts';
import { byteTokenizerJson, endToken, startToken } from './byteVocabulary.ts';
import { type FakeGraph, type FakeTensors, floatTensor, integerTensor } from './fakeRuntime.ts';
import { tinyManifest } from './tinyBundle.ts';

export const conceptDim = 6;
const [layers, heads, headDim] = [2, 1, 3];
const vocabularySize = Object.keys(byteTokenizerJson().model.vocab).length;

/** A bundle whose graphs are the functions below; `roles` are what its LCM was told. */
export function fakeBundle(roles?: Manifest['lcm']['roles']): Bundle {
  const tiny = tinyManifest();
  const axis = (d: number) => Array.from({ length: conceptDim }, (_, i) => (i === d ? 1 : 0));
  const manifest: Manifest = {
    ...tiny,
    conceptDim,
    normalizer: { center: Array(conceptDim).fill(0), scale: Array(conceptDim).fill(1) },
    lcm: {
      ...tiny.lcm,
      contextLength: 8,
      contextLayers: layers,
      contextHeads: heads,
      denoiserLayers: layers,
      denoiserHeads: heads,
      headDim,
      summary: { separator: axis(0), stop: axis(1), stopThreshold: 0.9 },
      ...(roles && { roles }),
    },
    decoder: {
      ...tiny.decoder,
      layers,
      kvHeads: 1,
      headDim,
      hiddenDim: 4,
      vocabularySize,
      startToken,
      endToken,
      topCount: 4,
    },
  };
  const json: Readonly<Record<string, unknown>> = {
    'decoder.tokenizer.json': byteTokenizerJson(),
    'decoder.tokenizer_config.json': { tokenizer_class: 'GPT2Tokenizer' },
  };
  return {
    directory: '/fake',
    manifest,
    path: (file) => `/fake/${file}`,
    readJson: async (file) => json[file],
    graphBytes: 0,
  };
}

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);
const row = (data: FakeTensors[string], i: number, size: number) =>
  Array.from(data.data as Float32Array).slice(i * size, (i + 1) * size);

/**
 * Causal, as the contextualizer is: the state of a position is made of its concept, its place in the window and the
 * state before it, so that nothing but the right past gives the right state.
 */
const contextualizer: FakeGraph = {
  inputs: {
    concepts: ['float32', 'N', conceptDim],
    past_keys: ['float32', layers, heads, 'P', headDim],
    past_values: ['float32', layers, heads, 'P', headDim],
  },
  outputs: {
    present_keys: ['float32', layers, heads, 'P+N', headDim],
    present_values: ['float32', layers, heads, 'P+N', headDim],
    cross_keys: ['float32', layers, heads, 'N', headDim],
    cross_values: ['float32', layers, heads, 'N', headDim],
  },
  run({ concepts, past_keys, past_values }) {
    if (!concepts || !past_keys || !past_values) throw new Error('feeds');
    const added = concepts.dims[0] as number;
    const past = past_keys.dims[2] as number;
    const states = (before: FakeTensors[string], sign: number) => {
      const data: number[] = [];
      const fresh: number[] = [];
      for (let layer = 0; layer < layers; layer++) {
        const kept = row(before, layer, past * headDim);
        data.push(...kept);
        let last = kept.at(-1) ?? 0;
        for (let n = 0; n < added; n++) {
          const own = sum(row(concepts, n, conceptDim).map((x, d) => x * (d + 1)));
          last = Math.fround(sign * (layer + 1) * own + (past + n) / 10 + last / 2);
          const state = Array(headDim).fill(last);
          data.push(...state);
          fresh.push(...state);
        }
      }
      return {
        present: floatTensor(data, [layers, heads, past + added, headDim]),
        cross: floatTensor(fresh, [layers, heads, added, headDim]),
      };
    };
    const keys = states(past_keys, 1);
    const values = states(past_values, -1);
    return {
      present_keys: keys.present,
      present_values: values.present,
      cross_keys: keys.cross,
      cross_values: values.cross,
    };
  },
};

/** Plans: the noise of their rows, that of the steps, and a little of the context. */
const sampler: FakeGraph = {
  inputs: {
    cross_keys: ['float32', layers, heads, 'C', headDim],
    cross_values: ['float32', layers, heads, 'C', headDim],
    noise: ['float32', 'n', conceptDim],
    step_noise: ['float32', 'S', 'n', conceptDim],
    timesteps: ['int64', 'S'],
    coefficients: ['float32', 'S', 5],
    guidance_scale: ['float32', 1],
    guidance_rescale: ['float32', 1],
  },
  outputs: { plans: ['float32', 'n', conceptDim] },
  run({ cross_keys, cross_values, noise, step_noise }) {
    if (!cross_keys || !cross_values || !noise || !step_noise) throw new Error('feeds');
    const count = noise.dims[0] as number;
    const steps = step_noise.dims[0] as number;
    const context = sum(cross_keys.data as Float32Array) - sum(cross_values.data as Float32Array);
    const plans = Array.from({ length: count * conceptDim }, (_, at) => {
      let value = Number(noise.data[at]) + (at % conceptDim === 2 ? Math.sin(context) : 0);
      for (let step = 0; step < steps; step++) value += Number(step_noise.data[step * count * conceptDim + at]) / 4;
      return value;
    });
    return { plans: floatTensor(plans, [count, conceptDim]) };
  },
};

/** Expected: for each place the sum of what stands before it in the window, and a mark where nothing does. */
const expectation: FakeGraph = {
  inputs: { concepts: ['float32', 'N', conceptDim] },
  outputs: { expected: ['float32', 'N', conceptDim] },
  run({ concepts }) {
    if (!concepts) throw new Error('feeds');
    const count = concepts.dims[0] as number;
    const running = Array(conceptDim).fill(0);
    const rows: number[] = [];
    for (let n = 0; n < count; n++) {
      rows.push(...(n === 0 ? Array(conceptDim).fill(1) : running));
      row(concepts, n, conceptDim).forEach((x, d) => {
        running[d] += x;
      });
    }
    return { expected: floatTensor(rows, [count, conceptDim]) };
  },
};

/** The plan's first number is what the decoder hears of it. */
const planHead: FakeGraph = {
  inputs: { concepts: ['float32', 'n', conceptDim] },
  outputs: { prefix: ['float32', 'n', 1, 4], lexical: ['float32', 'n', 4] },
  run({ concepts }) {
    if (!concepts) throw new Error('feeds');
    const count = concepts.dims[0] as number;
    const heard = Array.from({ length: count }, (_, n) => Array(4).fill(Number(concepts.data[n * conceptDim]))).flat();
    return { prefix: floatTensor(heard, [count, 1, 4]), lexical: floatTensor(heard, [count, 4]) };
  },
};

/** What stands in the cache for the soft prefix. */
export const prefixMark = -1;

/**
 * A decoder that remembers its tokens in the cache, as numbers. `next` says what a row wants after these tokens: ids by
 * falling preference. Its cache is laid out as the real one's, so that a row taken from the wrong place is seen.
 */
export function decoderGraph(next: (tokens: readonly number[], plan: number) => readonly number[]): FakeGraph {
  const cache = Array.from({ length: layers }, (_, i) =>
    ['key', 'value'].map((part) => `past_key_values.${i}.${part}`),
  );
  const top = 4;
  return {
    inputs: {
      input_ids: ['int64', 'B', 'N'],
      prefix: ['float32', 'B', 'K', 4],
      lexical: ['float32', 'B', 4],
      logit_bias: ['float32', 1, vocabularySize],
      ...Object.fromEntries(cache.flat().map((name) => [name, ['float32', 'P', 'B', 1, headDim] as const])),
    },
    outputs: {
      top_logits: ['float32', 'B', top],
      top_ids: ['int64', 'B', top],
      top_lexical: ['float32', 'B', top],
      log_sum_exp: ['float32', 'B', 1],
      added: ['float32', 'K+N', 'B', 2 * layers, headDim],
    },
    run(feeds) {
      const { input_ids, prefix, lexical, logit_bias } = feeds;
      const past = feeds['past_key_values.0.key'];
      if (!input_ids || !prefix || !lexical || !logit_bias || !past) throw new Error('feeds');
      const [batch = 0, added = 0] = input_ids.dims;
      const heard = prefix.dims[1] as number;
      // The first position is of no token.
      const length = (past.dims[0] as number) - 1;
      const rows = Array.from({ length: batch }, (_, b) => [
        ...Array.from({ length }, (_, token) => Number(past.data[((1 + token) * batch + b) * headDim])),
        ...Array(heard).fill(prefixMark),
        ...Array.from(input_ids.data.slice(b * added, (b + 1) * added), Number),
      ]);
      const ids: number[] = [];
      const logits: number[] = [];
      for (const [b, tokens] of rows.entries()) {
        const wanted = next(tokens, Number(lexical.data[b * 4])).filter((id) => Number(logit_bias.data[id]) === 0);
        // The rest of the list is what the bias allows, by falling id.
        for (let id = vocabularySize - 1; wanted.length < top && id >= 0; id--) {
          if (Number(logit_bias.data[id]) === 0 && !wanted.includes(id)) wanted.push(id);
        }
        while (wanted.length < top) wanted.push(0);
        ids.push(...wanted.slice(0, top));
        logits.push(...wanted.slice(0, top).map((id, i) => 4 - i + Number(logit_bias.data[id])));
      }
      const width = 2 * layers * headDim;
      const fresh = Array.from({ length: heard + added }, (_, position) =>
        rows.flatMap((tokens) => Array<number>(width).fill(tokens[length + position] as number)),
      );
      return {
        top_logits: floatTensor(logits, [batch, top]),
        top_ids: integerTensor(ids, [batch, top]),
        top_lexical: floatTensor(Array(batch * top).fill(0), [batch, top]),
        log_sum_exp: floatTensor(Array(batch).fill(5), [batch, 1]),
        added: floatTensor(fresh.flat(), [heard + added, batch, 2 * layers, headDim]),
      };
    },
  };
}

/** The graphs of `fakeBundle` by file. */
export function fakeGraphs(decoder: FakeGraph = decoderGraph(() => [endToken])): Record<string, FakeGraph> {
  return {
    'contextualizer.onnx': contextualizer,
    'sampler.onnx': sampler,
    'expectation.onnx': expectation,
    'plan_head.onnx': planHead,
    'decoder.onnx': decoder,
  };
}
