/** What ideas for a place are worked out from: the text on both sides of it, as words and as concepts. */
import { type CancellationToken, throwIfCancelled } from '../../base/cancellation.ts';
import type { Steps } from '../../base/steps.ts';
import type { ConceptVector } from '../../concepts/conceptVector.ts';
import { type ContextConcept, placeRole } from '../../concepts/contextConcept.ts';
import { windowStart } from '../../concepts/contextWindow.ts';
import type { EngineInfo } from '../../concepts/engine.ts';
import type { DocumentSnapshot, SentenceSpan } from '../../text/snapshot.ts';
import type { ConceptCache } from '../conceptCache.ts';
import { asConcepts, asFollowing, countBefore, itemsBefore, type SequenceItem } from '../contextSequence.ts';
import { type SimilarSentence, similarSentences } from '../similar.ts';
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
  readonly context: readonly ContextConcept[];
  /** Those behind it, for an LCM that reads them. */
  readonly behind: readonly ContextConcept[];
  /** Index in its section of the sentence looked for; `undefined` where the LCM does not hear of it. */
  readonly indexInSection: number | undefined;
  /** The concepts of the sentences next to the place; `undefined` at the ends of the text. */
  readonly last: ConceptVector | undefined;
  readonly following: ConceptVector | undefined;
  /** Sentences on both sides that must not be said again, and what is known of their concepts. */
  readonly nearby: readonly string[];
  readonly nearbyVectors: readonly ConceptVector[];
  /** Sentences worded behind the document's text, which the one looked for comes after. */
  readonly ahead: readonly { readonly sentence: string; readonly vector: ConceptVector }[];
  /** For each concept the document's sentence that is closest, of those whose own is known, without the one being typed. */
  readonly closestTo: (concepts: readonly ConceptVector[]) => Steps<(SimilarSentence | undefined)[]>;
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
  info: Pick<EngineInfo, 'contextLength' | 'hasRoles'>,
  token: CancellationToken,
): Promise<Scene> {
  const { sentences, sections, languageId } = snapshot;
  const before = contextItems(snapshot, place, info);
  const after = sentences.slice(place.after, place.after + followingSentences);
  const vectors = await cache.vectors([...before, ...after], token);
  throwIfCancelled(token);
  const behind = vectors.slice(before.length);
  const nearby = [
    ...sentences.slice(Math.max(0, place.before - nearbySentences), place.before),
    ...sentences.slice(place.after, place.after + nearbySentences),
  ];
  return {
    languageId,
    typed: place.typed,
    isMidSentence: place.kind === 'midSentence',
    contextText: textBefore(snapshot, place),
    context: asConcepts(before, vectors),
    behind: info.hasRoles ? asFollowing(behind) : [],
    indexInSection: info.hasRoles ? place.before - (sections[place.section]?.firstSentence ?? 0) : undefined,
    last: vectors[before.findLastIndex(({ isSentence }) => isSentence)],
    following: behind[0],
    nearby: nearby.map(({ text }) => text),
    nearbyVectors: nearby.flatMap((sentence) => cache.vector(sentence) ?? []),
    ahead: [],
    *closestTo(concepts) {
      const isTyped = (_: SentenceSpan, i: number) => i >= place.before && i < place.after;
      return (yield* similarSentences(concepts, snapshot, cache, 1, isTyped)).map(([closest]) => closest);
    },
  };
}

/** The scene behind a sentence that is worded but not written yet. */
export function continued(scene: Scene, sentence: string, vector: ConceptVector): Scene {
  return {
    ...scene,
    typed: '',
    isMidSentence: false,
    contextText: `${scene.contextText} ${sentence}`.trimStart(),
    context: [...scene.context, asNext(scene, vector)],
    indexInSection: scene.indexInSection === undefined ? undefined : scene.indexInSection + 1,
    last: vector,
    nearby: [...scene.nearby, sentence],
    nearbyVectors: [...scene.nearbyVectors, vector],
    ahead: [...scene.ahead, { sentence, vector }],
  };
}

/** A sentence at the scene's place, as the LCM reads it. */
export function asNext({ indexInSection }: Scene, vector: ConceptVector): ContextConcept {
  return indexInSection === undefined ? { vector } : { vector, role: placeRole(indexInSection) };
}

/**
 * What the LCM reads before this place, oldest first: the window that an engine takes of all that stands there. It moves
 * by half its length, so that a writer who goes on in a long document costs one concept a sentence.
 */
export function contextItems(
  snapshot: DocumentSnapshot,
  place: Place,
  info: Pick<EngineInfo, 'contextLength' | 'hasRoles'>,
): SequenceItem[] {
  const all = countBefore(snapshot, place, info);
  return itemsBefore(snapshot, place, all - windowStart(all, info.contextLength), info);
}
