/** Which sentences of a document are closest in meaning to a text. */
import { type Steps, triflesAtOnce } from '../base/steps.ts';
import type { ConceptVector } from '../concepts/conceptVector.ts';
import { nearest } from '../concepts/similarity.ts';
import type { DocumentSnapshot, SentenceSpan } from '../text/snapshot.ts';
import type { ConceptCache } from './conceptCache.ts';

export interface SimilarSentence {
  readonly sentence: SentenceSpan;
  readonly similarity: number;
}

/** The `count` most similar of the sentences that have a vector, best first, without `except`. */
export function* similarSentences(
  query: ConceptVector,
  { sentences }: DocumentSnapshot,
  cache: ConceptCache,
  count: number,
  except?: SentenceSpan,
): Steps<SimilarSentence[]> {
  let best: { readonly item: SentenceSpan; readonly similarity: number }[] = [];
  for (let at = 0; at < sentences.length; at += triflesAtOnce) {
    const known: [SentenceSpan, ConceptVector][] = [];
    for (const sentence of sentences.slice(at, at + triflesAtOnce)) {
      const vector = sentence === except ? undefined : cache.vector(sentence);
      if (vector) known.push([sentence, vector]);
    }
    const ordered = [...best, ...nearest(query, known, count)].sort((a, b) => b.similarity - a.similarity);
    best = ordered.slice(0, count);
    yield;
  }
  return best.map(({ item, similarity }) => ({ sentence: item, similarity }));
}
