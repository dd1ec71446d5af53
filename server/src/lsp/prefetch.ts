/**
 * Suggestions worked out before they are asked for: what follows the one that is shown, while the writer reads it, and
 * what follows a sentence that was just finished, until the editor asks after its pause.
 */
import { CancellationError, type CancellationToken } from '../base/cancellation.ts';
import { CancellationSource, raceCancellation } from '../base/cancellationSource.ts';
import { errorMessage, type Logger } from '../base/log.ts';
import {
  type ConceptService,
  type DocumentSnapshot,
  EngineUnavailableError,
  type Suggestions,
  type SuggestOptions,
} from '../service/index.ts';

/** A suggestion that is taken for accepted, or the empty text behind a finished sentence, and the work for what follows. */
interface Ahead {
  readonly snapshot: DocumentSnapshot;
  readonly offset: number;
  readonly insertText: string;
  /** Whether it gives way to whatever else somebody waits for. */
  readonly givesWay: boolean;
  readonly source: CancellationSource;
  /** Why nothing follows, '' if something does or it is not known; never rejects. */
  readonly silence: Promise<string>;
}

/** Typed before the next sentence; what was worked out in front of it begins with it. */
const space = ' ';

/** One at a time. */
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
    this.#take(snapshot, offset, insertText, true, (token) =>
      this.#service.foresee(snapshot, offset, insertText, options, token),
    );
  }

  /** A sentence was just finished at this offset of a prepared snapshot, and what follows it will be asked for. */
  begin(snapshot: DocumentSnapshot, offset: number, options: SuggestOptions): void {
    const known = this.#ahead;
    // It was shown and typed to its end: what follows is known, or on its way.
    if (known?.snapshot.uri === snapshot.uri && endOf(known) === offset) return;
    this.#take(snapshot, offset, '', false, (token) => this.#service.suggest(snapshot, offset, options, token));
  }

  #take(
    snapshot: DocumentSnapshot,
    offset: number,
    insertText: string,
    givesWay: boolean,
    work: (token: CancellationToken) => Promise<Suggestions>,
  ): void {
    this.cancel();
    const source = new CancellationSource();
    const silence = work(source.token).then(
      (result) => result.silence,
      (error: unknown) => {
        // Given up, or no model, which the status says: neither is news.
        const isNews = !(error instanceof CancellationError || error instanceof EngineUnavailableError);
        if (isNews) this.#logger.error(`foresee ${snapshot.uri}: ${errorMessage(error)}`);
        return '';
      },
    );
    this.#ahead = { snapshot, offset, insertText, givesWay, source, silence };
  }

  /** A document changed: the work goes on only while that suggestion is typed or accepted, and a space behind it. */
  changed({ uri, content }: DocumentSnapshot, cursor: number): void {
    const ahead = this.#ahead;
    if (!ahead) return;
    const { snapshot, offset, insertText } = ahead;
    const way = insertText + space;
    const added = content.length - snapshot.content.length;
    const isOnTheWay =
      uri === snapshot.uri &&
      added >= 0 &&
      added <= way.length &&
      cursor === offset + added &&
      content.slice(offset, offset + added) === way.slice(0, added);
    if (!isOnTheWay) this.cancel();
  }

  /** Once nothing is under way for this place any more: why nothing follows there, '' if something does or may. */
  async silenceAt({ uri, content }: DocumentSnapshot, offset: number, token: CancellationToken): Promise<string> {
    const ahead = this.#ahead;
    if (ahead?.snapshot.uri !== uri || offset < endOf(ahead)) return '';
    if (!['', space].includes(content.slice(endOf(ahead), offset))) return '';
    return raceCancellation(ahead.silence, token);
  }

  /** Somebody waits for something else. */
  giveWay(): void {
    if (this.#ahead?.givesWay) this.cancel();
  }

  cancel(): void {
    this.#ahead?.source.cancel();
    this.#ahead = undefined;
  }
}

function endOf({ offset, insertText }: Ahead): number {
  return offset + insertText.length;
}
