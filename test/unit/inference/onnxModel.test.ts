/** Opening one graph: its signature, the providers, and that its session is freed. */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { BundleError } from '../../../server/src/inference/manifest.ts';
import { floats, integers, type OnnxModelOptions, openOnnxModel } from '../../../server/src/inference/onnxModel.ts';
import { type FakeGraph, fakeRuntime, floatTensor } from '../../support/fakeRuntime.ts';

type Runtime = ReturnType<typeof fakeRuntime>;
const runtime = vi.hoisted(() => ({ current: undefined as Runtime | undefined }));
vi.mock('onnxruntime-node', async () => {
  const { currentRuntime } = await import('../../support/fakeRuntime.ts');
  return currentRuntime(() => runtime.current as Runtime);
});

const graph: FakeGraph = {
  inputs: { concepts: ['float32', 'N', 4], ids: ['int64', 'N'] },
  outputs: { plans: ['float32', 'n', 4], extra: ['float32', 1] },
  run: ({ concepts }) => ({ plans: concepts as never, extra: floatTensor([1], [1]) }),
};
const signature = {
  inputs: { concepts: ['float32', 'N', 4], ids: ['int64', 'N'] },
  outputs: { plans: ['float32', 'n', 4] },
} as const;
const options: OnnxModelOptions = { providers: [], ...signature };

function withGraph(changes: Partial<FakeGraph> = {}, providers?: readonly string[]): Runtime {
  runtime.current = fakeRuntime({ 'denoiser.onnx': { ...graph, ...changes } }, providers);
  return runtime.current;
}
beforeEach(() => {
  withGraph();
});
const feeds = () => ({ concepts: floats(new Float32Array(8), [2, 4]), ids: integers([1, 2], [2]) });

test('opens, runs and is freed once', async () => {
  const { opened } = withGraph();
  const model = await openOnnxModel('/b/denoiser.onnx', options);
  expect(model.provider).toBe('cpu');
  expect((await model.run(feeds())).plans?.dims).toEqual([2, 4]);
  await Promise.all([model.release(), model.release()]);
  expect(opened).toEqual([{ file: 'denoiser.onnx', provider: 'cpu', released: 1 }]);
});

describe('a graph of another signature is refused, and its session freed', () => {
  test.each<[string, Partial<FakeGraph>, string]>([
    [
      'an input of another size',
      { inputs: { ...graph.inputs, concepts: ['float32', 'N', 512] } },
      'input concepts is (N, 512), expected (N, 4)',
    ],
    [
      'an input of another rank',
      { inputs: { ...graph.inputs, concepts: ['float32', 4] } },
      'input concepts is (4), expected (N, 4)',
    ],
    [
      'an input of another type',
      { inputs: { ...graph.inputs, ids: ['int32', 'N'] } },
      'input ids is int32, expected int64',
    ],
    [
      'an input that is no tensor',
      { inputs: { ...graph.inputs, ids: ['sequence'] } },
      'input ids is no tensor, expected int64',
    ],
    [
      'an input less',
      { inputs: { concepts: graph.inputs.concepts as never } },
      'input ids is missing, expected int64 (N)',
    ],
    ['an input more', { inputs: { ...graph.inputs, mask: ['int64', 'N'] } }, 'input mask is not expected'],
    ['an output less', { outputs: {} }, 'output plans is missing, expected float32 (n, 4)'],
    [
      'an output of another size',
      { outputs: { plans: ['float32', 'n', 384] } },
      'output plans is (n, 384), expected (n, 4)',
    ],
  ])('%s', async (_, changes, expected) => {
    const { opened } = withGraph(changes);
    const opening = openOnnxModel('/b/denoiser.onnx', options);
    await expect(opening).rejects.toThrow(BundleError);
    await expect(opening).rejects.toThrow(`denoiser.onnx: ${expected}`);
    expect(opened.map(({ released }) => released)).toEqual([1]);
  });

  test('open dims, and outputs more, are no fault', async () => {
    withGraph({ outputs: { plans: ['float32', 'rows', 'dim'], more: ['float32', 3] } });
    await (await openOnnxModel('/b/denoiser.onnx', options)).release();
  });
});

describe('providers', () => {
  test.each([
    [[], ['cpu'], 'cpu', []],
    [['cpu'], ['cpu'], 'cpu', []],
    [['webgpu'], ['cpu', 'webgpu'], 'webgpu', []],
    [['webgpu'], ['cpu'], 'cpu', ['webgpu']],
    [['cuda', 'webgpu'], ['cpu', 'webgpu'], 'webgpu', ['cuda']],
    [['nonsense'], ['cpu'], 'cpu', ['nonsense']],
  ])('%j asked for, %j at hand: %s', async (wanted, present, used, skipped) => {
    withGraph({}, present);
    const told: string[] = [];
    const model = await openOnnxModel('/b/denoiser.onnx', {
      ...options,
      providers: wanted,
      onSkipped: (provider) => told.push(provider),
    });
    expect({ used: model.provider, told }).toEqual({ used, told: skipped });
    await model.release();
  });

  test('a file that none of them opens is told with the reason', async () => {
    await expect(openOnnxModel('/b/other.onnx', options)).rejects.toThrow(
      /^other\.onnx: ONNX Runtime cannot open it \(.*Protobuf parsing failed/,
    );
  });
});
