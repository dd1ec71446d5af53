/** Concept vectors of which thousands are kept, and nothing but their direction is asked: in a quarter of the memory. */
import type { ConceptVector } from './conceptVector.ts';

/** Each number is a whole number of steps; off by half a step at most, 1/254 of the vector's largest number. */
export interface CompactVector {
  readonly step: number;
  readonly values: Int8Array;
}

const mostSteps = 127;

export function compacted(vector: ConceptVector): CompactVector {
  const step = vector.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) / mostSteps;
  const values = new Int8Array(vector.length);
  // What is no number becomes 0 there.
  for (let i = 0; i < vector.length; i++) values[i] = Math.round((vector[i] as number) / step);
  return { step, values };
}

export function restored({ step, values }: CompactVector): ConceptVector {
  const vector = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) vector[i] = (values[i] as number) * step;
  return vector;
}
