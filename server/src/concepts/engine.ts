/** The ConceptEngine contract: everything a model does for Foresay, whoever runs it and wherever. */
import type { CancellationToken } from '../base/cancellation.ts';
import type { ConceptVector } from './conceptVector.ts';
import type { ContextConcept } from './contextConcept.ts';

export type { ConceptRole, ContextConcept } from './contextConcept.ts';

/** What the loaded bundle is and where it runs; known once the engine is ready. */
export interface EngineInfo {
  readonly bundle: { readonly name: string; readonly version: string; readonly path: string };
  /** BCP 47 primary tags of the languages the bundle was trained on, e.g. `['en']`. */
  readonly languages: readonly string[];
  readonly conceptDim: number;
  /** SHA-256 in hex of all that decides a sentence's vector: equal encoders give equal vectors, in whatever bundle. */
  readonly encoder: string;
  /** Concepts the contextualizer sees at once; of a longer context the last ones count. */
  readonly contextLength: number;
  /** Whether the LCM was told what a concept is in its sequence: only then are headings and what follows put into it. */
  readonly hasRoles: boolean;
  /** Execution provider in use: `cpu`, `webgpu`, … */
  readonly provider: string;
  readonly device: string;
  /** Why it does not run where it was asked to, a sentence for the writer; '' when it does. */
  readonly notice: string;
  /** Bytes of weights held for the life of the engine. */
  readonly residentBytes: number;
  /** What the bundle recommends, used where the writer set nothing. */
  readonly defaults: SamplerSettings & { readonly minScore: number };
  /** Which summary is better by the bundle's reported measure. */
  readonly summaryDefault: 'lcm' | 'extractive';
}

/** What an engine takes up, and what it moves in bytes. */
export interface EngineUsage {
  /** Weights, and what is kept on an accelerator between runs: states of contexts, the decoder's cache. */
  readonly residentBytes: number;
  /** To an accelerator since the engine is ready, the weights not counted; 0 on the processor. */
  readonly sentBytes: number;
  /** From it. */
  readonly receivedBytes: number;
  /** Milliseconds of a step of the decoder with so many wordings, lately; of the numbers that were worded. */
  readonly stepMs: ReadonlyMap<number, number>;
}

/** What an engine says about itself while it runs. */
export interface EngineStatus {
  readonly state: 'starting' | 'ready' | 'error';
  /** A sentence for the writer; '' when all is well. */
  readonly message: string;
  /** Once ready. */
  readonly info?: EngineInfo;
}

/** The sampler's knobs, in the diffusion literature's words (LCM paper, section 2.3.4 and 2.4.1). */
export interface SamplerSettings {
  /** Denoising steps S; must divide the training steps T = 100. */
  readonly steps: number;
  /** Classifier-free guidance scale; 1 means none. */
  readonly guidanceScale: number;
  /** Weight in [0, 1] of the guidance rescale. */
  readonly guidanceRescale: number;
  /** Standard deviation of the starting noise. */
  readonly initialNoiseScale: number;
  /** 0 is DDIM, 1 is DDPM. */
  readonly eta: number;
}

export interface PredictRequest {
  /**
   * Concepts before the wanted one, oldest first; may be empty. The last `contextLength` count. Those that follow the
   * wanted one stand behind them, with their roles, and count beside that.
   */
  readonly context: readonly ContextConcept[];
  /** How many plans to sample; 0 only reads the context, which the next request for it need not do then. */
  readonly count: number;
  /** Same seed, same context, same settings: same plans. */
  readonly seed: number;
  readonly sampler?: Partial<SamplerSettings>;
  /** Nobody waits for it yet: it gives way, between two runs, to what somebody waits for. */
  readonly background?: boolean;
}

export interface DecodeRequest {
  /** Plain prose before the sentence to be worded; its last words are the decoder's context; may be empty. */
  readonly contextText: string;
  /** What is already typed of the sentence: the wording continues it, also in mid-word; `''` at a sentence's start. */
  readonly typed: string;
  /** One wording for each plan, in this order. */
  readonly plans: readonly ConceptVector[];
  /** Upper bound of generated tokens for each wording. */
  readonly maxTokens: number;
  /** Complete wordings after which the others are given up; all plans are worded without it. */
  readonly enough?: number;
  /**
   * Given where the wordings are ideas to be shown as they are: those that were had before, without what was typed. None
   * begins like one of them, nor two of the new ones alike; none copies a run of words of the context, gets a fault that
   * lasts (see sentenceFault) or ends in a quotation that it began; all that as long as the decoder has anything else to
   * say.
   */
  readonly apartFrom?: readonly string[];
  /** See PredictRequest. */
  readonly background?: boolean;
}

export interface Wording {
  /** The generated text only: it continues `typed` verbatim (its own leading space included), or starts the sentence. */
  readonly text: string;
  /** Mean log-probability of the generated tokens under the decoder with the plan, in nats, <= 0. */
  readonly logProbability: number;
  /** True when the decoder ended the sentence itself, false when `maxTokens` or `enough` cut it. */
  readonly complete: boolean;
  /** It was `enough` that cut it: the next request, if it is for such wordings alone, goes on with them where they are. */
  readonly givenUp?: boolean;
}

export interface SummaryPlanRequest {
  /** Concepts of the text to summarise, in order, at least one. */
  readonly source: readonly ConceptVector[];
  /** Most concepts wanted; the stop concept may end the plan earlier. */
  readonly maxLength: number;
  /** Sentences that the summary should have, at least 1: there it ends, and a stop before is drawn again a few times. */
  readonly wantedLength?: number;
  readonly seed: number;
  readonly sampler?: Partial<SamplerSettings>;
}

/**
 * All methods reject with CancellationError when their token is cancelled, and with EngineUnavailableError when no
 * model can run. Vectors are copied across processes; arguments are never changed.
 */
export interface ConceptEngine {
  /** Resolves once the bundle is loaded; rejects with a message for the writer when it cannot be. */
  ready(): Promise<EngineInfo>;
  /** One vector for each sentence, in order. Long inputs are cut at the encoder's limit. */
  encode(sentences: readonly string[], token: CancellationToken): Promise<ConceptVector[]>;
  /** `count` plans for the next concept, not ranked. Behind a note fewer, or none, where some say that its text ends. */
  predictNext(request: PredictRequest, token: CancellationToken): Promise<ConceptVector[]>;
  /**
   * Teacher-forced conditional mean: result[i] is the LCM's expectation of concepts[i] given concepts[0..i) inside the
   * window (same length as `concepts`). For "how expected is this sentence".
   */
  expected(concepts: readonly ContextConcept[], token: CancellationToken): Promise<ConceptVector[]>;
  /** The concepts of a summary of `source`, without the stop concept; may be empty. */
  planSummary(request: SummaryPlanRequest, token: CancellationToken): Promise<ConceptVector[]>;
  /** One wording for each plan, in the plans' order. */
  decode(request: DecodeRequest, token: CancellationToken): Promise<Wording[]>;
  /** Warms the decoder's cache for the text before the cursor while the writer types; a hint, changes no result. */
  prefill(contextText: string, token: CancellationToken): Promise<void>;
  usage(): Promise<EngineUsage>;
  /** Frees the model. Safe to call twice. */
  dispose(): Promise<void>;
}

/** No model can run: the message says why and what to do. */
export class EngineUnavailableError extends Error {
  override readonly name = 'EngineUnavailableError';
}
