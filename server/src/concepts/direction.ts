/** Concept vectors of which thousands are kept or sent, and nothing but their direction is asked: in a quarter of the bytes. */
import type { ConceptVector } from './conceptVector.ts';

/** The direction in signed bytes: the largest number becomes 127 or -127. Similarities keep two digits and more. */
export function directionOf(vector: ConceptVector): Int8Array {
  let largest = 0;
  for (const x of vector) largest = Math.max(largest, Math.abs(x));
  const scale = largest > 0 ? 127 / largest : 0;
  const direction = new Int8Array(vector.length);
  for (let i = 0; i < vector.length; i++) direction[i] = Math.round((vector[i] as number) * scale);
  return direction;
}
