/** Between the concept cache and the disk: vectors of an opened document come in, new ones go out after a pause. */
import type { CancellationToken } from '../base/cancellation.ts';
import { raceCancellation } from '../base/cancellationSource.ts';
import type { ConceptEngine } from '../concepts/engine.ts';
import type { EncoderKey } from '../store/vectorFile.ts';
import type { VectorStore } from '../store/vectorStore.ts';
import { contentHash } from '../text/contentHash.ts';
import type { DocumentSnapshot } from '../text/snapshot.ts';
import type { ConceptCache } from './conceptCache.ts';

/** Milliseconds without news of a document before it is written: a file is written whole. */
const pause = 5000;

interface KeptDocument {
  readonly store: VectorStore;
  readonly encoder: EncoderKey;
  /** What the file holds, as `contents` names it. */
  written: string;
  /** What is to be written, and when. */
  due: { readonly snapshot: DocumentSnapshot; readonly timer: ReturnType<typeof setTimeout> } | undefined;
}

export class KeptVectors {
  readonly #engine: ConceptEngine;
  readonly #cache: ConceptCache;
  #store: VectorStore | undefined;
  /** Documents whose vectors came in; another map for each store and bundle, so that what was under way is dropped. */
  #documents = new Map<string, KeptDocument>();
  /** The last write; a store's writes follow each other. */
  #lastWrite: Promise<void> = Promise.resolve();

  constructor(engine: ConceptEngine, cache: ConceptCache) {
    this.#engine = engine;
    this.#cache = cache;
  }

  /** Keeps vectors in this store from now on; `undefined` keeps none. What was not written yet is dropped. */
  use(store: VectorStore | undefined): void {
    if (store === this.#store) return;
    this.#store = store;
    this.clear();
  }

  /** Brings a document's kept vectors into the cache, once until it is closed. Gives how many there were. */
  async restore(snapshot: DocumentSnapshot, near: number, token: CancellationToken): Promise<number> {
    const store = this.#store;
    const documents = this.#documents;
    const { uri } = snapshot;
    if (!store || documents.has(uri)) return 0;
    const { encoder, conceptDim } = await raceCancellation(this.#engine.ready(), token);
    const vectors = await raceCancellation(store.load(uri, { encoder, conceptDim }), token);
    if (documents !== this.#documents || documents.has(uri)) return 0;
    documents.set(uri, {
      store,
      encoder: { encoder, conceptDim },
      written: contents(vectors.keys()),
      due: undefined,
    });
    this.#cache.restore(snapshot, near, vectors);
    return vectors.size;
  }

  /** The cache may know more of this document: it is written after a pause, if its file holds anything else. */
  changed(snapshot: DocumentSnapshot): void {
    const document = this.#documents.get(snapshot.uri);
    if (!document) return;
    clearTimeout(document.due?.timer);
    document.due = { snapshot, timer: setTimeout(() => this.#write(document), pause) };
  }

  /** Writes what is due of a document that is closed. */
  close(uri: string): void {
    const document = this.#documents.get(uri);
    this.#documents.delete(uri);
    if (document) this.#write(document);
  }

  /** Forgets all documents: another bundle answers from now on. Their files stay. */
  clear(): void {
    for (const { due } of this.#documents.values()) clearTimeout(due?.timer);
    this.#documents = new Map();
  }

  /** Writes what is due; resolves when everything is on disk. */
  async dispose(): Promise<void> {
    for (const document of this.#documents.values()) this.#write(document);
    this.clear();
    await this.#lastWrite;
  }

  #write(document: KeptDocument): void {
    const { store, encoder, due } = document;
    if (!due) return;
    clearTimeout(due.timer);
    document.due = undefined;
    const vectors = this.#cache.known(due.snapshot);
    const found = contents(vectors.keys());
    if (found === document.written) return;
    document.written = found;
    this.#lastWrite = store.save(due.snapshot.uri, encoder, vectors);
  }
}

/** One name for these ids in this order. */
function contents(ids: Iterable<string>): string {
  return contentHash([...ids].join(' '));
}
