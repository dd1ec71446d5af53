/** Concept vectors as they come to the map, and what is asked of them there. */

/** Vectors by sentence id, from signed bytes in base64; each of unit length. */
export function decodeVectors(ids: readonly string[], dim: number, bytes: string): Map<string, Float32Array> {
  const binary = atob(bytes);
  const vectors = new Map<string, Float32Array>();
  for (const [row, id] of ids.entries()) {
    const vector = Float32Array.from({ length: dim }, (_, i) => (binary.charCodeAt(row * dim + i) << 24) >> 24);
    const length = Math.hypot(...vector);
    vectors.set(
      id,
      vector.map((x) => (length > 0 ? x / length : 0)),
    );
  }
  return vectors;
}

/** Similarity of two vectors of unit length. */
export function similarity(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Indexes of the candidates most similar to `query`, best first. */
export function nearest(
  query: Float32Array,
  candidates: readonly (Float32Array | undefined)[],
  count: number,
): { readonly index: number; readonly similarity: number }[] {
  return candidates
    .flatMap((vector, index) => (vector ? [{ index, similarity: similarity(query, vector) }] : []))
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, count);
}
