/** Which sentences of a document are closest in meaning to a text. */
import { type Steps, triflesAtOnce } from '../base/steps.ts';
import type { ConceptVector } from '../concepts/conceptVector.ts';
import { cosine, putAmongBest } from '../concepts/similarity.ts';
import type { DocumentSnapshot, SentenceSpan } from '../text/snapshot.ts';
import type { ConceptCache } from './conceptCache.ts';

export interface SimilarSentence {
  readonly sentence: SentenceSpan;
  readonly similarity: number;
}

/** Sentences that are compared one by one; of a longer document those that may be the closest. */
const comparedClosely = 1024;
/** As many of these must be the document's, for each that is wanted: where other documents say more of it, all are compared. */
const leastOwn = 16;

/**
 * The `count` most similar of the sentences that have a vector, best first, the first of equals; of a long document those
 * that practically always are. `isLeftOut` is asked of a sentence and its index.
 */
export function* similarSentences(
  query: ConceptVector,
  { sentences }: Pick<DocumentSnapshot, 'sentences'>,
  cache: ConceptCache,
  count: number,
  isLeftOut: (sentence: SentenceSpan, index: number) => boolean = () => false,
): Steps<SimilarSentence[]> {
  if (sentences.length > comparedClosely) {
    const similarities = yield* cache.closest(query, comparedClosely);
    let own = 0;
    const found = yield* best(sentences, count, isLeftOut, ({ id }) => {
      const similarity = similarities.get(id);
      if (similarity !== undefined) own++;
      return similarity;
    });
    if (own >= leastOwn * count) return found;
  }
  return yield* best(sentences, count, isLeftOut, (sentence) => {
    const vector = cache.vector(sentence);
    return vector && cosine(query, vector);
  });
}

function* best(
  sentences: readonly SentenceSpan[],
  count: number,
  isLeftOut: (sentence: SentenceSpan, index: number) => boolean,
  similarityOf: (sentence: SentenceSpan) => number | undefined,
): Steps<SimilarSentence[]> {
  const found: SimilarSentence[] = [];
  for (let i = 0; i < sentences.length; i++) {
    const sentence = sentences[i] as SentenceSpan;
    if (i % triflesAtOnce === 0) yield;
    const similarity = similarityOf(sentence);
    if (similarity === undefined || isLeftOut(sentence, i)) continue;
    putAmongBest(found, count, { sentence, similarity });
  }
  return found;
}
