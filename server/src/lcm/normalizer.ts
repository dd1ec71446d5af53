/** The normalizer: moves concept vectors into the space the LCM works in, and back, by center and scale. */
import { type ConceptVector, normalized } from '../concepts/conceptVector.ts';
import type { ConceptRole, ContextConcept } from '../concepts/contextConcept.ts';

export interface Normalizer {
  /**
   * The concepts as rows of one flat array (N * D): (x - center) / scale, and what the concept's role adds. Throws
   * RangeError on a wrong dimension.
   */
  normalize(concepts: readonly ContextConcept[]): Float32Array;
  /** The rows of a flat array (N * D) as vectors: x * scale + center, scaled to length 1 where the encoder's are. */
  denormalize(rows: Float32Array): ConceptVector[];
}

/** What each role adds to a normalized concept, D numbers. */
export type RoleShifts = Readonly<Record<ConceptRole, ArrayLike<number>>>;

/** Throws RangeError if the lengths differ or a scale is not positive. Without `roles` a role adds nothing. */
export function createNormalizer(
  center: ArrayLike<number>,
  scale: ArrayLike<number>,
  unitLength: boolean = true,
  roles?: RoleShifts,
): Normalizer {
  const dim = center.length;
  if (scale.length !== dim) throw new RangeError(`scale has ${scale.length} numbers, center has ${dim}`);
  for (let d = 0; d < dim; d++) {
    if (!((scale[d] as number) > 0)) throw new RangeError(`scale[${d}] is ${scale[d]}, expected a number > 0`);
  }
  return {
    normalize(concepts) {
      const rows = new Float32Array(concepts.length * dim);
      concepts.forEach(({ vector, role }, row) => {
        if (vector.length !== dim) throw new RangeError(`concept has ${vector.length} dimensions, expected ${dim}`);
        const shift = role && roles?.[role];
        for (let d = 0; d < dim; d++) {
          const own = ((vector[d] as number) - (center[d] as number)) / (scale[d] as number);
          rows[row * dim + d] = shift ? own + (shift[d] as number) : own;
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
