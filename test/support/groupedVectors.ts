/** Vectors as a document has them: of several subjects, more alike within one. */
import { type ConceptVector, normalized } from '../../server/src/concepts/conceptVector.ts';

/** `count` of length `dim` in forty groups of similar ones, from a seeded generator: always the same. */
export function groupedVectors(count: number, dim: number): ConceptVector[] {
  let state = 17;
  const noise = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  };
  const centers = Array.from({ length: 40 }, () => Float32Array.from({ length: dim }, noise));
  return Array.from({ length: count }, (_, i) =>
    normalized(Float32Array.from(centers[i % centers.length] as Float32Array, (x) => x + 0.8 * noise())),
  );
}
