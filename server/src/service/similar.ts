/** Which sentences of a document are closest in meaning to something. */
import { type Steps, triflesAtOnce } from '../base/steps.ts';
import type { ConceptVector } from '../concepts/conceptVector.ts';
import { cosine, putAmongBest } from '../concepts/similarity.ts';
import type { DocumentSnapshot, SentenceSpan } from '../text/snapshot.ts';
import type { ConceptCache } from './conceptCache.ts';
import type { Similarity } from './vectorTable.ts';

export interface SimilarSentence {
  readonly sentence: SentenceSpan;
  readonly similarity: number;
}

/** Sentences that are compared one by one; of a longer document those that may be the closest. */
const comparedClosely = 1024;
/** As many of these must be the document's, for each that is wanted: where other documents say more of it, all are compared. */
const leastOwn = 16;

/**
 * For each query the `count` most similar of the sentences that have a vector, best first, the first of equals; of a long
 * document those that practically always are. `isLeftOut` is asked of a sentence and its index. Several queries at once,
 * because to walk through a long document takes longer than to compare.
 */
export function* similarSentences(
  queries: readonly ConceptVector[],
  { sentences }: Pick<DocumentSnapshot, 'sentences'>,
  cache: ConceptCache,
  count: number,
  isLeftOut: (sentence: SentenceSpan, index: number) => boolean = () => false,
): Steps<SimilarSentence[][]> {
  if (sentences.length > comparedClosely) {
    const near = yield* cache.closest(queries, comparedClosely);
    const own = queries.map(() => 0);
    const found = yield* best(sentences, queries.length, count, isLeftOut, ({ id }) => {
      const similarities = near.get(id);
      for (const [i, each] of similarities?.entries() ?? []) if (each !== undefined) own[i] = (own[i] as number) + 1;
      return similarities;
    });
    if (own.every((n) => n >= leastOwn * count)) return found;
  }
  return yield* best(sentences, queries.length, count, isLeftOut, (sentence) => {
    const vector = cache.vector(sentence);
    return vector && queries.map((query) => cosine(query, vector));
  });
}

function* best(
  sentences: readonly SentenceSpan[],
  queries: number,
  count: number,
  isLeftOut: (sentence: SentenceSpan, index: number) => boolean,
  similaritiesOf: (sentence: SentenceSpan) => readonly Similarity[] | undefined,
): Steps<SimilarSentence[][]> {
  const found = Array.from({ length: queries }, (): SimilarSentence[] => []);
  for (let at = 0; at < sentences.length; at++) {
    const sentence = sentences[at] as SentenceSpan;
    if (at % triflesAtOnce === 0) yield;
    const similarities = similaritiesOf(sentence);
    if (!similarities || isLeftOut(sentence, at)) continue;
    for (const [i, of] of found.entries()) {
      const similarity = similarities[i];
      if (similarity !== undefined) putAmongBest(of, count, { sentence, similarity });
    }
  }
  return found;
}
