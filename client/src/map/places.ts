/** Where sentences stand on the map: those that have a place keep it, and a new one stands near its neighbors. */
import { generator } from './random.ts';
import { nearest } from './vectors.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Neighbors that place a new sentence. */
const placing = 4;
/** Above this share of sentences without a place, the whole map is laid out anew. */
const mostPlaced = 0.4;

/** True if a map with these places should rather be laid out anew than added to. */
export function needsProjection(ids: readonly string[], places: ReadonlyMap<string, Point>): boolean {
  const missing = ids.filter((id) => !places.has(id)).length;
  return missing > mostPlaced * ids.length;
}

/** A place for each sentence that has none, between its nearest neighbors; all others stay where they are. */
export function placeNew(
  vectors: ReadonlyMap<string, Float32Array>,
  places: Map<string, Point>,
  ids: readonly string[],
): void {
  const placed = [...places].flatMap(([id, point]) => {
    const vector = vectors.get(id);
    return vector ? [{ vector, point }] : [];
  });
  const candidates = placed.map(({ vector }) => vector);
  for (const id of ids) {
    const vector = vectors.get(id);
    if (!vector || places.has(id)) continue;
    let [x, y, weights] = [0, 0, 0];
    for (const { index, similarity } of nearest(vector, candidates, placing)) {
      // Nearer ones count far more: of equal sentences the place is the same but for a little.
      const weight = Math.exp(8 * similarity);
      const { point } = placed[index] as { point: Point };
      x += weight * point.x;
      y += weight * point.y;
      weights += weight;
    }
    // Off the middle by a direction of its own, so that two new ones do not hide each other.
    const angle = 2 * Math.PI * generator(id)();
    const off = 0.02;
    places.set(id, {
      x: (weights > 0 ? x / weights : 0) + off * Math.cos(angle),
      y: (weights > 0 ? y / weights : 0) + off * Math.sin(angle),
    });
  }
}
