/** What is known of the sentence under the cursor: from the cache alone, never by running a model. */
import type { ConceptVector } from '../../concepts/conceptVector.ts';
import { centroid, cosine, mostSimilar, nearest } from '../../concepts/similarity.ts';
import type { DocumentSnapshot, SentenceSpan, Span } from '../../text/snapshot.ts';
import type { ConceptCache } from '../conceptCache.ts';

export interface NearSentence {
  readonly span: Span;
  readonly text: string;
  readonly similarity: number;
}

export interface SentenceFacts {
  readonly span: Span;
  readonly text: string;
  /** Similarity to the sentence before; null at the document's start and while unknown. */
  readonly toPrevious: number | null;
  /** Similarity to the mean of the section's other sentences; null for a lone one and while unknown. */
  readonly toSection: number | null;
  /** 1 less the similarity to the most similar sentence before it; null for the first and while unknown. */
  readonly novelty: number | null;
  /**
   * Share in [0, 1] of the document's other sentences that the LCM finds less expected here; null while unknown, and
   * where there are too few others for a share to say anything.
   */
  readonly expectedness: number | null;
  /** The most similar sentences elsewhere in the document, best first. */
  readonly nearest: readonly NearSentence[];
  /** True while the document's index is not complete, so that the figures may still change. */
  readonly indexing: boolean;
}

/** Other sentences an expectation is compared with: enough for a percentile, few enough for a long document. */
const sampleSize = 200;
/** With fewer others than this, each one moves the share by more than ten percent. */
const leastCompared = 10;

/** `neighbors`: how many similar sentences there may be. */
export function sentenceFacts(
  snapshot: DocumentSnapshot,
  sentence: SentenceSpan,
  cache: ConceptCache,
  neighbors = 3,
): SentenceFacts {
  const { sentences } = snapshot;
  const index = sentences.indexOf(sentence);
  const vector = cache.vector(sentence);
  const previous = sentences[index - 1];
  const others = vector ? knownOthers(sentences, sentence, cache) : [];
  const section = others.filter(([other]) => other.section === sentence.section).map(([, v]) => v);
  const sectionCentroid = centroid(section);
  const toPrevious = vector && previous ? similarityOrNull(vector, cache.vector(previous)) : null;
  return {
    span: { start: sentence.start, end: sentence.end },
    text: sentence.text,
    toPrevious,
    toSection: vector && sectionCentroid ? cosine(vector, sectionCentroid) : null,
    novelty: vector ? novelty(sentence, vector, others) : null,
    expectedness: vector ? expectedness(cache.expectation(snapshot, index), vector, others) : null,
    nearest: vector
      ? nearest(vector, others, neighbors).map(({ item, similarity }) => ({
          span: { start: item.start, end: item.end },
          text: item.text,
          similarity,
        }))
      : [],
    indexing: !cache.isComplete(snapshot),
  };
}

/** The other sentences that have a vector. */
function knownOthers(
  sentences: readonly SentenceSpan[],
  sentence: SentenceSpan,
  cache: ConceptCache,
): [SentenceSpan, ConceptVector][] {
  const others: [SentenceSpan, ConceptVector][] = [];
  for (const other of sentences) {
    const vector = other === sentence ? undefined : cache.vector(other);
    if (vector) others.push([other, vector]);
  }
  return others;
}

function novelty(
  sentence: SentenceSpan,
  vector: ConceptVector,
  others: readonly (readonly [SentenceSpan, ConceptVector])[],
): number | null {
  const closest = mostSimilar(
    vector,
    others.filter(([{ start }]) => start < sentence.start),
  );
  return closest ? 1 - closest.similarity : null;
}

function similarityOrNull(a: ConceptVector, b: ConceptVector | undefined): number | null {
  return b ? cosine(a, b) : null;
}

function expectedness(
  expectation: ConceptVector | undefined,
  vector: ConceptVector,
  others: readonly (readonly [SentenceSpan, ConceptVector])[],
): number | null {
  if (!expectation || others.length < leastCompared) return null;
  const own = cosine(expectation, vector);
  // An even stride and no random draw: the same document always gets the same figure.
  const stride = Math.max(1, others.length / sampleSize);
  let sampled = 0;
  let less = 0;
  for (let at = 0; at < others.length; at += stride) {
    const other = others[Math.floor(at)];
    if (!other) break;
    sampled++;
    if (cosine(expectation, other[1]) < own) less++;
  }
  return less / sampled;
}
