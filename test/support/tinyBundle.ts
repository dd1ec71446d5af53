/** Bundle directories of a few bytes: valid in everything that is checked before ONNX Runtime sees a graph. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../../server/src/inference/manifest.ts';
import { cosineAlphasCumprod } from '../../server/src/lcm/noiseSchedule.ts';
import { byteTokenizerJson } from './byteVocabulary.ts';

const tokenizer = JSON.stringify(byteTokenizerJson());

/** What each file of a tiny bundle holds. */
export const tinyFiles: Readonly<Record<string, string>> = {
  'encoder.onnx': 'the encoder’s graph',
  'encoder.accelerator.onnx': 'the encoder’s graph for accelerators',
  'encoder.bin': 'the weights of both',
  'encoder.tokenizer.json': tokenizer,
  'encoder.tokenizer_config.json': '{"tokenizer_class":"GPT2Tokenizer"}',
  'contextualizer.onnx': 'the contextualizer’s graph',
  'sampler.onnx': 'the sampler’s graph',
  'expectation.onnx': 'the expectation’s graph',
  'decoder.onnx': 'the decoder’s graph',
  'plan_head.onnx': 'the plan head’s graph',
  'decoder.tokenizer.json': tokenizer,
  'decoder.tokenizer_config.json': '{"tokenizer_class":"GPT2Tokenizer"}',
};

/** A new manifest that is valid for `tinyFiles`. */
export function tinyManifest(): Manifest {
  const trainSteps = 20;
  return {
    format: 'foresay-bundle',
    formatVersion: 1,
    name: 'tiny',
    version: '1',
    languages: ['en'],
    conceptDim: 2,
    encoder: {
      graph: 'encoder.onnx',
      acceleratorGraph: 'encoder.accelerator.onnx',
      weights: 'encoder.bin',
      tokenizer: 'encoder.tokenizer.json',
      tokenizerConfig: 'encoder.tokenizer_config.json',
      pooling: 'mean',
      prefix: '',
      maxTokens: 128,
    },
    normalizer: { center: [0, 0], scale: [1, 1] },
    lcm: {
      architecture: 'two-tower',
      contextualizer: 'contextualizer.onnx',
      sampler: 'sampler.onnx',
      expectation: 'expectation.onnx',
      modelDim: 4,
      contextLength: 8,
      contextLayers: 1,
      contextHeads: 1,
      denoiserLayers: 1,
      denoiserHeads: 1,
      headDim: 4,
      trainSteps,
      noiseSchedule: 'squaredcos_cap_v2',
      alphasCumprod: [...cosineAlphasCumprod(trainSteps)],
      predictionType: 'sample',
      defaults: { steps: 5, guidanceScale: 2, guidanceRescale: 0.7, initialNoiseScale: 1, eta: 0 },
      summary: { separator: [1, 0], stop: [0, 1], stopThreshold: 0.9 },
    },
    decoder: {
      graph: 'decoder.onnx',
      planHead: 'plan_head.onnx',
      tokenizer: 'decoder.tokenizer.json',
      tokenizerConfig: 'decoder.tokenizer_config.json',
      layers: 1,
      kvHeads: 1,
      headDim: 4,
      hiddenDim: 4,
      vocabularySize: 300,
      prefixLength: 1,
      contextTokens: 8,
      startToken: 0,
      endToken: 1,
      topCount: 8,
    },
    ranking: { minScore: 0.2 },
    summary: { default: 'extractive' },
    files: Object.entries(tinyFiles).map(([path, content]) => ({
      path,
      bytes: Buffer.byteLength(content),
      sha256: createHash('sha256').update(content).digest('hex'),
    })),
    licenses: [{ what: 'everything', license: 'Apache-2.0', source: 'this file' }],
    data: 'none',
    metrics: {},
  };
}

/** A copy of `value` with `found` at a path such as `lcm.files[2].bytes`; `undefined` takes the field away. */
export function withField<T>(value: T, path: string, found: unknown): T {
  const copy = structuredClone(value);
  const keys = path.split(/[.[\]]+/u).filter((key) => key !== '');
  const last = keys.pop() as string;
  const parent = keys.reduce((at, key) => at[key] as Record<string, unknown>, copy as Record<string, unknown>);
  if (found === undefined) delete parent[last];
  else parent[last] = found;
  return copy;
}

export interface TinyBundle {
  readonly directory: string;
  /** Absolute path of a file in it. */
  file(path: string): string;
  /** Writes the manifest anew. */
  write(manifest: unknown): void;
  dispose(): void;
}

/** A valid bundle in a new temporary directory. */
export function createTinyBundle(): TinyBundle {
  const directory = mkdtempSync(join(tmpdir(), 'foresay-bundle-'));
  const file = (path: string) => join(directory, path);
  const write = (manifest: unknown) => writeFileSync(file('manifest.json'), JSON.stringify(manifest));
  for (const [path, content] of Object.entries(tinyFiles)) writeFileSync(file(path), content);
  write(tinyManifest());
  return { directory, file, write, dispose: () => rmSync(directory, { recursive: true, force: true }) };
}
