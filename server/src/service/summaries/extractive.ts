/** The extractive summary: the document's own sentences that stand for the rest and differ from each other. */
import { type Steps, triflesAtOnce } from '../../base/steps.ts';
import { wordsOf } from '../../base/words.ts';
import type { ConceptVector } from '../../concepts/conceptVector.ts';
import { diverseInSteps, type Rated } from '../../concepts/diversity.ts';
import { centroid, cosine } from '../../concepts/similarity.ts';
import { fitting, type SummaryBounds } from './summaryBounds.ts';

/** A source sentence as the summary needs it. */
export interface SourceSentence {
  readonly text: string;
  readonly complete: boolean;
  readonly vector: ConceptVector;
}

/** Weight of opening the text, and how many sentences on it is down to 1/e; what is told first is often what it is about. */
const openingWeight = 0.15;
const openingLength = 5;
/** Relevance against difference in maximal marginal relevance. */
const relevanceWeight = 0.8;
/** A sentence of fewer words says too little to stand alone; one that ends in a colon has its point in what follows. */
const leastWords = 5;

/**
 * Indexes of the sentences that fit into the bounds, in document order. Relevant is what is near the text's centroid and
 * near the `topics`, concepts of what it is about: its heading, what the LCM would open its summary with.
 */
export function* extractiveSummary(
  sentences: readonly SourceSentence[],
  bounds: SummaryBounds,
  topics: readonly ConceptVector[] = [],
): Steps<number[]> {
  const middle = centroid(sentences.map(({ vector }) => vector));
  if (!middle) return [];
  const about = [middle, ...topics];
  const whole = sentences.map((_, i) => i).filter((i) => standsAlone(sentences[i]));
  const usable = whole.length > 0 ? whole : sentences.map((_, i) => i);
  const rated: Rated<number>[] = [];
  for (const i of usable) {
    if (i % triflesAtOnce === 0) yield;
    const { vector } = sentences[i] as SourceSentence;
    const nearness = about.reduce((sum, topic) => sum + cosine(vector, topic), 0) / about.length;
    rated.push({ item: i, vector, relevance: nearness + openingWeight * Math.exp(-i / openingLength) });
  }
  // Of a summary counted in words some are passed over as too long.
  const spare = bounds.words === Number.POSITIVE_INFINITY ? 0 : bounds.sentences;
  const ordered = yield* diverseInSteps(rated, bounds.sentences + spare, relevanceWeight);
  const texts = ordered.map(({ item }) => item);
  return fitting(texts, (i) => sentences[i]?.text ?? '', bounds).sort((a, b) => a - b);
}

function standsAlone(sentence: SourceSentence | undefined): boolean {
  if (!sentence?.complete || sentence.text.endsWith(':')) return false;
  return wordsOf(sentence.text).length >= leastWords;
}
