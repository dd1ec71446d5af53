/** Where the subject changes: a row of sentences cut into topic segments, by dynamic programming over their vectors. */
import type { Steps } from '../../base/steps.ts';
import type { ConceptVector } from '../../concepts/conceptVector.ts';

/** A sentence as the segmentation sees it. */
export interface SegmentedSentence {
  readonly vector: ConceptVector;
  /** True for the first sentence of a paragraph. */
  readonly opensParagraph: boolean;
}

/** Half-open, in sentences of the row. */
export interface SegmentBounds {
  readonly first: number;
  readonly end: number;
}

/**
 * What a boundary costs, in units of the row's own noise: at a paragraph's start, and inside a paragraph, where writers
 * seldom change the subject. Chosen on validation documents with `npm run evaluate:segments`.
 */
const boundaryCost = { paragraph: 1.4, sentence: 2.4 } as const;
/** A topic of one sentence is none. */
const leastSentences = 2;
/** Longer segments are cut where it costs least; it bounds the work for a sentence. */
const mostSentences = 64;

/**
 * The segments of a row, in order, without gaps. The cut that minimises the squared distances of the vectors to their
 * segment's mean plus the boundaries' costs (Kehagias, Fragkou and Petridis 2003, on vectors of sentences); what all
 * sentences of a document have in common cancels out in it. O(n · mostSentences) products of two vectors.
 */
export function* segmentsOf(sentences: readonly SegmentedSentence[]): Steps<SegmentBounds[]> {
  const count = sentences.length;
  if (count === 0) return [];
  const noise = noiseOf(sentences);
  /** Least cost of the sentences before each place, and where the last segment of that cut starts. */
  const least = new Float64Array(count + 1).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(count + 1);
  /** For each start: the sum of its sentence's products with those after it, up to the place looked at. */
  const products = new Float64Array(count);
  least[0] = 0;
  for (let end = 1; end <= count; end++) {
    yield;
    const last = (sentences[end - 1] as SegmentedSentence).vector;
    const own = dot(last, last);
    let squares = own;
    let lengths = own;
    for (let start = end - 1; start >= Math.max(0, end - mostSentences); start--) {
      const { vector } = sentences[start] as SegmentedSentence;
      if (start < end - 1) {
        products[start] = (products[start] as number) + dot(vector, last);
        const square = dot(vector, vector);
        lengths += square;
        squares += square + 2 * (products[start] as number);
      }
      const size = end - start;
      // Too short only where the whole row is.
      if (size < leastSentences && !(start === 0 && end === count)) continue;
      const cost =
        (least[start] as number) + lengths - squares / size + (start > 0 ? noise * costAt(sentences[start]) : 0);
      if (cost >= (least[end] as number)) continue;
      least[end] = cost;
      from[end] = start;
    }
  }
  const segments: SegmentBounds[] = [];
  for (let end = count; end > 0; end = from[end] as number) segments.push({ first: from[end] as number, end });
  return segments.reverse();
}

function costAt(sentence: SegmentedSentence | undefined): number {
  return sentence?.opensParagraph === true ? boundaryCost.paragraph : boundaryCost.sentence;
}

/** How far a sentence is from what it shares with its neighbor: half the mean squared distance of two in a row. */
function noiseOf(sentences: readonly SegmentedSentence[]): number {
  let sum = 0;
  for (let i = 1; i < sentences.length; i++) {
    const a = (sentences[i - 1] as SegmentedSentence).vector;
    const b = (sentences[i] as SegmentedSentence).vector;
    sum += (dot(a, a) + dot(b, b)) / 2 - dot(a, b);
  }
  return sentences.length > 1 ? sum / (sentences.length - 1) : 0;
}

function dot(a: ConceptVector, b: ConceptVector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
