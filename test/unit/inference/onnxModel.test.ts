/** Opening one graph: its signature, its place, what crosses to it, and that its session is freed. */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Device } from '../../../server/src/inference/device.ts';
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
const options: OnnxModelOptions = { device: new Device('cpu'), ...signature };

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

test('a file that cannot be opened is told with the reason', async () => {
  await expect(openOnnxModel('/b/other.onnx', options)).rejects.toThrow(
    /^other\.onnx: ONNX Runtime cannot open it \(.*Protobuf parsing failed/,
  );
});

test('a provider that is not there is told with the reason', async () => {
  await expect(openOnnxModel('/b/denoiser.onnx', { ...options, device: new Device('webgpu') })).rejects.toThrow(
    'denoiser.onnx: ONNX Runtime cannot open it (no available backend: webgpu)',
  );
});

test('of a failed check of the runtime only what is wrong is told', async () => {
  const runtimeOf = withGraph();
  runtimeOf.module.InferenceSession.create = async () => {
    throw new Error('/src/webgpu_context.cc:136 void f()::<lambda()> a == b was false. Failed to get an adapter');
  };
  await expect(openOnnxModel('/b/denoiser.onnx', options)).rejects.toThrow(
    'denoiser.onnx: ONNX Runtime cannot open it (Failed to get an adapter)',
  );
});

describe('what crosses', () => {
  const opened = async (provider: string) => {
    withGraph({}, [provider]);
    const device = new Device(provider);
    const model = await openOnnxModel('/b/denoiser.onnx', { ...options, device, kept: ['plans'] });
    return { device, model };
  };

  test('is counted on an accelerator: inputs from here, outputs that come here', async () => {
    const { device, model } = await opened('webgpu');
    await model.run(feeds());
    // 8 floats and 2 integers there; the fake's outputs, 8 floats and 1, are here.
    expect(device.traffic).toEqual({ sentBytes: 8 * 4 + 2 * 8, receivedBytes: 9 * 4, heldBytes: 0 });
    await model.release();
  });

  test('is nothing on the processor', async () => {
    const { device, model } = await opened('cpu');
    await model.run(feeds());
    expect(device.traffic).toEqual({ sentBytes: 0, receivedBytes: 0, heldBytes: 0 });
    await model.release();
  });
});
