/** Stands in for onnxruntime-node: sessions made of functions, so that what surrounds the graphs is tested alone. */

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

class Tensor implements FakeTensor {
  readonly type: string;
  readonly data: Float32Array | BigInt64Array;
  readonly dims: readonly number[];
  constructor(type: string, data: Float32Array | BigInt64Array, dims: readonly number[]) {
    // As the real one does.
    const size = dims.reduce((product, dim) => product * dim, 1);
    if (data.length !== size) throw new Error(`Tensor's size(${size}) does not match data length(${data.length})`);
    this.type = type;
    this.data = data;
    this.dims = dims;
  }
}

export const floatTensor = (data: ArrayLike<number>, dims: readonly number[]) =>
  new Tensor('float32', Float32Array.from(data), dims);
export const integerTensor = (data: readonly number[], dims: readonly number[]) =>
  new Tensor('int64', BigInt64Array.from(data, BigInt), dims);

/** A runtime whose files are these graphs, by name; `providers` are those that can open them. */
export function fakeRuntime(graphs: Readonly<Record<string, FakeGraph>>, providers: readonly string[] = ['cpu']) {
  const runs: { readonly file: string; readonly feeds: FakeTensors }[] = [];
  const opened: { readonly file: string; readonly provider: string; released: number }[] = [];
  const metadata = (values: FakeGraph['inputs']) =>
    Object.entries(values).map(([name, [type, ...shape]]) => ({ name, isTensor: type !== 'sequence', type, shape }));
  const InferenceSession = {
    async create(path: string, options: { readonly executionProviders: readonly string[] }) {
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
          runs.push({ file, feeds });
          for (const name of Object.keys(graph.inputs)) if (!feeds[name]) throw new Error(`input ${name} is missing`);
          return graph.run(feeds);
        },
        async release() {
          session.released++;
        },
      };
    },
  };
  return { module: { InferenceSession, Tensor }, runs, opened };
}

/** The module itself, for `vi.mock`, whose sessions come from whatever runtime is current. */
export function currentRuntime(current: () => ReturnType<typeof fakeRuntime>) {
  const create = (...args: Parameters<ReturnType<typeof fakeRuntime>['module']['InferenceSession']['create']>) =>
    current().module.InferenceSession.create(...args);
  return { InferenceSession: { create }, Tensor };
}
