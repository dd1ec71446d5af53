/** The encoder round its graph: every sentence comes back in its place, whatever batches it was run in. */
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CancellationError } from '../../../server/src/base/cancellation.ts';
import type { Bundle } from '../../../server/src/inference/bundle.ts';
import { Device } from '../../../server/src/inference/device.ts';
import {
  batches,
  encoderIdentity,
  openSentenceEncoder,
  type SentenceEncoder,
} from '../../../server/src/inference/sentenceEncoder.ts';
import { byteTokenizerJson } from '../../support/byteVocabulary.ts';
import { type FakeGraph, fakeRuntime, floatTensor } from '../../support/fakeRuntime.ts';
import { tinyManifest, withField } from '../../support/tinyBundle.ts';

type Runtime = ReturnType<typeof fakeRuntime>;
const runtime = vi.hoisted(() => ({ current: undefined as Runtime | undefined }));
vi.mock('onnxruntime-node', async () => {
  const { currentRuntime } = await import('../../support/fakeRuntime.ts');
  return currentRuntime(() => runtime.current as Runtime);
});

/** The concept of a sentence: how many tokens the mask lets through, and the sum of their ids. */
const graph: FakeGraph = {
  inputs: { input_ids: ['int64', 'B', 'T'], attention_mask: ['int64', 'B', 'T'] },
  outputs: { concepts: ['float32', 'B', 2] },
  run({ input_ids, attention_mask }) {
    if (!input_ids || !attention_mask) throw new Error('feeds');
    const [batch = 0, length = 0] = input_ids.dims;
    const rows = Array.from({ length: batch }, (_, b) => {
      const ids = Array.from(input_ids.data.slice(b * length, (b + 1) * length), Number);
      const mask = Array.from(attention_mask.data.slice(b * length, (b + 1) * length), Number);
      return [mask.reduce((a, x) => a + x, 0), ids.reduce((a, id, i) => a + id * (mask[i] as number), 0)];
    });
    return { concepts: floatTensor(rows.flat(), [batch, 2]) };
  },
};
const goOn = async () => {};
let encoder: SentenceEncoder | undefined;
async function open(maxTokens = 128, prefix = '', provider = 'cpu', tiny = tinyManifest()) {
  runtime.current = fakeRuntime({ 'encoder.onnx': graph, 'encoder.accelerator.onnx': graph }, [provider]);
  const { encoder: manifest, ...rest } = tiny;
  const bundle: Bundle = {
    directory: '/fake',
    manifest: { ...rest, encoder: { ...manifest, maxTokens, prefix } },
    path: (file) => `/fake/${file}`,
    readJson: async (file) => (file.includes('config') ? { tokenizer_class: 'GPT2Tokenizer' } : byteTokenizerJson()),
    graphBytes: 0,
  };
  encoder = await openSentenceEncoder(bundle, { device: new Device(provider) });
  return encoder;
}
afterEach(async () => {
  await encoder?.release();
  expect(runtime.current?.opened.map(({ released }) => released)).toEqual(encoder ? [1] : []);
  encoder = undefined;
  runtime.current = fakeRuntime({});
});
const dims = () => (runtime.current as Runtime).runs.map(({ feeds }) => feeds.input_ids?.dims ?? []);

test('each sentence has the vector it has alone, in the order of the sentences', async () => {
  const opened = await open();
  const sentences = Array.from({ length: 70 }, (_, i) => 'the cat sat '.repeat(i % 23) + 'a'.repeat(i % 7));
  const together = await opened.encode(sentences, goOn);
  for (const [i, sentence] of sentences.entries()) expect(await opened.encode([sentence], goOn)).toEqual([together[i]]);
});

test('none of none; the empty sentence has a vector', async () => {
  const opened = await open();
  expect(await opened.encode([], goOn)).toEqual([]);
  expect(dims()).toEqual([]);
});

test.each([3, 10, 128])('a long sentence is cut at %i tokens, its end mark kept', async (maxTokens) => {
  const opened = await open(maxTokens);
  const [short] = await opened.encode(['a'.repeat(maxTokens)], goOn);
  expect(short?.[0]).toBe(maxTokens);
  const [long] = await opened.encode([`${'a'.repeat(1_000_000)}b`], goOn);
  expect(long?.[0]).toBe(maxTokens);
});

test('the bundle’s prefix stands before each', async () => {
  const plain = (await (await open()).encode(['query: the cat'], goOn)) as unknown[];
  await encoder?.release();
  expect(await (await open(128, 'query: ')).encode(['the cat'], goOn)).toEqual(plain);
});

test.each([
  ['the processor', 'cpu', tinyManifest(), 'encoder.onnx'],
  ['an accelerator', 'webgpu', tinyManifest(), 'encoder.accelerator.onnx'],
  [
    'an accelerator, with one graph for all',
    'cuda',
    withField(tinyManifest(), 'encoder.acceleratorGraph', undefined),
    'encoder.onnx',
  ],
])('the graph for %s', async (_, provider, manifest, name) => {
  await open(128, '', provider, manifest);
  expect(runtime.current?.opened.map(({ file }) => file)).toEqual([name]);
});

test('a run is no larger than 16 sentences and 480 tokens, padding counted', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 200 }), (lengths) => {
      const rows = lengths.map((length, index) => ({ index, ids: Array(length).fill(0) }));
      const all = batches(rows);
      for (const batch of all) {
        expect(batch.length).toBeGreaterThan(0);
        expect(batch.length).toBeLessThanOrEqual(16);
        const longest = Math.max(...batch.map(({ ids }) => ids.length));
        if (batch.length > 1) expect(batch.length * longest).toBeLessThanOrEqual(480);
      }
      const indexes = all.flat().map(({ index }) => index);
      expect(indexes.sort((a, b) => a - b)).toEqual(rows.map(({ index }) => index));
    }),
    { seed: 7 },
  );
});

test.each([0, 1, 3])('a cancel at checkpoint %i ends it; the next call is whole', async (count) => {
  const opened = await open();
  let left = count;
  const checkpoint = async () => {
    if (left-- === 0) throw new CancellationError();
  };
  const sentences = Array.from({ length: 100 }, (_, i) => 'the cat '.repeat(i));
  await expect(opened.encode(sentences, checkpoint)).rejects.toThrow(CancellationError);
  expect((await opened.encode(sentences, goOn)).length).toBe(100);
});

describe('the identity of an encoder', () => {
  const own = encoderIdentity(tinyManifest());
  /** The manifest with another content of one of its files. */
  const withHash = (path: string) => {
    const index = tinyManifest().files.findIndex((file) => file.path === path);
    return withField(tinyManifest(), `files[${index}].sha256`, '0'.repeat(64));
  };

  test('is 32 bytes in hex, the same each time', () => {
    expect(own).toMatch(/^[0-9a-f]{64}$/);
    expect(encoderIdentity(tinyManifest())).toBe(own);
  });

  test.each([
    ['its graph', withHash('encoder.onnx')],
    ['its weights', withHash('encoder.bin')],
    ['its tokenizer', withHash('encoder.tokenizer.json')],
    ['its tokenizer’s configuration', withHash('encoder.tokenizer_config.json')],
    ['what it puts before a sentence', withField(tinyManifest(), 'encoder.prefix', 'query: ')],
    ['where it cuts', withField(tinyManifest(), 'encoder.maxTokens', 64)],
    ['how long its vectors are', withField(tinyManifest(), 'conceptDim', 3)],
  ])('is another with %s', (_, manifest) => {
    expect(encoderIdentity(manifest)).not.toBe(own);
  });

  test.each([
    ['graph for accelerators', withHash('encoder.accelerator.onnx')],
    ['decoder', withHash('decoder.onnx')],
    ['LCM', withHash('sampler.onnx')],
    ['version', withField(tinyManifest(), 'version', '2')],
  ])('is the same with another %s', (_, manifest) => {
    expect(encoderIdentity(manifest)).toBe(own);
  });
});
