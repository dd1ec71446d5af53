/** The contextualizer's window over a growing document. */
import type { ConceptVector } from './conceptVector.ts';
import type { ContextConcept } from './contextConcept.ts';

/**
 * Where the window over `count` concepts starts. It moves by half its length: until then every concept keeps its
 * position in the window, so that one more concept costs one step. The window holds at least the last `length / 2`.
 */
export function windowStart(count: number, length: number): number {
  if (count <= length) return 0;
  const hop = Math.max(1, Math.floor(length / 2));
  return Math.ceil((count - length) / hop) * hop;
}

/** How many concepts two lists have in common from the start, number for number and in the same roles. */
export function commonPrefix(a: readonly ContextConcept[], b: readonly ContextConcept[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [one, other] = [a[i] as ContextConcept, b[i] as ContextConcept];
    if (one.role !== other.role || !equal(one.vector, other.vector)) return i;
  }
  return length;
}

/** `count` indexes spread evenly over `[0, length)`, rising; all of them if there are no more than that. */
export function evenlySpread(length: number, count: number): number[] {
  if (length <= count) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * length) / count));
}

function equal(a: ConceptVector, b: ConceptVector): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
