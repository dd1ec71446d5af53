/** ConceptEngine in this process: joins encoder, predictor and decoder of one bundle, one piece of work at a time. */
import { cpus } from 'node:os';
import { type CancellationToken, neverCancelled } from '../base/cancellation.ts';
import { errorMessage } from '../base/log.ts';
import { type ConceptEngine, type EngineInfo, EngineUnavailableError, type EngineUsage } from '../concepts/engine.ts';
import { type Bundle, openBundle } from './bundle.ts';
import { type ConceptDecoder, openConceptDecoder } from './conceptDecoder.ts';
import { type ConceptPredictor, openConceptPredictor } from './conceptPredictor.ts';
import { Device } from './device.ts';
import { defaultThreads } from './onnxModel.ts';
import { encoderIdentity, openSentenceEncoder, type SentenceEncoder } from './sentenceEncoder.ts';
import { type Checkpoint, createWorkQueue, type Urgency } from './workQueue.ts';

/** Sentences that are still encoded before background work: what a suggestion needs, not a document. */
const smallEncode = 16;

export interface LocalEngineOptions {
  readonly bundlePath: string;
  /** Execution provider to try first; `auto` is the CPU, for which the bundle's graphs are quantised. */
  readonly provider: string;
  /** Told of what went otherwise than asked, such as a provider that could not be used. */
  readonly onNotice?: (message: string) => void;
}

/** Its runs block the thread for up to about 50 ms each: for tests, tools and the inference host. Opens on first use. */
export function createLocalEngine(options: LocalEngineOptions): ConceptEngine {
  const queue = createWorkQueue();
  let opening: Promise<OpenEngine> | undefined;
  let disposed: Promise<void> | undefined;

  const refuseIfDisposed = () => {
    if (disposed) throw new EngineUnavailableError('The engine was closed.');
  };
  const opened = async (): Promise<OpenEngine> => {
    refuseIfDisposed();
    opening ??= openEngine(options).catch((error: unknown) => {
      opening = undefined; // the next call tries again: the bundle may have been repaired
      throw error;
    });
    return opening;
  };

  const run: RunWork = async (urgency, token, work) => {
    const engine = await opened();
    return queue.run(urgency, token, async (checkpoint) => {
      refuseIfDisposed();
      return work(engine, async () => {
        await checkpoint();
        refuseIfDisposed();
      });
    });
  };

  return {
    ready: async () => (await opened()).info,
    encode(sentences, token) {
      const urgency = sentences.length > smallEncode ? 'background' : 'interactive';
      return run(urgency, token, ({ encoder }, checkpoint) => encoder.encode(sentences, checkpoint));
    },
    predictNext: (request, token) =>
      run(urgencyOf(request), token, ({ predictor }, checkpoint) => predictor.predictNext(request, checkpoint)),
    expected: (concepts, token) =>
      run('background', token, ({ predictor }, checkpoint) => predictor.expected(concepts, checkpoint)),
    planSummary: (request, token) =>
      run('background', token, ({ predictor }, checkpoint) => predictor.planSummary(request, checkpoint)),
    decode: (request, token) =>
      run(urgencyOf(request), token, ({ decoder }, checkpoint) => decoder.decode(request, checkpoint)),
    prefill: (contextText, token) =>
      run('interactive', token, ({ decoder }, checkpoint) => decoder.prefill(contextText, checkpoint)),
    usage: async () => (await opened()).usage(),
    dispose() {
      disposed ??= (async () => {
        const engine = await opening?.catch(() => undefined);
        // In its turn: a session must not be freed between two runs of work that is not done.
        if (engine) await queue.run('interactive', neverCancelled, () => engine.release());
      })();
      return disposed;
    },
  };
}

function urgencyOf({ background = false }: { readonly background?: boolean }): Urgency {
  return background ? 'background' : 'interactive';
}

type RunWork = <T>(
  urgency: Urgency,
  token: CancellationToken,
  work: (engine: OpenEngine, checkpoint: Checkpoint) => Promise<T>,
) => Promise<T>;

interface OpenEngine {
  readonly info: EngineInfo;
  readonly encoder: SentenceEncoder;
  readonly predictor: ConceptPredictor;
  readonly decoder: ConceptDecoder;
  usage(): EngineUsage;
  release(): Promise<void>;
}

async function openEngine({ bundlePath, provider, onNotice }: LocalEngineOptions): Promise<OpenEngine> {
  const bundle = await openBundle(bundlePath);
  if (provider !== 'auto' && provider !== 'cpu') {
    try {
      return await openOn(new Device(provider), bundle, '');
    } catch (error) {
      // All graphs or none: a tensor that stays on a device is of no use to a graph that runs elsewhere.
      const notice = `Provider ${provider} cannot be used, cpu takes its place: ${errorMessage(error)}`;
      onNotice?.(notice);
      return openOn(new Device('cpu'), bundle, notice);
    }
  }
  return openOn(new Device('cpu'), bundle, '');
}

async function openOn(device: Device, bundle: Bundle, notice: string): Promise<OpenEngine> {
  const parts: { release(): Promise<void> }[] = [];
  const release = async () => {
    await Promise.all(parts.map((part) => part.release()));
  };
  try {
    const encoder = await openSentenceEncoder(bundle, { device });
    parts.push(encoder);
    const predictor = await openConceptPredictor(bundle, { device });
    parts.push(predictor);
    const decoder = await openConceptDecoder(bundle, { device });
    parts.push(decoder);
    const usage = (): EngineUsage => {
      const { sentBytes, receivedBytes, heldBytes } = device.traffic;
      return { residentBytes: bundle.graphBytes + heldBytes, sentBytes, receivedBytes, stepMs: decoder.stepMs() };
    };
    return { info: describe(bundle, device, notice), encoder, predictor, decoder, usage, release };
  } catch (error) {
    await release();
    throw error;
  }
}

function describe({ directory, manifest, graphBytes }: Bundle, device: Device, notice: string): EngineInfo {
  const processor = cpus()[0]?.model.trim() || process.arch;
  return {
    bundle: { name: manifest.name, version: manifest.version, path: directory },
    languages: manifest.languages,
    conceptDim: manifest.conceptDim,
    encoder: encoderIdentity(manifest),
    contextLength: manifest.lcm.contextLength,
    hasRoles: manifest.lcm.roles !== undefined,
    provider: device.provider,
    device: device.isProcessor ? `${processor}, ${defaultThreads} threads` : device.provider,
    notice,
    residentBytes: graphBytes,
    defaults: { ...manifest.lcm.defaults, minScore: manifest.ranking.minScore },
    summaryDefault: manifest.summary.default,
  };
}
