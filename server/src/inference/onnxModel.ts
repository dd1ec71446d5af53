/** One .onnx file, opened: its signature checked, tensors fed and fetched, the session kept until released. */
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { BundleError } from './manifest.ts';

/** Tensors by name, as a graph takes or gives them. */
export type Tensors = Record<string, Tensor>;

/** A graph's inputs or outputs: element type and dims, where a string is any size (and names it in errors). */
export type Signature = Record<string, readonly ['float32' | 'int64', ...(number | string)[]]>;

export interface OnnxModelOptions {
  /** Execution providers to try, in order; `cpu` is tried last in any case. */
  readonly providers: readonly string[];
  /** Threads of one run; 2 at most by default, so that the editor keeps the other cores. */
  readonly threads?: number;
  /**
   * Whether threads wait for their next part of a run by spinning: a quarter faster where a run has hundreds of short
   * operators, for about 30 ms of one core after each run. Without it they sleep, and leave the cores to the editor.
   */
  readonly spinning?: boolean;
  readonly inputs: Signature;
  readonly outputs: Signature;
  /** Told of each provider that was asked for and could not be used. */
  readonly onSkipped?: (provider: string, reason: string) => void;
}

export interface OnnxModel {
  /** The provider in use. */
  readonly provider: string;
  /**
   * One run. Blocks the thread while it lasts, so one run should last no more than about 50 ms. Fetches all outputs,
   * or those named.
   */
  run(feeds: Tensors, fetches?: readonly string[]): Promise<Tensors>;
  /** Frees the session. Safe to call twice. */
  release(): Promise<void>;
}

/** Threads of one run unless told otherwise. */
export const defaultThreads = Math.min(2, availableParallelism());

/** Opens the graph at `path`. Throws BundleError if no provider takes it or if its signature is another. */
export async function openOnnxModel(path: string, options: OnnxModelOptions): Promise<OnnxModel> {
  const name = basename(path);
  const { session, provider } = await createSession(path, options);
  try {
    checkSignature(name, 'input', session.inputMetadata, options.inputs);
    checkSignature(name, 'output', session.outputMetadata, options.outputs);
  } catch (error) {
    await session.release();
    throw error;
  }
  let released: Promise<void> | undefined;
  return {
    provider,
    run: (feeds, fetches) => (fetches ? session.run(feeds, fetches) : session.run(feeds)) as Promise<Tensors>,
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

async function createSession(path: string, options: OnnxModelOptions) {
  const providers = [...options.providers.filter((provider) => provider !== 'cpu'), 'cpu'];
  let reason = '';
  for (const provider of providers) {
    try {
      const session = await InferenceSession.create(path, {
        executionProviders: [provider],
        intraOpNumThreads: options.threads ?? defaultThreads,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'all',
        // Shapes change from run to run: a memory pattern kept for each would only grow.
        enableMemPattern: false,
        extra: { session: { intra_op: { allow_spinning: options.spinning ? '1' : '0' } } },
      });
      return { session, provider };
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
      if (provider !== 'cpu') options.onSkipped?.(provider, reason);
    }
  }
  throw new BundleError(`${basename(path)}: ONNX Runtime cannot open it (${reason})`);
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
    if (!value) throw new BundleError(`${name}: ${side} ${field} is missing, expected ${type} (${dims.join(', ')})`);
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
