/** Vectors in fewer dimensions: their largest principal components, so that a projection has less to do. */

/** Rounds after which the components hardly turn any more. */
const rounds = 6;

/** Rows of `count` numbers, by subspace iteration on the covariance; `random` gives its start. As they are if shorter. */
export function principal(rows: readonly Float32Array[], count: number, random: () => number): Float32Array[] {
  const dim = rows[0]?.length ?? 0;
  if (dim <= count || rows.length <= count) return [...rows];
  const mean = new Float32Array(dim);
  for (const row of rows)
    for (let d = 0; d < dim; d++) mean[d] = (mean[d] as number) + (row[d] as number) / rows.length;
  const centered = rows.map((row) => row.map((x, d) => x - (mean[d] as number)));
  let axes = orthonormal(Array.from({ length: count }, () => Float32Array.from({ length: dim }, () => random() - 0.5)));
  for (let round = 0; round < rounds; round++) {
    const next = axes.map(() => new Float32Array(dim));
    for (const row of centered) {
      for (const [a, axis] of axes.entries()) {
        const weight = dot(row, axis);
        const sum = next[a] as Float32Array;
        for (let d = 0; d < dim; d++) sum[d] = (sum[d] as number) + weight * (row[d] as number);
      }
    }
    axes = orthonormal(next);
  }
  return centered.map((row) => Float32Array.from(axes, (axis) => dot(row, axis)));
}

/** The same space by axes at right angles (Gram and Schmidt). */
function orthonormal(vectors: readonly Float32Array[]): Float32Array[] {
  const axes: Float32Array[] = [];
  for (const vector of vectors) {
    const rest = Float32Array.from(vector);
    for (const axis of axes) {
      const shared = dot(rest, axis);
      for (let d = 0; d < rest.length; d++) rest[d] = (rest[d] as number) - shared * (axis[d] as number);
    }
    const length = Math.sqrt(dot(rest, rest));
    axes.push(rest.map((x) => (length > 1e-12 ? x / length : 0)));
  }
  return axes;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
