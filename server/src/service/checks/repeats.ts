/** Which sentences of a document say again what an earlier one said; kept from version to version. */
import { type Steps, triflesAtOnce } from '../../base/steps.ts';
import { wordsOf } from '../../base/words.ts';
import type { ConceptVector } from '../../concepts/conceptVector.ts';
import { signsApart, signsOf } from '../../concepts/signs.ts';
import { cosine } from '../../concepts/similarity.ts';
import type { DocumentSnapshot, SentenceSpan } from '../../text/snapshot.ts';
import { areParallel, type Particulars, particularsOf } from './parallels.ts';

export interface Repeat {
  readonly sentence: SentenceSpan;
  /** The most similar sentence before it; of equals the first. */
  readonly earlier: SentenceSpan;
  readonly similarity: number;
}

/** Fewer words say too little to be an idea that is repeated: "See the next chapter." */
const leastWords = 6;
/**
 * Share of dimensions whose signs may differ between two vectors worth comparing, beyond what their angle makes likely:
 * a cosine of 0.92 is an angle of 23 degrees, with which an eighth of the signs differ, give or take this. Counting signs
 * is far cheaper than a cosine.
 */
const signTolerance = 0.06;
/** Sentences that are compared with one in a step. */
const comparedAtOnce = 512;

interface Known {
  readonly vector: ConceptVector;
  /** The vector's signs, 32 in a number. */
  readonly signs: Int32Array;
  readonly particulars: Particulars;
}

/** The pairs of one document's sentences that say the same, by their ids. */
export class RepeatFinder {
  readonly #least: number;
  readonly #mostSignsApart: number;
  readonly #known = new Map<string, Known>();
  readonly #alike = new Map<string, Map<string, number>>();

  /** `least`: the similarity from which on two sentences say the same. */
  constructor(least: number) {
    this.#least = least;
    this.#mostSignsApart = Math.acos(least) / Math.PI + signTolerance;
  }

  /** The repeats of this snapshot, in order, among the sentences that have a vector. Only new sentences are compared. */
  *find(
    { sentences }: DocumentSnapshot,
    vectorOf: (sentence: SentenceSpan) => ConceptVector | undefined,
  ): Steps<Repeat[]> {
    yield* this.#forgetOthers(sentences);
    for (const [i, sentence] of sentences.entries()) {
      if (i % triflesAtOnce === 0) yield;
      if (this.#known.has(sentence.id) || !sentence.complete) continue;
      const vector = vectorOf(sentence);
      if (vector && wordsOf(sentence.text).length >= leastWords) yield* this.#add(sentence, vector);
    }
    return yield* this.#repeats(sentences);
  }

  /** Compares a new sentence with all that are known. */
  *#add({ id, text }: SentenceSpan, vector: ConceptVector): Steps<void> {
    const signs = signsOf(vector);
    const particulars = particularsOf(text);
    const most = this.#mostSignsApart * vector.length;
    let compared = 0;
    for (const [other, known] of this.#known) {
      if (++compared % comparedAtOnce === 0) yield;
      if (signsApart(signs, known.signs) > most) continue;
      const similarity = cosine(vector, known.vector);
      if (similarity < this.#least || areParallel(particulars, known.particulars)) continue;
      this.#partnersOf(id).set(other, similarity);
      this.#partnersOf(other).set(id, similarity);
    }
    this.#known.set(id, { vector, signs, particulars });
  }

  *#repeats(sentences: readonly SentenceSpan[]): Steps<Repeat[]> {
    const found: Repeat[] = [];
    const first = new Map<string, SentenceSpan>();
    for (const [i, sentence] of sentences.entries()) {
      if (i % triflesAtOnce === 0) yield;
      if (!this.#known.has(sentence.id)) continue;
      const again = first.get(sentence.id);
      let best: Repeat | undefined = again && { sentence, earlier: again, similarity: 1 };
      for (const [id, similarity] of this.#alike.get(sentence.id) ?? []) {
        const earlier = first.get(id);
        if (earlier && (!best || similarity > best.similarity)) best = { sentence, earlier, similarity };
      }
      if (best) found.push(best);
      if (!again) first.set(sentence.id, sentence);
    }
    return found;
  }

  #partnersOf(id: string): Map<string, number> {
    const partners = this.#alike.get(id) ?? new Map<string, number>();
    this.#alike.set(id, partners);
    return partners;
  }

  /** Lets go of sentences that are not in the document any more, once they are as many as those that are. */
  *#forgetOthers(sentences: readonly SentenceSpan[]): Steps<void> {
    if (this.#known.size <= 2 * sentences.length) return;
    const present = new Set(sentences.map(({ id }) => id));
    let looked = 0;
    for (const id of this.#known.keys()) {
      if (++looked % triflesAtOnce === 0) yield;
      if (present.has(id)) continue;
      this.#known.delete(id);
      for (const partner of this.#alike.get(id)?.keys() ?? []) this.#alike.get(partner)?.delete(id);
      this.#alike.delete(id);
    }
  }
}
