/** One .onnx file, opened: its signature checked, tensors fed and fetched, the session kept until released. */
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Device } from './device.ts';
import { BundleError } from './manifest.ts';

/** Tensors by name, as a graph takes or gives them. */
export type Tensors = Record<string, Tensor>;

/** A graph's inputs or outputs: element type and dims, where a string is any size (and names it in errors). */
export type Signature = Record<string, readonly ['float32' | 'int64', ...(number | string)[]]>;

export interface OnnxModelOptions {
  /** Where it runs, and where what crosses is counted. */
  readonly device: Device;
  /** Threads of one run; 2 at most by default, so that the editor keeps the other cores. */
  readonly threads?: number;
  /**
   * Whether threads wait for their next part of a run by spinning: a quarter faster where a run has hundreds of short
   * operators, for about 30 ms of one core after each run. Without it they sleep, and leave the cores to the editor.
   */
  readonly spinning?: boolean;
  readonly inputs: Signature;
  readonly outputs: Signature;
  /** Outputs that stay where they are computed, if they can: they are for a later run, not to be read. */
  readonly kept?: readonly string[];
}

/** What whoever opens a part of a bundle says of all its graphs. */
export type RunOptions = Pick<OnnxModelOptions, 'device' | 'threads'>;

export interface OnnxModel {
  /**
   * One run, whose outputs are all or those named; where some are kept, the first of the graph's, since onnxruntime-node
   * counts them off to find each one's place. Blocks the thread while it lasts, so one run should last no more than
   * about 50 ms.
   */
  run(feeds: Tensors): Promise<Tensors>;
  /** Frees the session. Safe to call twice. */
  release(): Promise<void>;
}

/** Threads of one run unless told otherwise. */
export const defaultThreads = Math.min(2, availableParallelism());

/** A graph that is no file. */
export interface GraphInMemory {
  /** What it is called in errors. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Opens a graph, mostly by its path. Throws BundleError if the provider refuses it or if its signature is another. */
export async function openOnnxModel(graph: string | GraphInMemory, options: OnnxModelOptions): Promise<OnnxModel> {
  const { device } = options;
  const name = typeof graph === 'string' ? basename(graph) : graph.name;
  const session = await createSession(graph, options).catch((error: unknown) => {
    // Of a failed check it tells file, line and code first, and then what is wrong.
    const reason = (error instanceof Error ? error.message : String(error)).replace(/^\/.*? was false\. /s, '');
    throw new BundleError(`${name}: ONNX Runtime cannot open it (${reason})`);
  });
  try {
    checkSignature(name, 'input', session.inputMetadata, options.inputs);
    checkSignature(name, 'output', session.outputMetadata, options.outputs);
  } catch (error) {
    await session.release();
    throw error;
  }
  let released: Promise<void> | undefined;
  return {
    async run(feeds) {
      const out = (await session.run(feeds)) as Tensors;
      device.count(Object.values(feeds), Object.values(out));
      return out;
    },
    release() {
      released ??= session.release();
      return released;
    },
  };
}

/** A float32 tensor; `data` is not copied. */
export function floats(data: Float32Array, dims: readonly number[]): Tensor {
  return new Tensor('float32', data, dims);
}

/** An int64 tensor of integers. */
export function integers(values: readonly number[], dims: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), dims);
}

/** An output by name, as float32 numbers. */
export function floatData(tensors: Tensors, name: string): Float32Array {
  return output(tensors, name).data as Float32Array;
}

/** An output by name. Throws if the run did not give it. */
export function output(tensors: Tensors, name: string): Tensor {
  const tensor = tensors[name];
  if (!tensor) throw new Error(`the graph gave no output ${name}`);
  return tensor;
}

function createSession(graph: string | GraphInMemory, options: OnnxModelOptions): Promise<InferenceSession> {
  const { device, outputs, kept = [] } = options;
  const place = (name: string) => (kept.includes(name) ? 'gpu-buffer' : 'cpu');
  const sessionOptions: InferenceSession.SessionOptions = {
    executionProviders: [device.provider],
    intraOpNumThreads: options.threads ?? defaultThreads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    // Shapes change from run to run: a memory pattern kept for each would only grow.
    enableMemPattern: false,
    // Errors only: of what it warns, that some arithmetic on shapes stays on the processor, nothing is wrong.
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: options.spinning ? '1' : '0' } } },
    ...(device.keepsOutputs && {
      preferredOutputLocation: Object.fromEntries(Object.keys(outputs).map((name) => [name, place(name)])),
    }),
  };
  return typeof graph === 'string'
    ? InferenceSession.create(graph, sessionOptions)
    : InferenceSession.create(graph.bytes, sessionOptions);
}

function checkSignature(
  name: string,
  side: 'input' | 'output',
  metadata: readonly InferenceSession.ValueMetadata[],
  signature: Signature,
): void {
  const found = new Map(metadata.map((value) => [value.name, value]));
  for (const [field, [type, ...dims]] of Object.entries(signature)) {
    const value = found.get(field);
    found.delete(field);
    if (!value) {
      const wanted = `${type} (${dims.join(', ')})`;
      throw new BundleError(`${name}: ${side} ${field} is missing, expected ${wanted}; export the bundle again`);
    }
    if (!value.isTensor || value.type !== type) {
      throw new BundleError(
        `${name}: ${side} ${field} is ${value.isTensor ? value.type : 'no tensor'}, expected ${type}`,
      );
    }
    // An output's dims may be left open by the exporter; a number must be the manifest's number.
    const fits =
      value.shape.length === dims.length &&
      dims.every((dim, i) => typeof dim === 'string' || typeof value.shape[i] !== 'number' || value.shape[i] === dim);
    if (!fits) {
      throw new BundleError(`${name}: ${side} ${field} is (${value.shape.join(', ')}), expected (${dims.join(', ')})`);
    }
  }
  const [unknown] = found.keys();
  // An extra output does no harm; an extra input would have to be fed.
  if (unknown !== undefined && side === 'input') throw new BundleError(`${name}: ${side} ${unknown} is not expected`);
}
