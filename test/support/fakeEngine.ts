/** A ConceptEngine without a model: vectors from hashed words, plans from seeded noise, words from the nearest vectors. */
import { type CancellationToken, throwIfCancelled } from '../../server/src/base/cancellation.ts';
import { raceCancellation } from '../../server/src/base/cancellationSource.ts';
import { type ConceptVector, normalized } from '../../server/src/concepts/conceptVector.ts';
import type {
  ConceptEngine,
  ContextConcept,
  DecodeRequest,
  EngineInfo,
  EngineUsage,
  PredictRequest,
  SummaryPlanRequest,
  Wording,
} from '../../server/src/concepts/engine.ts';
import { centroid, cosine } from '../../server/src/concepts/similarity.ts';

const dim = 48;

/** Words the fake decoder knows, beside those of its context. */
const vocabulary =
  'river mountain harbor engine market garden winter summer letter window candle bridge forest copper violin teacher doctor farmer soldier painter kitchen station library factory island desert valley signal pattern measure balance journey memory question answer promise danger silence thunder shadow mirror blanket basket ladder hammer needle button pocket saddle feather'.split(
    ' ',
  );

export interface Call {
  readonly method: string;
  /** Sentences, plans or concepts in the call. */
  readonly size: number;
  /** Nobody waits for it yet. */
  readonly background: boolean;
}

export class FakeEngine implements ConceptEngine {
  readonly calls: Call[] = [];
  info: EngineInfo = {
    bundle: { name: 'fake', version: '1', path: '/fake' },
    languages: ['en'],
    conceptDim: dim,
    encoder: 'e'.repeat(64),
    contextLength: 16,
    hasRoles: false,
    provider: 'cpu',
    device: 'fake',
    notice: '',
    residentBytes: 1,
    defaults: { steps: 20, guidanceScale: 2, guidanceRescale: 0.7, initialNoiseScale: 0.6, eta: 0, minScore: 0.1 },
    summaryDefault: 'extractive',
  };
  /** When set, every call rejects with it. */
  failure: Error | undefined;
  /** When set, every call of a held method waits for it, or for its cancellation. */
  gate: Promise<void> | undefined;
  /** Methods that wait at the gate; all of them when empty. */
  held = new Set<string>();
  disposed = 0;
  /** Called as each call starts. */
  onCall: (call: Call) => void = () => {};
  /** Replaces the decoder's words. */
  wording: ((request: DecodeRequest, index: number) => Wording) | undefined;
  /** Replaces the sampled plans. */
  plans: ((request: PredictRequest) => ConceptVector[]) | undefined;
  /** Milliseconds of a decoder's step, by the number of wordings in it. */
  stepMs: ReadonlyMap<number, number> = new Map();

  /** Calls that somebody waits for, or those that nobody does. */
  count(method: string, background = false): number {
    return this.calls.filter((call) => call.method === method && call.background === background).length;
  }

  async ready(): Promise<EngineInfo> {
    if (this.failure) throw this.failure;
    return this.info;
  }

  async encode(sentences: readonly string[], token: CancellationToken): Promise<ConceptVector[]> {
    await this.#enter('encode', sentences.length, token);
    return sentences.map(encodeWords);
  }

  async predictNext(request: PredictRequest, token: CancellationToken): Promise<ConceptVector[]> {
    await this.#enter('predictNext', request.count, token, request.background);
    if (this.plans) return this.plans(request);
    const middle = centroid(request.context.slice(-4).map(({ vector }) => vector)) ?? new Float32Array(dim);
    return Array.from({ length: request.count }, (_, i) => {
      const noise = wordVector(`noise ${request.seed} ${i}`);
      return normalized(middle.map((x, j) => 0.3 * x + (noise[j] as number)));
    });
  }

  async expected(concepts: readonly ContextConcept[], token: CancellationToken): Promise<ConceptVector[]> {
    await this.#enter('expected', concepts.length, token);
    return concepts.map((_, i) =>
      normalized(centroid(concepts.slice(0, i).map(({ vector }) => vector)) ?? wordVector('start')),
    );
  }

  async planSummary(request: SummaryPlanRequest, token: CancellationToken): Promise<ConceptVector[]> {
    await this.#enter('planSummary', request.source.length, token);
    const parts = Math.min(request.maxLength, request.source.length);
    return Array.from({ length: parts }, (_, i) => {
      const start = Math.floor((i * request.source.length) / parts);
      return normalized(request.source[start] as ConceptVector);
    });
  }

  async decode(request: DecodeRequest, token: CancellationToken): Promise<Wording[]> {
    await this.#enter('decode', request.plans.length, token, request.background);
    const words = [...new Set([...vocabulary, ...wordsIn(request.contextText)])];
    return request.plans.map((plan, index) => {
      if (this.wording) return this.wording(request, index);
      const best = words
        .map((word) => ({ word, similarity: cosine(plan, wordVector(word)) }))
        .sort((a, b) => b.similarity - a.similarity || (a.word < b.word ? -1 : 1))
        .slice(0, 6)
        .map(({ word }) => word)
        .join(' ');
      const text = request.typed === '' ? `${best.charAt(0).toUpperCase()}${best.slice(1)}.` : ` ${best}.`;
      return { text: request.typed.endsWith(' ') ? text.trimStart() : text, logProbability: -1, complete: true };
    });
  }

  async prefill(contextText: string, token: CancellationToken): Promise<void> {
    await this.#enter('prefill', contextText.length, token);
  }

  async usage(): Promise<EngineUsage> {
    return { residentBytes: this.info.residentBytes, sentBytes: 0, receivedBytes: 0, stepMs: this.stepMs };
  }

  async dispose(): Promise<void> {
    this.disposed++;
  }

  async #enter(method: string, size: number, token: CancellationToken, background = false): Promise<void> {
    const call = { method, size, background };
    this.calls.push(call);
    this.onCall(call);
    throwIfCancelled(token);
    if (this.gate && (this.held.size === 0 || this.held.has(method))) await raceCancellation(this.gate, token);
    if (this.failure) throw this.failure;
    throwIfCancelled(token);
  }
}

/** The mean of its words' vectors, so that texts with words in common are similar. */
export function encodeWords(text: string): ConceptVector {
  const vectors = wordsIn(text).map(wordVector);
  return normalized(centroid(vectors) ?? wordVector(text));
}

function wordsIn(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

const known = new Map<string, ConceptVector>();

/** A unit vector drawn from a generator that is seeded by the word (FNV-1a, then xorshift). */
export function wordVector(word: string): ConceptVector {
  const found = known.get(word);
  if (found) return found;
  let state = 2166136261;
  for (let i = 0; i < word.length; i++) state = Math.imul(state ^ word.charCodeAt(i), 16777619);
  state ||= 1;
  const vector = new Float32Array(dim).map(() => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  });
  const unit = normalized(vector);
  known.set(word, unit);
  return unit;
}
