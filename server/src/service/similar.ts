/** Which sentences of a document are closest in meaning to something. */
import { type Steps, triflesAtOnce } from '../base/steps.ts';
import type { ConceptVector } from '../concepts/conceptVector.ts';
import { cosine, putAmongBest } from '../concepts/similarity.ts';
import type { DocumentSnapshot, SentenceSpan } from '../text/snapshot.ts';
import type { ConceptCache } from './conceptCache.ts';
import { keyOf } from './sentenceKeys.ts';
import type { Similarity } from './vectorTable.ts';

export interface SimilarSentence {
  readonly sentence: SentenceSpan;
  readonly similarity: number;
}

/** Sentences that are compared one by one; of a longer document only those whose signs are the nearest. */
const fewSentences = 1024;
/** How many these are, at least and for each that is wanted. Of 20,000 sentences the closest is among 256 in 99 of 100. */
const leastCompared = 256;
const comparedForEach = 64;
/** For each that is wanted so many of them must be the document's: where others say more of it, all are compared. */
const ownForEach = 16;
/** Bits of a key by which nearly all sentences are passed over. */
const filterBits = 0xffff;

/**
 * For each query the `count` most similar of the sentences that have a vector, best first, the first of equals; of a long
 * document those that practically always are. `isLeftOut` is asked of a sentence and its index. Several queries at once,
 * because to walk through a long document takes longer than to compare.
 */
export function* similarSentences(
  queries: readonly ConceptVector[],
  snapshot: Pick<DocumentSnapshot, 'uri' | 'sentences'>,
  cache: ConceptCache,
  count: number,
  isLeftOut: (sentence: SentenceSpan, index: number) => boolean = () => false,
): Steps<SimilarSentence[][]> {
  const { sentences } = snapshot;
  const candidate = (at: number, similarities: readonly Similarity[] | undefined): Candidate | undefined => {
    const sentence = sentences[at] as SentenceSpan;
    return similarities && !isLeftOut(sentence, at) ? { sentence, similarities } : undefined;
  };
  if (sentences.length > fewSentences) {
    const near = yield* cache.closest(queries, Math.max(leastCompared, comparedForEach * count));
    const mayBeNear = new Uint8Array(filterBits + 1);
    for (const id of near.keys()) mayBeNear[keyOf(id) & filterBits] = 1;
    const keys = yield* cache.keys(snapshot);
    const own = queries.map(() => 0);
    const found = yield* best(queries.length, count, sentences.length, (at) => {
      if (mayBeNear[(keys[at] as number) & filterBits] === 0) return undefined;
      const similarities = near.get((sentences[at] as SentenceSpan).id);
      for (const [i, each] of similarities?.entries() ?? []) if (each !== undefined) own[i] = (own[i] as number) + 1;
      return candidate(at, similarities);
    });
    if (own.every((n) => n >= ownForEach * count)) return found;
  }
  return yield* best(queries.length, count, sentences.length, (at) => {
    const vector = cache.vector(sentences[at] as SentenceSpan);
    return candidate(at, vector && queries.map((query) => cosine(query, vector)));
  });
}

/** A sentence that may be one of the best, and its similarity to each query. */
interface Candidate {
  readonly sentence: SentenceSpan;
  readonly similarities: readonly Similarity[];
}

/** For each query the best of the first `length` places, by the candidates there. */
function* best(
  queries: number,
  count: number,
  length: number,
  candidateAt: (index: number) => Candidate | undefined,
): Steps<SimilarSentence[][]> {
  const found = Array.from({ length: queries }, (): SimilarSentence[] => []);
  for (let at = 0; at < length; at++) {
    if (at % triflesAtOnce === 0) yield;
    const candidate = candidateAt(at);
    if (!candidate) continue;
    for (const [i, of] of found.entries()) {
      const similarity = candidate.similarities[i];
      if (similarity !== undefined) putAmongBest(of, count, { sentence: candidate.sentence, similarity });
    }
  }
  return found;
}
