/** Keeps the index of the workspace's files up to date, where the writer has switched it on: in the background, never in the way. */
import { CancellationError, type CancellationToken, throwIfCancelled } from '../base/cancellation.ts';
import { CancellationSource, raceCancellation } from '../base/cancellationSource.ts';
import { languageOfFile } from '../base/fileLanguage.ts';
import { t } from '../base/l10n.ts';
import { errorMessage } from '../base/log.ts';
import type { ForesaySettings, SearchIndexState } from '../protocol.ts';
import { deleteIndexes, sizeOfIndexes } from '../search/indexFiles.ts';
import type { SentenceIndex } from '../search/indexSession.ts';
import { readTextFile, stampOf } from '../search/textFile.ts';
import { documentsBelow } from '../search/walk.ts';
import { type ConceptEngine, EngineUnavailableError, type IndexedFile } from '../service/index.ts';
import { excludedBelow } from './excluded.ts';
import { createProgress } from './progress.ts';
import type { Session } from './session.ts';
import { offReason } from './settings.ts';

/** Milliseconds without a change of a document before files are read: the writer's own work comes first. */
const rest = 1000;
/** Milliseconds for further news of files before they are looked at. */
const gathering = 500;
/** From this many files on, the writer sees progress. */
const longReading = 20;
/** Sentences that the index takes: some 100 MB in memory, and as much on disk. */
const mostSentences = 262_144;

/** The index, and the folder (absolute) that it is kept in. */
export interface IndexParts {
  readonly engine: ConceptEngine;
  readonly index: SentenceIndex;
  readonly directory: string | undefined;
}

export class WorkspaceIndex {
  readonly #session: Session;
  readonly #parts: IndexParts;
  /** Uris of the workspace's folders; `configure` takes new ones over. */
  folders: readonly string[] = [];
  /** The folders that are read, once the index is open for them. */
  #open: { readonly key: string; readonly folders: readonly string[]; readonly kept: boolean } | undefined;
  /** The files in the index. */
  #files = new Map<string, IndexedFile>();
  /** Files to be looked at. */
  readonly #waiting = new Set<string>();
  #scanDue = false;
  #paused = false;
  #full = false;
  /** What runs now: at most one pass over the files. */
  #pass: CancellationSource | undefined;
  #configuring: Promise<void> = Promise.resolve();
  readonly #life = new CancellationSource();
  #gatherer: ReturnType<typeof setTimeout> | undefined;
  /** Ends when the writer has not typed for a while. */
  #resting:
    | { readonly done: Promise<void>; readonly end: () => void; timer: ReturnType<typeof setTimeout> }
    | undefined;

  constructor(session: Session, parts: IndexParts) {
    this.#session = session;
    this.#parts = parts;
  }

  /** Settings, folders or the engine have changed: opens, closes or looks through the index again. */
  configure(): Promise<void> {
    const configured = this.#configuring.then(() => this.#configure());
    this.#configuring = configured.catch((error: unknown) => this.#log(error));
    return this.#configuring;
  }

  /** News of files: they were changed, made or deleted. */
  changed(uris: readonly string[]): void {
    if (!this.#open || this.#paused) return;
    const here = uris.filter((uri) => this.#open?.folders.some((folder) => uri.startsWith(folder)));
    for (const uri of here) {
      // Whether a new file is left out, and what a rule that changed leaves out, is found by looking through the folders.
      if (this.#files.has(uri)) this.#waiting.add(uri);
      else this.#scanDue ||= languageOfFile(uri) !== undefined || uri.endsWith('/.gitignore');
    }
    if (this.#gatherer === undefined && (this.#scanDue || this.#waiting.size > 0)) {
      this.#gatherer = setTimeout(() => {
        this.#gatherer = undefined;
        this.#start();
      }, gathering);
    }
  }

  /** The writer types: files are read later. */
  typed(): void {
    if (!this.#pass) return;
    if (!this.#resting) {
      let end = (): void => {};
      const done = new Promise<void>((resolve) => {
        end = resolve;
      });
      this.#resting = { done, end, timer: setTimeout(() => this.#rested(), rest) };
      return;
    }
    clearTimeout(this.#resting.timer);
    this.#resting.timer = setTimeout(() => this.#rested(), rest);
  }

  pause(): void {
    this.#paused = true;
    this.#stop();
  }

  /** Goes on reading, after a look at what has changed meanwhile. */
  resume(): void {
    this.#paused = false;
    this.#scanDue = true;
    this.#start();
  }

  /** Deletes what is kept of all workspaces; nothing is read again until that is asked for. Gives how many bytes it was. */
  async clear(): Promise<number> {
    const { index, directory } = this.#parts;
    this.pause();
    const bytes = await this.#bytes();
    if (this.#open) await index.clear();
    else if (directory !== undefined) await deleteIndexes(directory);
    this.#files.clear();
    return bytes;
  }

  async state(): Promise<SearchIndexState> {
    if (!this.#open) return { state: 'off', files: 0, sentences: 0, bytes: await this.#bytes(), waiting: 0 };
    const { files, sentences, bytes } = await this.#parts.index.state();
    const reading = this.#pass !== undefined || this.#gatherer !== undefined;
    const state = this.#paused ? 'paused' : reading ? 'reading' : this.#full ? 'full' : 'ready';
    return { state, files, sentences, bytes, waiting: this.#waiting.size };
  }

  async dispose(): Promise<void> {
    this.#life.cancel();
    await this.#configuring;
    this.#stop();
    await this.#parts.index.dispose();
  }

  async #configure(): Promise<void> {
    const { settings, service } = this.#session;
    const { engine, index, directory } = this.#parts;
    const { enabled } = (await settings.of(undefined)).cache;
    const folders: string[] = [];
    for (const uri of this.folders) {
      const isOn = uri.startsWith('file:') && (await settings.of(uri)).search.workspace;
      if (isOn) folders.push(uri.endsWith('/') ? uri : `${uri}/`);
    }
    if (folders.length === 0 || (this.#open?.kept && !enabled)) await this.#close();
    if (!enabled && directory !== undefined) await deleteIndexes(directory);
    if (folders.length === 0) return;
    const { encoder, conceptDim } = await raceCancellation(engine.ready(), this.#life.token);
    const key = JSON.stringify([folders, encoder, enabled]);
    if (this.#open?.key !== key) {
      await this.#close();
      const kept = enabled ? directory : undefined;
      const files = await index.open({ directory: kept, encoder: { encoder, conceptDim }, folders });
      this.#files = new Map(files.map((file) => [file.uri, file]));
      this.#open = { key, folders, kept: kept !== undefined };
      service.searchIn({ index, read: readTextFile, onStale: (uri) => this.changed([uri]) });
    }
    this.#scanDue = true;
    this.#start();
  }

  async #close(): Promise<void> {
    this.#stop();
    if (!this.#open) return;
    this.#waiting.clear();
    this.#files.clear();
    this.#open = undefined;
    this.#session.service.searchIn(undefined);
    await this.#parts.index.close();
  }

  #stop(): void {
    clearTimeout(this.#gatherer);
    this.#gatherer = undefined;
    this.#rested();
    this.#pass?.cancel();
    this.#pass = undefined;
  }

  #rested(): void {
    clearTimeout(this.#resting?.timer);
    this.#resting?.end();
    this.#resting = undefined;
  }

  #start(): void {
    if (this.#pass || this.#paused || !this.#open || this.#life.token.isCancellationRequested) return;
    const source = new CancellationSource();
    this.#pass = source;
    this.#readAll(source.token)
      .catch((error: unknown) => this.#log(error))
      .finally(() => {
        source.dispose();
        if (this.#pass !== source) return;
        this.#pass = undefined;
        this.#rested();
      });
  }

  /** Looks at everything that is due, until nothing is. */
  async #readAll(token: CancellationToken): Promise<void> {
    const start = this.#session.clock();
    let read = 0;
    while (this.#scanDue || this.#waiting.size > 0) {
      if (this.#scanDue) await this.#scan(token);
      read += await this.#readWaiting(token);
    }
    if (read > 0) this.#session.guard.logger.info(`search index: ${read} files, ${this.#session.clock() - start} ms`);
  }

  /** Finds out which files are new, changed or gone. */
  async #scan(token: CancellationToken): Promise<void> {
    this.#scanDue = false;
    this.#full = false;
    const found = new Set<string>();
    for (const folder of this.#open?.folders ?? []) {
      const settings = await this.#session.settings.of(folder);
      for await (const uri of documentsBelow(folder, await excludedBelow(this.#session, folder), token)) {
        throwIfCancelled(token);
        if (isOff(settings, uri)) continue;
        found.add(uri);
        const known = this.#files.get(uri);
        const stamp = await stampOf(uri);
        if (stamp && known?.modified === stamp.modified && known.size === stamp.size) continue;
        if (stamp || known) this.#waiting.add(uri);
      }
    }
    throwIfCancelled(token);
    const gone = [...this.#files.keys()].filter((uri) => !found.has(uri));
    if (gone.length === 0) return;
    await this.#parts.index.delete(gone);
    for (const uri of gone) {
      this.#files.delete(uri);
      this.#waiting.delete(uri);
    }
  }

  /** Reads the files that wait, with progress if they are many. Gives how many there were. */
  async #readWaiting(token: CancellationToken): Promise<number> {
    const { service, guard } = this.#session;
    const source = new CancellationSource();
    const cancelled = source.token.onCancellationRequested(() => this.pause());
    const progress = this.#waiting.size >= longReading ? await createProgress(this.#session, source) : undefined;
    let done = 0;
    try {
      progress?.begin(t('Foresay: reading the workspace'), 0, '', true);
      for (const uri of this.#waiting) {
        if (this.#resting) await raceCancellation(this.#resting.done, token);
        throwIfCancelled(token);
        const total = done + this.#waiting.size;
        progress?.report(Math.round((100 * done) / total), t('{0} of {1} files', done, total));
        try {
          const file = await service.readIn(uri, this.#files.get(uri), token);
          if (file) this.#files.set(uri, file);
          else this.#files.delete(uri);
        } catch (error) {
          if (error instanceof CancellationError || error instanceof EngineUnavailableError) throw error;
          // One bad file does not keep the others from being read.
          guard.logger.error(`search index ${uri}: ${errorMessage(error)}`);
        }
        throwIfCancelled(token);
        this.#waiting.delete(uri);
        done++;
        this.#full = (await this.#parts.index.state()).sentences >= mostSentences;
        if (this.#full) this.#waiting.clear();
      }
      return done;
    } finally {
      cancelled.dispose();
      source.dispose();
      progress?.done();
    }
  }

  /** Bytes on disk, whether or not it is open. */
  #bytes(): Promise<number> {
    const { directory } = this.#parts;
    return directory === undefined ? Promise.resolve(0) : sizeOfIndexes(directory);
  }

  #log(error: unknown): void {
    // Without a model nothing is read: the status says so, and it is tried again once there is one.
    if (error instanceof CancellationError || error instanceof EngineUnavailableError) return;
    this.#session.guard.logger.error(`search index: ${errorMessage(error)}`);
  }
}

function isOff(settings: ForesaySettings, uri: string): boolean {
  return offReason(settings, uri, languageOfFile(uri) ?? '') !== undefined;
}
