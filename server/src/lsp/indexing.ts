/** Keeps each open document's concept index up to date: soon after a change, at once when asked. */
import { type CancellationToken, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import { CancellationError, neverCancelled } from '../base/cancellation.ts';
import { CancellationSource, raceCancellation } from '../base/cancellationSource.ts';
import { t } from '../base/l10n.ts';
import { errorMessage } from '../base/log.ts';
import type { IndexedResult } from '../protocol.ts';
import { EngineUnavailableError } from '../service/index.ts';
import type { OpenDocument } from './documents.ts';
import { createProgress } from './progress.ts';
import type { Session } from './session.ts';
import { offReason } from './settings.ts';

/** Milliseconds without a change before what is new is read along, for the suggestion to come. */
const pause = 250;
/**
 * And before the index follows what was typed: while the writer types, the sentence is not done anyway, and behind it a
 * suggestion comes first, on the same processor.
 */
const longPause = 750;
/** From this many missing sentences on, the writer sees progress. */
const longIndexing = 200;

interface Run {
  readonly version: number;
  readonly done: Promise<void>;
  readonly source: CancellationSource;
}

/** Sentences on their way to their vectors, as the writer sees it. */
interface Reading {
  readonly total: number;
  report(at: number): void;
  done(): void;
}

export class Indexing {
  readonly #session: Session;
  readonly #waiting = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #runs = new Map<string, Run>();
  readonly #onIndexed: (document: OpenDocument) => Promise<void>;

  /** `onIndexed` is told of a document whose index has followed its last change. */
  constructor(session: Session, onIndexed: (document: OpenDocument) => Promise<void>) {
    this.#session = session;
    this.#onIndexed = onIndexed;
  }

  /** The document was opened, or is to be looked at anew. */
  schedule(uri: string): void {
    this.#after(pause, uri, async () => {
      await this.#read(uri);
      await this.#follow(uri);
    });
  }

  /** The document was changed. */
  changed(uri: string): void {
    this.#after(pause, uri, async () => {
      this.#after(longPause - pause, uri, () => this.#follow(uri));
      await this.#read(uri);
    });
  }

  /** Resolves when every sentence of the document as it is now has been indexed; ContentModified if it changes first. */
  async indexed(document: OpenDocument, token: CancellationToken): Promise<IndexedResult | ResponseError> {
    const { version, sentences } = document.snapshot;
    const settings = await this.#session.settings.of(document.uri);
    const off = offReason(settings, document.uri, document.snapshot.languageId);
    if (off !== undefined) return new ResponseError(LSPErrorCodes.RequestFailed, off);
    try {
      await raceCancellation(this.#run(document), token);
    } catch (error) {
      if (error instanceof EngineUnavailableError) {
        return new ResponseError(LSPErrorCodes.RequestFailed, errorMessage(error));
      }
      throw error;
    }
    return { version, sentences: sentences.length };
  }

  close(uri: string): void {
    clearTimeout(this.#waiting.get(uri));
    this.#waiting.delete(uri);
    this.#runs.get(uri)?.source.cancel();
  }

  /** Ends all timers and passes. */
  dispose(): void {
    for (const uri of [...this.#waiting.keys(), ...this.#runs.keys()]) this.close(uri);
  }

  /** Instead of what the document waits for. */
  #after(ms: number, uri: string, work: () => Promise<void>): void {
    clearTimeout(this.#waiting.get(uri));
    const timer = setTimeout(() => {
      this.#waiting.delete(uri);
      work().catch((error: unknown) => this.#note(uri, error));
    }, ms);
    this.#waiting.set(uri, timer);
  }

  /** The document with its snapshot prepared, unless it is off; undefined where it is closed, or another by then. */
  async #prepared(uri: string): Promise<{ document: OpenDocument; isOff: boolean } | undefined> {
    const { documents, service, settings } = this.#session;
    const set = await settings.of(uri);
    const document = documents.get(uri);
    if (!document) return undefined;
    const { snapshot } = document;
    const off = offReason(set, uri, snapshot.languageId);
    this.#session.status.documentOff(uri, off);
    if (off !== undefined) return { document, isOff: true };
    await service.prepare(snapshot, neverCancelled);
    return documents.get(uri)?.snapshot === snapshot ? { document, isOff: false } : undefined;
  }

  /** Has the engine read what stands before the cursor. */
  async #read(uri: string): Promise<void> {
    const found = await this.#prepared(uri);
    if (found && !found.isOff) this.#session.service.warm(found.document.snapshot, found.document.lastEdit);
  }

  async #follow(uri: string): Promise<void> {
    const found = await this.#prepared(uri);
    if (!found) return;
    if (!found.isOff) await this.#run(found.document);
    await this.#onIndexed(found.document);
  }

  /** The pass for the document as it is now; joins the one under way if that is for the same version. */
  #run(document: OpenDocument): Promise<void> {
    const { uri, snapshot } = document;
    const running = this.#runs.get(uri);
    if (running?.version === snapshot.version) return running.done;
    running?.source.cancel();
    const source = new CancellationSource();
    const done = this.#pass(document, source).finally(() => {
      if (this.#runs.get(uri)?.source === source) this.#runs.delete(uri);
    });
    this.#runs.set(uri, { version: snapshot.version, done, source });
    return done;
  }

  async #pass(document: OpenDocument, source: CancellationSource): Promise<void> {
    const { service, guard, clock } = this.#session;
    const { snapshot, lastEdit } = document;
    await service.restore(snapshot, lastEdit, source.token);
    const start = clock();
    let reading: Reading | undefined;
    try {
      await service.index(snapshot, lastEdit, source.token, (at, total) => {
        if (total > 0) reading ??= this.#show(total, source);
        reading?.report(at);
      });
      if (!reading) return;
      const took = `${reading.total}, ${Math.round(clock() - start)} ms`;
      guard.logger.info(`index ${snapshot.uri} v${snapshot.version}: ${took}`);
    } finally {
      reading?.done();
    }
  }

  /** Says in the status that sentences are read, and of many in the editor's progress how far. */
  #show(total: number, source: CancellationSource): Reading {
    const done = this.#session.status.working(t('Reading {0} sentences…', total));
    const creating = total > longIndexing ? createProgress(this.#session, source) : Promise.resolve(undefined);
    const created = creating.then((progress) => {
      progress?.begin(t('Foresay: reading the document'), 0, '', true);
      return progress;
    });
    return {
      total,
      report: (at) =>
        void created.then((progress) =>
          progress?.report(Math.round((100 * at) / total), `${at} of ${total} sentences`),
        ),
      done() {
        done();
        void created.then((progress) => progress?.done());
      },
    };
  }

  #note(uri: string, error: unknown): void {
    // Superseded, or no model, which the status says: neither is news.
    if (error instanceof CancellationError || error instanceof EngineUnavailableError) return;
    this.#session.guard.logger.error(`index ${uri}: ${errorMessage(error)}`);
  }
}
