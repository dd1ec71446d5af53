/** How each sentence follows from the one before it in its section, and how that compares with the rest of the document. */
import { type Steps, triflesAtOnce } from '../../base/steps.ts';
import type { ConceptVector } from '../../concepts/conceptVector.ts';
import { cosine } from '../../concepts/similarity.ts';
import type { DocumentSnapshot, SentenceSpan } from '../../text/snapshot.ts';

/** How a figure stands among the document's: `jump` and `apart` are its lowest, `close` and `same` its highest. */
export type FlowBand = 'jump' | 'apart' | 'usual' | 'close' | 'same';

export interface FlowStep {
  readonly sentence: SentenceSpan;
  /** Similarity to the sentence before it. */
  readonly similarity: number;
  readonly band: FlowBand;
}

/** Share of the document's figures below which a band ends. */
const bandEnds: readonly (readonly [FlowBand, number])[] = [
  ['jump', 0.1],
  ['apart', 0.3],
  ['usual', 0.7],
  ['close', 0.9],
  ['same', 1],
];
/** With fewer figures than this a tenth of them is none. */
const leastCompared = 10;

/** The sentences that follow another one in their section, in order, of those that have a vector. */
export function* flowOf(
  { sentences }: DocumentSnapshot,
  vectorOf: (sentence: SentenceSpan) => ConceptVector | undefined,
): Steps<FlowStep[]> {
  const found: { sentence: SentenceSpan; similarity: number }[] = [];
  for (const [i, sentence] of sentences.entries()) {
    if (i % triflesAtOnce === 0) yield;
    const previous = sentences[i - 1];
    if (previous?.section !== sentence.section) continue;
    const before = vectorOf(previous);
    const vector = vectorOf(sentence);
    if (before && vector) found.push({ sentence, similarity: cosine(before, vector) });
  }
  const sorted = Float64Array.from(found, ({ similarity }) => similarity).sort();
  const limits = bandEnds.map(([band, share]) => {
    return { band, below: share < 1 ? (sorted[Math.floor(share * sorted.length)] ?? 1) : Number.POSITIVE_INFINITY };
  });
  const bandOf = (similarity: number): FlowBand =>
    (sorted.length >= leastCompared && limits.find(({ below }) => similarity < below)?.band) || 'usual';
  yield;
  return found.map((step) => ({ ...step, band: bandOf(step.similarity) }));
}
