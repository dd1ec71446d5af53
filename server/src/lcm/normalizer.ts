/** The normalizer: moves concept vectors into the space the LCM works in, and back, by center and scale. */
import { type ConceptVector, normalized } from '../concepts/conceptVector.ts';

export interface Normalizer {
  /** The vectors as rows of one flat array (N * D): (x - center) / scale. Throws RangeError on a wrong dimension. */
  normalize(vectors: readonly ConceptVector[]): Float32Array;
  /** The rows of a flat array (N * D) as vectors: x * scale + center, scaled to length 1 where the encoder's are. */
  denormalize(rows: Float32Array): ConceptVector[];
}

/** Throws RangeError if the lengths differ or a scale is not positive. */
export function createNormalizer(
  center: ArrayLike<number>,
  scale: ArrayLike<number>,
  unitLength: boolean = true,
): Normalizer {
  const dim = center.length;
  if (scale.length !== dim) throw new RangeError(`scale has ${scale.length} numbers, center has ${dim}`);
  for (let d = 0; d < dim; d++) {
    if (!((scale[d] as number) > 0)) throw new RangeError(`scale[${d}] is ${scale[d]}, expected a number > 0`);
  }
  return {
    normalize(vectors) {
      const rows = new Float32Array(vectors.length * dim);
      vectors.forEach((vector, row) => {
        if (vector.length !== dim) throw new RangeError(`concept has ${vector.length} dimensions, expected ${dim}`);
        for (let d = 0; d < dim; d++) {
          rows[row * dim + d] = ((vector[d] as number) - (center[d] as number)) / (scale[d] as number);
        }
      });
      return rows;
    },
    denormalize(rows) {
      if (rows.length % dim !== 0) throw new RangeError(`${rows.length} numbers are no rows of ${dim}`);
      return Array.from({ length: rows.length / dim }, (_, row) => {
        const vector = rows
          .slice(row * dim, (row + 1) * dim)
          .map((x, d) => x * (scale[d] as number) + (center[d] as number));
        return unitLength ? normalized(vector) : vector;
      });
    },
  };
}
