/** The concept vector: what one sentence means, as the encoder's unit-length output. */

/** `Float32Array(conceptDim)`, unit length (L2), as the bundle's encoder gives it. */
export type ConceptVector = Float32Array;

/** Scales a copy to unit length; a zero vector stays zero. */
export function normalized(vector: ConceptVector): ConceptVector {
  let sum = 0;
  for (const x of vector) sum += x * x;
  const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
  return vector.map((x) => x * scale);
}
