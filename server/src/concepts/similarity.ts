/** Similarity between concept vectors, and the simple questions asked of it. */
import type { ConceptVector } from './conceptVector.ts';

/** Cosine of the angle between two concept vectors, in [-1, 1]; 0 if either is zero. Throws RangeError if lengths differ. */
export function cosine(a: ConceptVector, b: ConceptVector): number {
  if (a.length !== b.length) throw new RangeError(`cosine: lengths differ, ${a.length} and ${b.length}`);
  // Two sums of each in turn, which do not wait for each other.
  let [dot, aa, bb, oddDot, oddAa, oddBb] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < a.length; i += 2) {
    const x = a[i] as number;
    const y = b[i] as number;
    const oddX = a[i + 1] ?? 0;
    const oddY = b[i + 1] ?? 0;
    dot += x * y;
    aa += x * x;
    bb += y * y;
    oddDot += oddX * oddY;
    oddAa += oddX * oddX;
    oddBb += oddY * oddY;
  }
  dot += oddDot;
  aa += oddAa;
  bb += oddBb;
  return aa > 0 && bb > 0 ? Math.max(-1, Math.min(1, dot / Math.sqrt(aa * bb))) : 0;
}

/** Mean of the vectors (not renormalised); undefined for an empty list. */
export function centroid(vectors: readonly ConceptVector[]): ConceptVector | undefined {
  const first = vectors[0];
  if (!first) return undefined;
  const mean = new Float32Array(first.length);
  for (const vector of vectors)
    for (let i = 0; i < mean.length; i++) mean[i] = (mean[i] as number) + (vector[i] as number);
  return mean.map((x) => x / vectors.length);
}

/** The `count` candidates most similar to `query`, best first; ties keep the candidates' order. */
export function nearest<T>(
  query: ConceptVector,
  candidates: Iterable<readonly [T, ConceptVector]>,
  count: number,
): { readonly item: T; readonly similarity: number }[] {
  const found: { readonly item: T; readonly similarity: number }[] = [];
  for (const [item, vector] of candidates) found.push({ item, similarity: cosine(query, vector) });
  return found.sort((a, b) => b.similarity - a.similarity).slice(0, count);
}

/** Puts a candidate in its place among the `count` best, best first and the first of equals, if it is one of them. */
export function putAmongBest<T extends { readonly similarity: number }>(best: T[], count: number, candidate: T): void {
  const { similarity } = candidate;
  const last = best[count - 1];
  if (last && similarity <= last.similarity) return;
  const place = best.findIndex((each) => each.similarity < similarity);
  best.splice(place < 0 ? best.length : place, 0, candidate);
  if (best.length > count) best.pop();
}

/** The candidate most similar to `query`, the first of equals; undefined for none. */
export function mostSimilar<T>(
  query: ConceptVector,
  candidates: Iterable<readonly [T, ConceptVector]>,
): { readonly item: T; readonly similarity: number } | undefined {
  let best: { readonly item: T; readonly similarity: number } | undefined;
  for (const [item, vector] of candidates) {
    const similarity = cosine(query, vector);
    if (!best || similarity > best.similarity) best = { item, similarity };
  }
  return best;
}
