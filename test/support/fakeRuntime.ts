/** Stands in for onnxruntime-node: sessions made of functions, so that what surrounds the graphs is tested alone. */
import { createRequire } from 'node:module';
import type * as Ort from 'onnxruntime-node';

/** The runtime itself, whose tensors these are, and which runs the graphs that are no files. */
const { InferenceSession: RealSession, Tensor }: typeof Ort = createRequire(import.meta.url)('onnxruntime-node');

export interface FakeTensor {
  readonly type: string;
  readonly data: Float32Array | BigInt64Array;
  readonly dims: readonly number[];
}
export type FakeTensors = Record<string, FakeTensor>;
type Shape = readonly (number | string)[];

export interface FakeGraph {
  /** Element type and dims by name, as the graph itself would tell them. */
  readonly inputs: Readonly<Record<string, readonly [string, ...Shape]>>;
  readonly outputs: Readonly<Record<string, readonly [string, ...Shape]>>;
  run(feeds: FakeTensors): FakeTensors;
}

export const floatTensor = (data: ArrayLike<number>, dims: readonly number[]) =>
  new Tensor('float32', Float32Array.from(data), dims) as FakeTensor;
export const integerTensor = (data: readonly number[], dims: readonly number[]) =>
  new Tensor('int64', BigInt64Array.from(data, BigInt), dims) as FakeTensor;

/** As they are now: what a run was given may be freed after it. */
function copied(tensors: FakeTensors): FakeTensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { type, data, dims }]) => [name, { type, data: data.slice(), dims }]),
  );
}

/** A runtime whose files are these graphs, by name; `providers` are those that can open them. */
export function fakeRuntime(graphs: Readonly<Record<string, FakeGraph>>, providers: readonly string[] = ['cpu']) {
  const runs: { readonly file: string; readonly feeds: FakeTensors }[] = [];
  const opened: { readonly file: string; readonly provider: string; released: number }[] = [];
  /** Graphs that are no files, opened and not yet released. */
  const inMemory = new Set<object>();
  const metadata = (values: FakeGraph['inputs']) =>
    Object.entries(values).map(([name, [type, ...shape]]) => ({ name, isTensor: type !== 'sequence', type, shape }));
  const InferenceSession = {
    async create(path: string | Uint8Array, options: { readonly executionProviders: readonly string[] }) {
      if (typeof path !== 'string') {
        const session = await RealSession.create(path, { executionProviders: ['cpu'] });
        const key = {};
        inMemory.add(key);
        const { inputMetadata, outputMetadata } = session;
        const run = (feeds: Parameters<typeof session.run>[0]) => session.run(feeds);
        const release = async () => {
          inMemory.delete(key);
          await session.release();
        };
        return { inputMetadata, outputMetadata, run, release };
      }
      const file = path.split('/').at(-1) as string;
      const graph = graphs[file];
      const [provider = ''] = options.executionProviders;
      if (!providers.includes(provider)) throw new Error(`no available backend: ${provider}`);
      if (!graph) throw new Error(`Load model from ${path} failed: Protobuf parsing failed.`);
      const session = { file, provider, released: 0 };
      opened.push(session);
      return {
        inputMetadata: metadata(graph.inputs),
        outputMetadata: metadata(graph.outputs),
        async run(feeds: FakeTensors) {
          if (session.released > 0) throw new Error('the session was released');
          runs.push({ file, feeds: copied(feeds) });
          for (const name of Object.keys(graph.inputs)) if (!feeds[name]) throw new Error(`input ${name} is missing`);
          return graph.run(feeds);
        },
        async release() {
          session.released++;
        },
      };
    },
  };
  return { module: { InferenceSession, Tensor }, runs, opened, inMemory };
}

/** The module itself, for `vi.mock`, whose sessions come from whatever runtime is current. */
export function currentRuntime(current: () => ReturnType<typeof fakeRuntime>) {
  const create = (...args: Parameters<ReturnType<typeof fakeRuntime>['module']['InferenceSession']['create']>) =>
    current().module.InferenceSession.create(...args);
  return { InferenceSession: { create }, Tensor };
}
