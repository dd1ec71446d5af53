/** Each graph on webgpu: the numbers that it gives on the processor, and no node of it left behind there. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import { type Bundle, openBundle } from '../../server/src/inference/bundle.ts';
import { coefficientsPerStep, gaussianStream, planSteps } from '../../server/src/lcm/sampler.ts';
import { hasDevice, limit, orSkipped, shipped, tiny } from './device.ts';

/** Cosine of all of an output's numbers: each rounds activations in its own places. */
const nearlyEqual = 0.99;
type Tensors = Record<string, Tensor>;
type Output = { readonly name: string; readonly dims: readonly number[]; readonly values: readonly number[] };

const folder = mkdtempSync(join(tmpdir(), 'foresay-gpu-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const noise = (seed: number) => {
  const next = gaussianStream(seed, 0);
  return (dims: readonly number[], scale = 1) =>
    new Tensor(
      'float32',
      Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => scale * next()),
      dims,
    );
};
const integers = (values: readonly number[], dims: readonly number[] = [values.length]) =>
  new Tensor('int64', BigInt64Array.from(values, BigInt), dims);

/** Small inputs of each graph: two new positions behind three, two plans, two rows of text of which one is shorter. */
const inputs: Readonly<Record<string, (bundle: Bundle) => Tensors>> = {
  encoder: () => ({
    input_ids: integers([101, 1996, 3712, 102, 101, 2300, 102, 0], [2, 4]),
    attention_mask: integers([1, 1, 1, 1, 1, 1, 1, 0], [2, 4]),
  }),
  contextualizer({ manifest: { lcm, conceptDim } }) {
    const float = noise(1);
    const past = [lcm.contextLayers, lcm.contextHeads, 3, lcm.headDim];
    return { concepts: float([2, conceptDim]), past_keys: float(past), past_values: float(past) };
  },
  expectation: ({ manifest }) => ({ concepts: noise(2)([3, manifest.conceptDim]) }),
  sampler({ manifest: { lcm, conceptDim } }) {
    const float = noise(3);
    const { timesteps, coefficients } = planSteps(lcm.alphasCumprod, 2, 0);
    const cross = [lcm.denoiserLayers, lcm.denoiserHeads, 3, lcm.headDim];
    return {
      cross_keys: float(cross),
      cross_values: float(cross),
      noise: float([2, conceptDim], 0.8),
      step_noise: float([2, 2, conceptDim]),
      timesteps: integers(timesteps),
      coefficients: new Tensor('float32', coefficients, [2, coefficientsPerStep]),
      guidance_scale: new Tensor('float32', Float32Array.of(3), [1]),
      guidance_rescale: new Tensor('float32', Float32Array.of(0.7), [1]),
    };
  },
  plan_head: ({ manifest }) => ({ concepts: noise(4)([2, manifest.conceptDim], manifest.conceptDim ** -0.5) }),
  decoder({ manifest: { decoder } }) {
    const { layers, kvHeads, headDim, hiddenDim, vocabularySize, prefixLength } = decoder;
    const float = noise(5);
    const past = Array.from({ length: layers }, (_, i) => [`${i}.key`, `${i}.value`])
      .flat()
      .map((name) => [`past_key_values.${name}`, float([3, 2, kvHeads, headDim])] as const);
    return {
      input_ids: integers([40, 80, 120, 160], [2, 2]),
      prefix: float([2, prefixLength, hiddenDim]),
      lexical: float([2, hiddenDim], 0.1),
      logit_bias: new Tensor('float32', new Float32Array(vocabularySize), [1, vocabularySize]),
      ...Object.fromEntries(past),
    };
  },
};

interface NodeRun {
  readonly name: string;
  readonly args: {
    readonly op_name: string;
    readonly provider: string;
    readonly input_type_shape: readonly Record<string, readonly number[]>[];
    readonly output_type_shape: readonly Record<string, readonly number[]>[];
  };
}

/** One run: outputs, and what ONNX Runtime's profile says of each node. */
async function run(graph: string, provider: string, feeds: Tensors) {
  const profileFilePrefix = join(folder, provider);
  const session = await InferenceSession.create(graph, {
    executionProviders: [provider],
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
    enableProfiling: true,
    profileFilePrefix,
  });
  const out = await session.run(feeds);
  const outputs = Object.entries(out).map(([name, { dims, data }]): Output => {
    return { name, dims: [...dims], values: Array.from(data as Float32Array, Number) };
  });
  session.endProfiling();
  await session.release();
  const [file = ''] = readdirSync(folder);
  const profile: readonly NodeRun[] = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  rmSync(join(folder, file));
  return { outputs, nodes: profile.filter(({ args }) => args?.provider !== undefined) };
}

/**
 * Nodes on the processor that deal in more than shapes: floats, of more than one element, are numbers of the model.
 * A loop's own node only counts; what is in it are nodes too.
 */
function leftBehind(nodes: readonly NodeRun[]): string[] {
  const big = (values: NodeRun['args']['input_type_shape']) =>
    values.some(({ float }) => float !== undefined && float.reduce((a, b) => a * b, 1) > 1);
  return nodes
    .filter(({ args }) => args.provider === 'CPUExecutionProvider' && args.op_name !== 'Loop')
    .filter(({ args }) => big(args.input_type_shape) || big(args.output_type_shape))
    .map(({ args, name }) => `${args.op_name} ${name}`);
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

async function bothWays(directory: string, name: string) {
  const bundle = await openBundle(directory);
  const feeds = inputs[name]?.(bundle) ?? {};
  const graph = bundle.path(`${name}.onnx`);
  const { encoder } = bundle.manifest;
  const there = name === 'encoder' ? bundle.path(encoder.acceleratorGraph ?? encoder.graph) : graph;
  return { here: await run(graph, 'cpu', feeds), there: await run(there, 'webgpu', feeds) };
}

function expectSame(here: readonly Output[], there: readonly Output[]): void {
  expect(there.map(({ name, dims }) => ({ name, dims }))).toEqual(here.map(({ name, dims }) => ({ name, dims })));
  here.forEach(({ name, values }, i) => {
    // Of two tokens that are as good, either may be first: their logits are compared, not their ids.
    if (/^top_(ids|lexical)$/.test(name)) return;
    expect(cosine(values, there[i]?.values ?? []), name).toBeGreaterThan(nearlyEqual);
  });
}

describe.skipIf(!hasDevice)(`as the scripts export them now ${orSkipped}`, () => {
  test.each(Object.keys(inputs))('%s', { timeout: limit }, async (name) => {
    const { here, there } = await bothWays(tiny, name);
    expectSame(here.outputs, there.outputs);
    expect(there.nodes.length).toBeGreaterThan(0);
    expect(there.nodes.some(({ args }) => args.provider === 'WebGpuExecutionProvider')).toBe(true);
    expect(leftBehind(there.nodes)).toEqual([]);
    expect(leftBehind(here.nodes)).not.toEqual([]); // it would be found
  });
});

// Its decoder is left out: 134 million weights take SwiftShader a minute and more for each token.
describe.skipIf(!hasDevice)(`as they ship ${orSkipped}`, () => {
  test.each(Object.keys(inputs).filter((name) => name !== 'decoder'))('%s', { timeout: limit }, async (name) => {
    const { here, there } = await bothWays(shipped, name);
    expectSame(here.outputs, there.outputs);
    expect(leftBehind(there.nodes)).toEqual([]);
  });
});
