/** ConceptEngine in this process: joins encoder, predictor and decoder of one bundle, one piece of work at a time. */
import { cpus } from 'node:os';
import { type CancellationToken, neverCancelled } from '../base/cancellation.ts';
import { type ConceptEngine, type EngineInfo, EngineUnavailableError } from '../concepts/engine.ts';
import { type Bundle, openBundle } from './bundle.ts';
import { type ConceptDecoder, openConceptDecoder } from './conceptDecoder.ts';
import { type ConceptPredictor, openConceptPredictor } from './conceptPredictor.ts';
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
  release(): Promise<void>;
}

async function openEngine({ bundlePath, provider, onNotice }: LocalEngineOptions): Promise<OpenEngine> {
  const bundle = await openBundle(bundlePath);
  const skipped = new Set<string>();
  const options = {
    providers: provider === 'auto' ? [] : [provider],
    onSkipped: (name: string, reason: string) => {
      if (!skipped.has(name)) onNotice?.(`Provider ${name} cannot be used, cpu takes its place: ${reason}`);
      skipped.add(name);
    },
  };
  const parts: { readonly provider: string; release(): Promise<void> }[] = [];
  const release = async () => {
    await Promise.all(parts.map((part) => part.release()));
  };
  try {
    const encoder = await openSentenceEncoder(bundle, options);
    parts.push(encoder);
    const predictor = await openConceptPredictor(bundle, options);
    parts.push(predictor);
    const decoder = await openConceptDecoder(bundle, options);
    parts.push(decoder);
    return {
      info: describe(
        bundle,
        parts.map((part) => part.provider),
      ),
      encoder,
      predictor,
      decoder,
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

function describe({ directory, manifest, graphBytes }: Bundle, providers: readonly string[]): EngineInfo {
  const used = [...new Set(providers)];
  const processor = cpus()[0]?.model.trim() || process.arch;
  return {
    bundle: { name: manifest.name, version: manifest.version, path: directory },
    languages: manifest.languages,
    conceptDim: manifest.conceptDim,
    encoder: encoderIdentity(manifest),
    contextLength: manifest.lcm.contextLength,
    provider: used.join(', '),
    device: used.includes('cpu') ? `${processor}, ${defaultThreads} threads` : used.join(', '),
    residentBytes: graphBytes,
    defaults: { ...manifest.lcm.defaults, minScore: manifest.ranking.minScore },
    summaryDefault: manifest.summary.default,
  };
}
