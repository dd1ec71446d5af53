/** The contextualizer's window over a growing document, and its states: arrays with one slice for each concept. */
import type { ConceptVector } from '../concepts/conceptVector.ts';

/**
 * Where the window over `count` concepts starts. It moves by half its length: until then every concept keeps its
 * position in the window, so that one more concept costs one step. The window holds at least the last `length / 2`.
 */
export function windowStart(count: number, length: number): number {
  if (count <= length) return 0;
  const hop = Math.max(1, Math.floor(length / 2));
  return Math.ceil((count - length) / hop) * hop;
}

/** How many concepts two lists have in common from the start, number for number. */
export function commonPrefix(a: readonly ConceptVector[], b: readonly ConceptVector[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (!equal(a[i] as ConceptVector, b[i] as ConceptVector)) return i;
  return length;
}

/** `count` indexes spread evenly over `[0, length)`, rising; all of them if there are no more than that. */
export function evenlySpread(length: number, count: number): number[] {
  if (length <= count) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * length) / count));
}

/** Numbers of shape (outer, count, inner): `count` grows with the window, one slice for each concept. */
export interface Slices {
  readonly data: Float32Array;
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
}

/** The first `count` slices; the same object if that is all of them. */
export function firstSlices(slices: Slices, count: number): Slices {
  const { outer, inner } = slices;
  if (count >= slices.count) return slices;
  const data = new Float32Array(outer * count * inner);
  for (let o = 0; o < outer; o++) {
    const from = o * slices.count * inner;
    data.set(slices.data.subarray(from, from + count * inner), o * count * inner);
  }
  return { data, outer, count, inner };
}

/** The slices of `a`, then those of `b`. */
export function joinedSlices(a: Slices, b: Slices): Slices {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const { outer, inner } = a;
  const count = a.count + b.count;
  const data = new Float32Array(outer * count * inner);
  for (let o = 0; o < outer; o++) {
    data.set(a.data.subarray(o * a.count * inner, (o + 1) * a.count * inner), o * count * inner);
    data.set(b.data.subarray(o * b.count * inner, (o + 1) * b.count * inner), (o * count + a.count) * inner);
  }
  return { data, outer, count, inner };
}

function equal(a: ConceptVector, b: ConceptVector): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
