/** How the sentences of one section go together, by their vectors. */
import { type Steps, triflesAtOnce } from '../../base/steps.ts';
import { type ConceptVector, normalized } from '../../concepts/conceptVector.ts';
import { cosine } from '../../concepts/similarity.ts';

export interface SectionMeasures {
  /**
   * Of each sentence, how it goes with those around it: its similarity to their mean, and to the nearest of some more,
   * averaged. Low where the section drifts. NaN for the first and the last, which may lead elsewhere.
   */
  readonly fit: readonly number[];
  /**
   * Of each sentence, how the text from it on goes with the text before it: the similarity of the two sentences, of the
   * nearest two of the few on both sides, and of the means of all on both sides, averaged. Low where the text jumps.
   * NaN where there is too little on a side.
   */
  readonly flow: readonly number[];
  /** How the first two sentences go with the rest: by their means, and by the nearest two. Low without a topic sentence. */
  readonly opening: number;
  /** Index of the sentence closest to the mean of all. */
  readonly center: number;
}

/** Sentences of a section from which there is enough to measure. */
export const leastSentences = 6;
/** Sentences on each side that the neighborhood of a sentence is made of. */
const neighbors = 3;
/** Sentences on each side among which the nearest is looked for. */
const reach = 20;
/** Sentences that open a section. */
const opening = 2;

/** `concepts`: of all sentences of a section, in order, at least `leastSentences`. */
export function* measureSection(concepts: readonly ConceptVector[]): Steps<SectionMeasures> {
  // Only the direction counts here, and some encoders' vectors have a length.
  const vectors = concepts.map(normalized);
  const count = vectors.length;
  const fit: number[] = [];
  const flow: number[] = [];
  const total = sumOf(vectors);
  const before = new Float32Array(total.length);
  for (const [i, vector] of vectors.entries()) {
    fit.push(i === 0 || i === count - 1 ? Number.NaN : fitAt(vectors, i));
    flow.push(i < 2 || i > count - 2 ? Number.NaN : flowAt(vectors, i, before, total));
    addTo(before, vector);
    yield;
  }
  const first = vectors.slice(0, opening);
  const beginning = sumOf(first);
  const rest = total.map((x, d) => x - (beginning[d] as number));
  let center = 0;
  let best = Number.NEGATIVE_INFINITY;
  let nearestToFirst = -1;
  for (const [i, vector] of vectors.entries()) {
    if (i % triflesAtOnce === 0) yield;
    const similarity = dot(vector, total);
    if (similarity > best) [center, best] = [i, similarity];
    if (i >= opening) nearestToFirst = Math.max(nearestToFirst, nearest([vector], first));
  }
  return { fit, flow, center, opening: (cosine(beginning, rest) + nearestToFirst) / 2 };
}

function fitAt(vectors: readonly ConceptVector[], i: number): number {
  const vector = vectors[i] as ConceptVector;
  const others = (distance: number): ConceptVector[] => [
    ...vectors.slice(Math.max(0, i - distance), i),
    ...vectors.slice(i + 1, i + 1 + distance),
  ];
  return (cosine(vector, sumOf(others(neighbors))) + nearest([vector], others(reach))) / 2;
}

function flowAt(vectors: readonly ConceptVector[], i: number, before: ConceptVector, total: ConceptVector): number {
  const step = dot(vectors[i - 1] as ConceptVector, vectors[i] as ConceptVector);
  const bridge = nearest(vectors.slice(Math.max(0, i - neighbors), i), vectors.slice(i, i + neighbors));
  const behind = total.map((x, d) => x - (before[d] as number));
  const parts = cosine(before, behind);
  return (step + bridge + parts) / 3;
}

/** The greatest similarity between one of these and one of those. */
function nearest(these: readonly ConceptVector[], those: readonly ConceptVector[]): number {
  let best = -1;
  for (const a of these) for (const b of those) best = Math.max(best, dot(a, b));
  return best;
}

function sumOf(vectors: readonly ConceptVector[]): ConceptVector {
  const sum = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) addTo(sum, vector);
  return sum;
}

function addTo(sum: ConceptVector, vector: ConceptVector): void {
  for (let d = 0; d < sum.length; d++) sum[d] = (sum[d] as number) + (vector[d] as number);
}

/** The cosine of unit vectors. */
function dot(a: ConceptVector, b: ConceptVector): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += (a[d] as number) * (b[d] as number);
  return sum;
}
