/** What the server says of itself: one state from the engine's, the switch's and the work under way. */
import type { ServerState, StatusParams } from '../protocol.ts';
import { affordableWordings, type EngineInfo, type EngineStatus, type EngineUsage, soonMs } from '../service/index.ts';

export class StatusReporter {
  readonly #send: (status: StatusParams) => void;
  #engine: EngineStatus = { state: 'starting', message: '' };
  #info: EngineInfo | undefined;
  /** Why nothing is on. */
  #off: string | undefined;
  /** Why these documents get nothing, by uri. */
  readonly #offDocuments = new Map<string, string>();
  /** What is being worked on, oldest first. */
  readonly #work = new Set<{ readonly message: string }>();
  #lastLatencyMs: number | undefined;
  #usage: EngineUsage | undefined;
  #lastTransferBytes: number | undefined;
  #lastSilence = '';
  #sent = '';
  #onWork = (): void => {};

  constructor(send: (status: StatusParams) => void) {
    this.#send = send;
  }

  engine(status: EngineStatus): void {
    this.#engine = status;
    // The last known facts stand while a new engine starts, and go when there is none.
    if (status.info) {
      this.#info = status.info;
      this.#usage = undefined;
      this.#lastTransferBytes = undefined;
    } else if (status.state === 'error') this.#info = undefined;
    this.#tell();
  }

  /** Everything is off for this reason, or not any more. */
  off(reason: string | undefined): void {
    this.#off = reason;
    this.#tell();
  }

  /** One document is off for this reason, or not any more. */
  documentOff(uri: string, reason: string | undefined): void {
    if (reason === undefined) this.#offDocuments.delete(uri);
    else this.#offDocuments.set(uri, reason);
    this.#tell();
  }

  /** Notes work under way; call what it returns when it is over. */
  working(message: string): () => void {
    this.#onWork();
    const work = { message };
    this.#work.add(work);
    this.#tell();
    return () => {
      this.#work.delete(work);
      this.#tell();
    };
  }

  get isWorking(): boolean {
    return this.#work.size > 0;
  }

  /** `listener` is told whenever work begins. */
  onWork(listener: () => void): void {
    this.#onWork = listener;
  }

  suggested(latencyMs: number, silence: string): void {
    this.#lastLatencyMs = Math.round(latencyMs);
    this.#lastSilence = silence;
    this.#tell();
  }

  /** What the engine had moved before a suggestion, and has after it. */
  used(before: EngineUsage, after: EngineUsage): void {
    const moved = ({ sentBytes, receivedBytes }: EngineUsage) => sentBytes + receivedBytes;
    this.#lastTransferBytes = moved(after) - moved(before);
    this.#usage = after;
    this.#tell();
  }

  /** No suggestion came, for this reason, without one having been worked out. */
  silent(reason: string): void {
    this.#lastSilence = reason;
    this.#tell();
  }

  #tell(): void {
    const [state, message] = this.#state();
    const info = this.#info;
    const status: StatusParams = {
      state,
      message,
      ...(info && {
        provider: info.provider,
        device: info.device,
        bundle: `${info.bundle.name} ${info.bundle.version}`,
        residentBytes: this.#usage?.residentBytes ?? info.residentBytes,
        guidanceScale: info.defaults.guidanceScale,
      }),
      ...(this.#lastLatencyMs !== undefined && { lastLatencyMs: this.#lastLatencyMs }),
      ...(this.#usage && affordableWordings(this.#usage.stepMs, 2) < 2 && { tooSlowForMs: soonMs }),
      ...(this.#lastTransferBytes && { lastTransferBytes: this.#lastTransferBytes }),
      ...(this.#lastSilence !== '' && { lastSilence: this.#lastSilence }),
      ...(this.#offDocuments.size > 0 && { offDocuments: Object.fromEntries(this.#offDocuments) }),
    };
    const key = JSON.stringify(status);
    if (key === this.#sent) return;
    this.#sent = key;
    this.#send(status);
  }

  #state(): [ServerState, string] {
    if (this.#engine.state === 'error') return ['error', this.#engine.message];
    if (this.#off !== undefined) return ['off', this.#off];
    if (this.#engine.state === 'starting') return ['starting', this.#engine.message];
    const [work] = this.#work;
    return work ? ['working', work.message] : ['ready', this.#engine.message];
  }
}
