/** What is known of every sentence, kept over versions and closings: its vector, and what the LCM expects in its place. */
import { type CancellationToken, neverCancelled, throwIfCancelled } from '../base/cancellation.ts';
import { CancellationSource, raceCancellation } from '../base/cancellationSource.ts';
import { LruCache } from '../base/lruCache.ts';
import { finish, inTurns, type Steps, triflesAtOnce } from '../base/steps.ts';
import type { ConceptVector } from '../concepts/conceptVector.ts';
import { directionOf } from '../concepts/direction.ts';
import type { ConceptEngine } from '../concepts/engine.ts';
import type { DocumentSnapshot, SentenceSpan } from '../text/snapshot.ts';
import { asConcepts, headingsOf, itemsBefore, type SequenceItem, sequenceOf } from './contextSequence.ts';
import { changedPlaces, decisiveItems, expectationKey, missingWindows } from './expectations.ts';
import { type Indexed, indexedAround, missingSentences, nothingIndexed } from './missingSentences.ts';
import { SentenceKeys } from './sentenceKeys.ts';
import { type Similarity, VectorTable } from './vectorTable.ts';

/** Sentences known over all documents: 32,768 vectors of 384 floats are 50 MB. Least recently used leave first. */
const sentenceBound = 32_768;
/** Sentences in one call of the encoder: short enough that a suggestion never waits long behind one. */
const batchSize = 24;

type Progress = (done: number, total: number) => void;

/** What the encoder needs to know of a sentence. */
type Wording = Pick<SentenceSpan, 'id' | 'text'>;

interface DocumentIndex {
  /** The pass under way; a newer one cancels it. */
  pass: CancellationSource | undefined;
  /** Version whose vectors and expectations are all there. */
  completeVersion: number | undefined;
  /** What of the last pass that ended has vectors. */
  indexed: Indexed;
  /** The sequence of that version, and what was known of it. */
  expected: Expected;
  readonly keys: SentenceKeys;
}

interface Expected {
  readonly items: readonly SequenceItem[];
  /** The places whose expectation stayed unknown. */
  readonly unknown: ReadonlySet<number>;
}
const nothingExpected: Expected = { items: [], unknown: new Set() };

export class ConceptCache {
  readonly #vectors = new VectorTable(sentenceBound);
  /** Their directions, by key (see expectationKey). */
  readonly #expectations = new LruCache<string, Int8Array>(sentenceBound);
  /** Batches on their way to the encoder: whoever needs one of their sentences waits instead of asking again. */
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #documents = new Map<string, DocumentIndex>();
  readonly #engine: ConceptEngine;
  /** Whether what is expected was asked with roles. */
  #hasRoles = false;

  constructor(engine: ConceptEngine) {
    this.#engine = engine;
  }

  /** The vector of a sentence or heading if it is known; never runs a model. */
  vector({ id }: Pick<SentenceSpan, 'id'>): ConceptVector | undefined {
    return this.#vectors.peek(id);
  }

  /** Of all sentences known, over all documents, those closest to the queries and more, by id (see VectorTable.closest). */
  closest(queries: readonly ConceptVector[], count: number): Steps<ReadonlyMap<string, readonly Similarity[]>> {
    return this.#vectors.closest(queries, count);
  }

  /** The direction of what the LCM expects at this sentence's place, if it is known; never runs a model. */
  expectation(snapshot: DocumentSnapshot, index: number): ConceptVector | undefined {
    const section = snapshot.sentences[index]?.section ?? 0;
    const before = itemsBefore(snapshot, { before: index, section }, decisiveItems, { hasRoles: this.#hasRoles });
    const found = this.#expectations.peek(expectationKey(before, before.length));
    return found && Float32Array.from(found);
  }

  /** A key for each of the document's sentences (see SentenceKeys). */
  keys({ uri, sentences }: Pick<DocumentSnapshot, 'uri' | 'sentences'>): Steps<Int32Array> {
    return (this.#documents.get(uri)?.keys ?? new SentenceKeys()).of(sentences);
  }

  /** True once `index` has finished for this version. */
  isComplete(snapshot: DocumentSnapshot): boolean {
    return this.#documents.get(snapshot.uri)?.completeVersion === snapshot.version;
  }

  /** The vectors that are known of a document's sentences and headings, by id, in the sentences' order. */
  known(snapshot: DocumentSnapshot): Map<string, ConceptVector> {
    const known = new Map<string, ConceptVector>();
    for (const { id } of [...snapshot.sentences, ...headingsOf(snapshot)]) {
      const vector = this.#vectors.peek(id);
      if (vector) known.set(id, vector);
    }
    return known;
  }

  /** Takes vectors of the engine's encoder for the headings, and the sentences near `near`, that have none yet. */
  restore(snapshot: DocumentSnapshot, near: number, vectors: ReadonlyMap<string, ConceptVector>): void {
    const around = indexedAround(snapshot.sentences, near);
    for (const { id } of [...headingsOf(snapshot), ...finish(this.#missing(around, near, nothingIndexed))]) {
      const vector = vectors.get(id);
      if (vector) this.#vectors.set(id, vector);
    }
  }

  /** One vector for each sentence, in order; encodes the missing ones first. */
  async vectors(sentences: readonly Wording[], token: CancellationToken): Promise<ConceptVector[]> {
    const known = new Map<string, ConceptVector>();
    const note = (): Wording[] => {
      for (const { id } of sentences) {
        const vector = known.has(id) ? undefined : this.#vectors.get(id);
        if (vector) known.set(id, vector);
      }
      return sentences.filter(({ id }) => !known.has(id));
    };
    // Noted after each batch, so that a cache smaller than the request loses nothing on the way.
    for (let missing = note(); missing.length > 0; missing = note()) {
      await this.#encodeSome(missing, token);
      throwIfCancelled(token);
    }
    return sentences.map(({ id }) => known.get(id) as ConceptVector);
  }

  /**
   * Brings the document's index up to this snapshot: encodes the missing sentences, those near offset `near` first, then
   * asks the LCM what it expects at the places whose surroundings changed. A newer call for the same document cancels it.
   * `progress` hears how many sentences are to be encoded before the first of them is.
   */
  async index(snapshot: DocumentSnapshot, near: number, token: CancellationToken, progress?: Progress): Promise<void> {
    const document = this.#document(snapshot.uri);
    document.pass?.cancel();
    const pass = new CancellationSource(token);
    document.pass = pass;
    try {
      const around = indexedAround(snapshot.sentences, near);
      // A cache that is full may have forgotten what was known.
      const before = this.#vectors.size < sentenceBound ? document.indexed : nothingIndexed;
      const missing = await inTurns(this.#missing(around, near, before), pass.token);
      const total = missing.length;
      for (let done = 0; done < total; done += batchSize) {
        progress?.(done, total);
        await this.vectors(missing.slice(done, done + batchSize), pass.token);
      }
      progress?.(total, total);
      document.indexed = around;
      document.expected = await this.#expect(snapshot, document.expected, pass.token);
      document.completeVersion = snapshot.version;
    } finally {
      pass.dispose();
      if (document.pass === pass) document.pass = undefined;
    }
  }

  /** Ends the pass of a document that is closed; what is known of its sentences stays until it is the oldest. */
  close(uri: string): void {
    this.#documents.get(uri)?.pass?.cancel();
    this.#documents.delete(uri);
  }

  /** Forgets everything: another bundle's vectors mean something else. */
  clear(): void {
    for (const uri of [...this.#documents.keys()]) this.close(uri);
    this.#vectors.clear();
    this.#expectations.clear();
    this.#underWay.clear();
  }

  #document(uri: string): DocumentIndex {
    let document = this.#documents.get(uri);
    if (!document) {
      document = {
        pass: undefined,
        completeVersion: undefined,
        indexed: nothingIndexed,
        expected: nothingExpected,
        keys: new SentenceKeys(),
      };
      this.#documents.set(uri, document);
    }
    return document;
  }

  #missing(around: Indexed, near: number, before: Indexed): Steps<SentenceSpan[]> {
    return missingSentences(around, near, before, (id) => this.#vectors.has(id));
  }

  /** Encodes the first few missing sentences, or waits for a batch that already holds the first of them. */
  async #encodeSome(missing: readonly Wording[], token: CancellationToken): Promise<void> {
    const waited = missing.map(({ id }) => this.#underWay.get(id)).find((batch) => batch !== undefined);
    const batch = waited ?? this.#encodeBatch(missing.slice(0, batchSize));
    await raceCancellation(batch, token);
  }

  /** Runs to its end even if nobody waits any more: a batch is short, and its vectors are wanted later anyway. */
  #encodeBatch(sentences: readonly Wording[]): Promise<void> {
    const texts = new Map(sentences.map(({ id, text }) => [id, text]));
    const batch = this.#engine
      .encode([...texts.values()], neverCancelled)
      .then((vectors) => {
        if (vectors.length !== texts.size) {
          throw new Error(`encode: ${vectors.length} vectors for ${texts.size} sentences`);
        }
        // After `clear` the engine that answers may hold another bundle than the one that is asked from now on.
        for (const [i, id] of [...texts.keys()].entries()) {
          const vector = vectors[i];
          if (vector && this.#underWay.get(id) === batch) this.#vectors.set(id, vector);
        }
      })
      .finally(() => {
        for (const id of texts.keys()) if (this.#underWay.get(id) === batch) this.#underWay.delete(id);
      });
    for (const id of texts.keys()) this.#underWay.set(id, batch);
    return batch;
  }

  /** Asks for what is not known yet of the document's sequence; `before`: what the last pass that ended has left. */
  async #expect(snapshot: DocumentSnapshot, before: Expected, token: CancellationToken): Promise<Expected> {
    const info = await raceCancellation(this.#engine.ready(), token);
    const { contextLength, hasRoles } = info;
    this.#hasRoles = hasRoles;
    const items = await inTurns(sequenceOf(snapshot, info), token);
    // A cache that is full may have forgotten what was known.
    const trusted = this.#expectations.size < sentenceBound ? before : nothingExpected;
    const unknown = await inTurns(this.#unknown(items, trusted), token);
    const isAsked = (place: number) => unknown.has(place) && this.#vectors.has((items[place] as SequenceItem).id);
    for (const { start, first, end } of missingWindows(items.length, isAsked, contextLength)) {
      const window = items.slice(start, end);
      if (!window.every(({ id, isSentence }) => !isSentence || this.#vectors.has(id))) continue;
      const concepts = asConcepts(window, await this.vectors(window, token));
      const expected = await this.#engine.expected(concepts, token);
      throwIfCancelled(token);
      for (let i = first; i < end; i++) {
        const vector = items[i]?.isSentence ? expected[i - start] : undefined;
        if (!vector) continue;
        this.#expectations.set(expectationKey(items, i), directionOf(vector));
        unknown.delete(i);
      }
    }
    return { items, unknown };
  }

  /**
   * The sentences in the sequence whose expectation is not known. What was known of `before` and still stands where it
   * stood is not looked up: a key is long, and a writer changes one sentence.
   */
  *#unknown(items: readonly SequenceItem[], before: Expected): Steps<Set<number>> {
    const [first, end] = changedPlaces(before.items, items);
    const shift = before.items.length - items.length;
    const places = new Set<number>();
    for (const [i, { id, isSentence }] of items.entries()) {
      if (i % triflesAtOnce === 0) yield;
      if (!isSentence || (i < first && !before.unknown.has(i)) || (i >= end && !before.unknown.has(i + shift)))
        continue;
      // Far from the cursor in a very long document there is no vector, and nothing that a key would find.
      if (!this.#vectors.has(id) || !this.#expectations.has(expectationKey(items, i))) places.add(i);
    }
    return places;
  }
}
