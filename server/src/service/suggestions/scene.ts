/** What ideas for a place are worked out from: the text on both sides of it, as words and as concepts. */
import { type CancellationToken, throwIfCancelled } from '../../base/cancellation.ts';
import { inTurns, type Steps, triflesAtOnce } from '../../base/steps.ts';
import type { ConceptVector } from '../../concepts/conceptVector.ts';
import type { DocumentSnapshot, SentenceSpan } from '../../text/snapshot.ts';
import type { ConceptCache } from '../conceptCache.ts';
import { textBefore } from './contextText.ts';
import type { Place } from './cursorPlace.ts';

export interface Scene {
  readonly languageId: string;
  /** What is typed of the sentence: in its middle a wording's own space counts. */
  readonly typed: string;
  readonly isMidSentence: boolean;
  /** Plain prose before the sentence, for the decoder. */
  readonly contextText: string;
  /** Concepts before the sentence, oldest first, for the LCM. */
  readonly context: readonly ConceptVector[];
  /** The concept of the sentence behind the place; `undefined` at the end of the text. */
  readonly following: ConceptVector | undefined;
  /** Sentences on both sides that must not be said again, and what is known of their concepts. */
  readonly nearby: readonly string[];
  readonly nearbyVectors: readonly ConceptVector[];
  /** Sentences worded behind the document's text, which the one looked for comes after. */
  readonly ahead: readonly { readonly sentence: string; readonly vector: ConceptVector }[];
  /** Every sentence of the document with its concept, as far as that is known, without the one being typed. */
  readonly known: readonly (readonly [SentenceSpan, ConceptVector])[];
}

/** Sentences on each side of the place that a plan must not repeat. */
const nearbySentences = 40;
/** Sentences behind the place whose concepts are worked out where they are missing: what follows must not be said. */
const followingSentences = 8;

/** The scene at a place. Rejects with CancellationError, or with what the engine rejects with. */
export async function sceneAt(
  cache: ConceptCache,
  snapshot: DocumentSnapshot,
  place: Place,
  contextLength: number,
  token: CancellationToken,
): Promise<Scene> {
  const { sentences, languageId } = snapshot;
  const before = contextSentences(snapshot, place, contextLength);
  const after = sentences.slice(place.after, place.after + followingSentences);
  const vectors = await cache.vectors([...before, ...after], token);
  throwIfCancelled(token);
  const nearby = [
    ...sentences.slice(Math.max(0, place.before - nearbySentences), place.before),
    ...sentences.slice(place.after, place.after + nearbySentences),
  ];
  return {
    languageId,
    typed: place.typed,
    isMidSentence: place.kind === 'midSentence',
    contextText: textBefore(snapshot, place),
    context: vectors.slice(0, before.length),
    following: vectors[before.length],
    nearby: nearby.map(({ text }) => text),
    nearbyVectors: nearby.flatMap((sentence) => cache.vector(sentence) ?? []),
    ahead: [],
    known: await inTurns(knownBeside(cache, sentences, place), token),
  };
}

/** Every sentence but the one at the place, as far as its concept is known. */
function* knownBeside(
  cache: ConceptCache,
  sentences: readonly SentenceSpan[],
  { before, after }: Place,
): Steps<Scene['known']> {
  const known: [SentenceSpan, ConceptVector][] = [];
  for (const [i, sentence] of sentences.entries()) {
    const vector = i >= before && i < after ? undefined : cache.vector(sentence);
    if (vector) known.push([sentence, vector]);
    if (i % triflesAtOnce === 0) yield;
  }
  return known;
}

/** The scene behind a sentence that is worded but not written yet. */
export function continued(scene: Scene, sentence: string, vector: ConceptVector): Scene {
  return {
    ...scene,
    typed: '',
    isMidSentence: false,
    contextText: `${scene.contextText} ${sentence}`.trimStart(),
    context: [...scene.context, vector],
    nearby: [...scene.nearby, sentence],
    nearbyVectors: [...scene.nearbyVectors, vector],
    ahead: [...scene.ahead, { sentence, vector }],
  };
}

/** The sentences whose concepts the LCM reads for this place, oldest first. */
export function contextSentences(snapshot: DocumentSnapshot, place: Place, contextLength: number): SentenceSpan[] {
  return snapshot.sentences.slice(Math.max(0, place.before - contextLength), place.before);
}
