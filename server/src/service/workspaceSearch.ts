/** Sentences like a text in open documents and in the index of the workspace's files, and how a file gets into that. */
import { type CancellationToken, throwIfCancelled } from '../base/cancellation.ts';
import { raceCancellation } from '../base/cancellationSource.ts';
import { LruCache } from '../base/lruCache.ts';
import { inTurns } from '../base/steps.ts';
import type { ConceptVector } from '../concepts/conceptVector.ts';
import type { ConceptEngine } from '../concepts/engine.ts';
import type { SentenceIndex } from '../search/indexSession.ts';
import type { FoundPlace, IndexedFile } from '../search/sentenceTable.ts';
import type { TextFile } from '../search/textFile.ts';
import type { DocumentSnapshot, SentenceSpan } from '../text/snapshot.ts';
import type { ConceptCache } from './conceptCache.ts';
import { indexedSentences } from './missingSentences.ts';
import { similarSentences } from './similar.ts';
import { openDocument, readSnapshot } from './snapshots.ts';

export interface FoundSentence {
  /** The document or file that it stands in. */
  readonly snapshot: DocumentSnapshot;
  readonly sentence: SentenceSpan;
  readonly similarity: number;
}

/** Where to look. */
export interface SearchPlaces {
  /** Documents as the editor has them, prepared. */
  readonly open: readonly DocumentSnapshot[];
  /** The one of them that is read to its end first; of the others those sentences count that have been read. */
  readonly whole?: DocumentSnapshot | undefined;
  /** Uris of other documents that the editor has: not to be looked up on disk. */
  readonly hidden?: readonly string[];
  /** Whether the files of the index are searched too. */
  readonly files: boolean;
  /** A sentence of an open document that is not to be found. */
  readonly except?: SentenceSpan | undefined;
}

/** Files that no editor has opened. */
export interface IndexedFiles {
  /** Their sentences; it is open. */
  readonly index: SentenceIndex;
  /** Reads one of them; `undefined` if it is gone, or no text. */
  read(uri: string): Promise<TextFile | undefined>;
  /** Hears that a file is not any more as it is in the index. */
  onStale(uri: string): void;
}

/** Files kept taken apart, so that a search which is typed letter by letter does so once. */
const filesKept = 32;
/** Sentences asked of the index for each one wanted: those whose file has changed fall away. */
const surplus = 2;
/** Sentences in one call of the encoder: short enough that a suggestion never waits long behind one. */
const batchSize = 24;

export class WorkspaceSearch {
  readonly #engine: ConceptEngine;
  readonly #cache: ConceptCache;
  readonly #snapshots = new LruCache<string, DocumentSnapshot>(filesKept);
  #files: IndexedFiles | undefined;

  constructor(engine: ConceptEngine, cache: ConceptCache) {
    this.#engine = engine;
    this.#cache = cache;
  }

  /** Searches these files too from now on, or none. */
  use(files: IndexedFiles | undefined): void {
    this.#files = files;
    this.#snapshots.clear();
  }

  /** The `count` sentences most similar to the query, best first; never runs a model. */
  async nearest(
    query: ConceptVector,
    { open, hidden = [], files, except }: SearchPlaces,
    count: number,
    token: CancellationToken,
  ): Promise<FoundSentence[]> {
    const found: FoundSentence[] = [];
    for (const snapshot of open) {
      const steps = similarSentences([query], snapshot, this.#cache, count, (sentence) => sentence === except);
      for (const { sentence, similarity } of (await inTurns(steps, token)).flat())
        found.push({ snapshot, sentence, similarity });
    }
    if (files && this.#files) {
      const others = [...open.map(({ uri }) => uri), ...hidden];
      const params = { query, count: surplus * count, except: others };
      const places = await raceCancellation(this.#files.index.search(params), token);
      found.push(...(await this.#located(this.#files, places, count, token)));
    }
    return found.sort((a, b) => b.similarity - a.similarity).slice(0, count);
  }

  /**
   * Reads a file into the index, which has it as `before`, if it does; only sentences that it did not have are encoded.
   * Gives the file as the index has it now, or nothing if it has none.
   */
  async readIn(
    uri: string,
    before: IndexedFile | undefined,
    token: CancellationToken,
  ): Promise<IndexedFile | undefined> {
    if (!this.#files) return undefined;
    const { index } = this.#files;
    const read = await this.#files.read(uri);
    throwIfCancelled(token);
    if (!read) {
      if (before) await index.delete([uri]);
      return undefined;
    }
    const { languageId, text, hash, modified, size } = read;
    const file = { uri, hash, modified, size };
    if (before?.hash === hash) {
      await index.touch(file);
      return file;
    }
    const snapshot = openDocument({ uri, languageId, version: 0, text });
    await inTurns(readSnapshot(snapshot), token);
    const sentences = snapshot.sentences.slice(0, indexedSentences);
    const known = new Set(await index.known(uri));
    const vectors = new Map<string, ConceptVector>();
    const missing = new Map<string, string>();
    for (const sentence of sentences) {
      if (known.has(sentence.id)) continue;
      const vector = this.#cache.vector(sentence);
      if (vector) vectors.set(sentence.id, vector);
      else missing.set(sentence.id, sentence.text);
    }
    const ids = [...missing.keys()];
    for (let at = 0; at < ids.length; at += batchSize) {
      const batch = ids.slice(at, at + batchSize);
      // Not through the cache, which is for what is open.
      const encoded = await this.#engine.encode(
        batch.map((id) => missing.get(id) as string),
        token,
      );
      throwIfCancelled(token);
      for (const [i, id] of batch.entries()) vectors.set(id, encoded[i] as ConceptVector);
    }
    await index.put({
      file,
      ids: sentences.map(({ id }) => id),
      starts: Uint32Array.from(sentences, ({ start }) => start),
      vectors,
    });
    return file;
  }

  /** The sentences at these places, the first `count` that still stand there. */
  async #located(
    files: IndexedFiles,
    places: readonly FoundPlace[],
    count: number,
    token: CancellationToken,
  ): Promise<FoundSentence[]> {
    const found: FoundSentence[] = [];
    const snapshots = new Map<string, DocumentSnapshot | undefined>();
    for (const { uri, hash, id, start, similarity } of places) {
      if (found.length === count) break;
      if (!snapshots.has(uri)) snapshots.set(uri, await this.#snapshotOf(files, uri, hash, token));
      const snapshot = snapshots.get(uri);
      const sentence = snapshot?.sentences.find((each) => each.start === start && each.id === id);
      if (snapshot && sentence) found.push({ snapshot, sentence, similarity });
    }
    return found;
  }

  /** A file as it was when it was read in; `undefined` if it has changed since. */
  async #snapshotOf(
    files: IndexedFiles,
    uri: string,
    hash: string,
    token: CancellationToken,
  ): Promise<DocumentSnapshot | undefined> {
    const file = await files.read(uri);
    throwIfCancelled(token);
    if (file?.hash !== hash) {
      files.onStale(uri);
      return undefined;
    }
    const known = this.#snapshots.get(uri);
    if (known?.text === file.text) return known;
    const { languageId, text } = file;
    const snapshot = openDocument({ uri, languageId, version: 0, text });
    await inTurns(readSnapshot(snapshot), token);
    this.#snapshots.set(uri, snapshot);
    return snapshot;
  }
}
