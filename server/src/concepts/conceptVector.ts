/** The concept vector: what one sentence means, as the encoder gives it. */

/** `Float32Array(conceptDim)`, unit length (L2) unless the bundle's manifest says otherwise. */
export type ConceptVector = Float32Array;

/** Scales a copy to unit length; a zero vector stays zero. */
export function normalized(vector: ConceptVector): ConceptVector {
  const length = lengthOf(vector);
  const scale = length > 0 ? 1 / length : 0;
  return vector.map((x) => x * scale);
}

/** (1 - weight) a + weight b. */
export function mixed(a: ConceptVector, b: ConceptVector, weight: number): ConceptVector {
  return a.map((x, i) => (1 - weight) * x + weight * (b[i] as number));
}

/** Length (L2). */
export function lengthOf(vector: ConceptVector): number {
  let sum = 0;
  for (const x of vector) sum += x * x;
  return Math.sqrt(sum);
}
