/** The engine as the service sees it: made when first needed, made anew on other settings or on request. */
import { CancellationError, type CancellationToken } from '../base/cancellation.ts';
import { t } from '../base/l10n.ts';
import { errorMessage, type Logger } from '../base/log.ts';
import type { ConceptVector } from '../concepts/conceptVector.ts';
import type { ContextConcept } from '../concepts/contextConcept.ts';
import {
  type ConceptEngine,
  type DecodeRequest,
  type EngineInfo,
  type EngineStatus,
  EngineUnavailableError,
  type EngineUsage,
  type PredictRequest,
  type SummaryPlanRequest,
  type Wording,
} from '../concepts/engine.ts';

/** What an engine is made from; another value makes another engine. */
export interface EngineConfig {
  /** Directory of the bundle; '' for the one that ships. */
  readonly bundlePath: string;
  readonly provider: string;
}

export type CreateEngine = (config: EngineConfig, onStatus: (status: EngineStatus) => void) => ConceptEngine;

export interface SupervisorEvents {
  /** The engine's state changed; the same state may be told twice. An error is in the log already. */
  onStatus(status: EngineStatus): void;
  /** Another bundle answers from now on: what the old one said means nothing any more. */
  onOtherBundle(): void;
}

export class EngineSupervisor implements ConceptEngine {
  readonly #create: CreateEngine;
  readonly #events: SupervisorEvents;
  readonly #logger: Logger;
  #config: EngineConfig | undefined;
  #engine: ConceptEngine | undefined;
  #bundle: string | undefined;
  /** Why no engine could be made. */
  #failure = '';
  /** Engines that never got ready. */
  readonly #broken = new WeakSet<ConceptEngine>();
  #disposed = false;
  /** Ends of replaced engines, so that `dispose` leaves no process behind. */
  #ending: Promise<unknown> = Promise.resolve();

  constructor(create: CreateEngine, events: SupervisorEvents, logger: Logger) {
    this.#create = create;
    this.#events = events;
    this.#logger = logger;
  }

  /** Takes these settings; starts the engine, or starts another if they differ from those in use. */
  configure(config: EngineConfig): void {
    const same = this.#config?.bundlePath === config.bundlePath && this.#config.provider === config.provider;
    if (same && this.#engine) return;
    this.#config = config;
    this.#replace();
  }

  /** Ends the engine and starts a new one; resolves when that is ready, rejects when it cannot be. */
  async restart(): Promise<EngineInfo> {
    if (this.#config) this.#replace();
    return this.ready();
  }

  ready(): Promise<EngineInfo> {
    return this.#ask((engine) => engine.ready());
  }

  encode(sentences: readonly string[], token: CancellationToken): Promise<ConceptVector[]> {
    return this.#ask((engine) => engine.encode(sentences, token));
  }

  predictNext(request: PredictRequest, token: CancellationToken): Promise<ConceptVector[]> {
    return this.#ask((engine) => engine.predictNext(request, token));
  }

  expected(concepts: readonly ContextConcept[], token: CancellationToken): Promise<ConceptVector[]> {
    return this.#ask((engine) => engine.expected(concepts, token));
  }

  planSummary(request: SummaryPlanRequest, token: CancellationToken): Promise<ConceptVector[]> {
    return this.#ask((engine) => engine.planSummary(request, token));
  }

  decode(request: DecodeRequest, token: CancellationToken): Promise<Wording[]> {
    return this.#ask((engine) => engine.decode(request, token));
  }

  prefill(contextText: string, token: CancellationToken): Promise<void> {
    return this.#ask((engine) => engine.prefill(contextText, token));
  }

  usage(): Promise<EngineUsage> {
    return this.#ask((engine) => engine.usage());
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#end();
    await this.#ending;
  }

  /** Whatever an engine that never got ready rejects with, its callers learn that no model can run, and why. */
  async #ask<T>(question: (engine: ConceptEngine) => Promise<T>): Promise<T> {
    const engine = this.#engine;
    if (!engine) {
      const reason = this.#disposed
        ? t('Foresay is shutting down.')
        : this.#failure || t('The model has not started yet.');
      throw new EngineUnavailableError(reason);
    }
    try {
      return await question(engine);
    } catch (error) {
      if (error instanceof CancellationError || !this.#broken.has(engine)) throw error;
      throw new EngineUnavailableError(this.#failure);
    }
  }

  #end(): void {
    const old = this.#engine;
    this.#engine = undefined;
    if (!old) return;
    const ended = old.dispose().catch((error: unknown) => this.#logger.error(`engine end: ${errorMessage(error)}`));
    this.#ending = Promise.all([this.#ending, ended]);
  }

  #replace(): void {
    if (this.#disposed || !this.#config) return;
    this.#end();
    let engine: ConceptEngine | undefined;
    const tell = (status: EngineStatus): void => {
      // The last words of an engine that was replaced are of no interest.
      if (engine === undefined || engine === this.#engine) this.#events.onStatus(status);
    };
    tell({ state: 'starting', message: t('Loading the model…') });
    try {
      engine = this.#create(this.#config, tell);
    } catch (error) {
      this.#failure = errorMessage(error);
      this.#logger.error(`engine: ${this.#failure}`);
      tell({ state: 'error', message: this.#failure });
      return;
    }
    const started = engine;
    this.#engine = started;
    started.ready().then(
      (info) => {
        if (started !== this.#engine) return;
        const bundle = JSON.stringify([info.bundle, info.encoder]);
        if (this.#bundle !== undefined && this.#bundle !== bundle) this.#events.onOtherBundle();
        this.#bundle = bundle;
        tell({ state: 'ready', message: info.notice, info });
      },
      (error: unknown) => {
        this.#broken.add(started);
        if (started !== this.#engine) return;
        this.#failure = errorMessage(error);
        tell({ state: 'error', message: this.#failure });
      },
    );
  }
}
