/** What follows the suggestion that is shown, worked out while the writer reads it: it is there once that is accepted. */
import { CancellationError, type CancellationToken } from '../base/cancellation.ts';
import { CancellationSource, raceCancellation } from '../base/cancellationSource.ts';
import { errorMessage, type Logger } from '../base/log.ts';
import {
  type ConceptService,
  type DocumentSnapshot,
  EngineUnavailableError,
  type SuggestOptions,
} from '../service/index.ts';

/** The suggestion that is taken for accepted, and the work for what follows it. */
interface Ahead {
  readonly snapshot: DocumentSnapshot;
  readonly offset: number;
  readonly insertText: string;
  readonly source: CancellationSource;
  /** Why nothing follows, '' if something does or it is not known; never rejects. */
  readonly silence: Promise<string>;
}

/** One at a time, of the suggestion shown last; it gives way to everything that somebody waits for. */
export class Prefetch {
  readonly #service: ConceptService;
  readonly #logger: Logger;
  #ahead: Ahead | undefined;

  constructor(service: ConceptService, logger: Logger) {
    this.#service = service;
    this.#logger = logger;
  }

  /** A suggestion is shown, which may be the rest of the last one. */
  start(snapshot: DocumentSnapshot, offset: number, insertText: string, options: SuggestOptions): void {
    const known = this.#ahead;
    const isRest = known && known.snapshot.uri === snapshot.uri && endOf(known) === offset + insertText.length;
    if (isRest && known.insertText.endsWith(insertText)) return;
    this.cancel();
    const source = new CancellationSource();
    const work = this.#service.foresee(snapshot, offset, insertText, options, source.token);
    const silence = work.then(
      (result) => result.silence,
      (error: unknown) => {
        // Given up, or no model, which the status says: neither is news.
        const isNews = !(error instanceof CancellationError || error instanceof EngineUnavailableError);
        if (isNews) this.#logger.error(`foresee ${snapshot.uri}: ${errorMessage(error)}`);
        return '';
      },
    );
    this.#ahead = { snapshot, offset, insertText, source, silence };
  }

  /** A document changed: the work goes on only while that suggestion is typed or accepted. */
  changed({ uri, text }: DocumentSnapshot, cursor: number): void {
    const ahead = this.#ahead;
    if (!ahead) return;
    const { snapshot, offset, insertText } = ahead;
    const added = text.length - snapshot.text.length;
    const isOnTheWay =
      uri === snapshot.uri &&
      added >= 0 &&
      added <= insertText.length &&
      cursor === offset + added &&
      text.startsWith(insertText.slice(0, added), offset);
    if (!isOnTheWay) this.cancel();
  }

  /** Once nothing is under way for this place any more: why nothing follows there, '' if something does or may. */
  async silenceAt({ uri }: DocumentSnapshot, offset: number, token: CancellationToken): Promise<string> {
    const ahead = this.#ahead;
    if (ahead?.snapshot.uri !== uri || endOf(ahead) !== offset) return '';
    return raceCancellation(ahead.silence, token);
  }

  cancel(): void {
    this.#ahead?.source.cancel();
    this.#ahead = undefined;
  }
}

function endOf({ offset, insertText }: Ahead): number {
  return offset + insertText.length;
}
