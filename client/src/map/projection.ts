/** Where sentences stand on the map, all of them anew: a projection of their vectors. */
import { UMAP } from 'umap-js';
import type { Point } from './places.ts';
import { principal } from './principal.ts';
import { generator } from './random.ts';

/** Fewer sentences have no neighborhoods to keep. */
const leastProjected = 6;
/** Neighbors whose closeness the projection keeps: few in a short text, or all of it is one neighborhood. */
const [leastNeighbors, mostNeighbors] = [5, 15];
/** Dimensions that are projected: with all of them it takes several times as long, for the same picture. */
const components = 24;
/** The most that the lower axis is stretched to fill the map. */
const mostStretch = 1.6;
/** Rounds of the projection's optimization. */
const epochs = 200;

/**
 * Places in [-1, 1], the same for the same vectors: UMAP (McInnes, Healy and Melville 2018), turned so that it is
 * widest from left to right, with the first sentence on the left.
 */
export function project(vectors: readonly Float32Array[]): Point[] {
  if (vectors.length < leastProjected) {
    return vectors.map((_, i) => ({ x: vectors.length > 1 ? (2 * i) / (vectors.length - 1) - 1 : 0, y: 0 }));
  }
  const random = generator();
  const umap = new UMAP({
    nComponents: 2,
    nEpochs: epochs,
    nNeighbors: Math.min(mostNeighbors, Math.max(leastNeighbors, Math.round(Math.sqrt(vectors.length)) - 1)),
    minDist: 0.25,
    spread: 1.2,
    random,
  });
  const found = umap.fit(principal(vectors, components, random).map((row) => Array.from(row)));
  return settled(found.map(([x = 0, y = 0]) => ({ x, y })));
}

/** Centered, turned to its main axis, scaled into [-1, 1]. */
function settled(points: readonly Point[]): Point[] {
  const mean = (of: (point: Point) => number): number =>
    points.reduce((sum, each) => sum + of(each), 0) / points.length;
  const middle = { x: mean(({ x }) => x), y: mean(({ y }) => y) };
  const centered = points.map(({ x, y }) => ({ x: x - middle.x, y: y - middle.y }));
  let [xx, yy, xy] = [0, 0, 0];
  for (const { x, y } of centered) {
    xx += x * x;
    yy += y * y;
    xy += x * y;
  }
  const angle = Math.atan2(2 * xy, xx - yy) / 2;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const turned = centered.map(({ x, y }) => ({ x: x * cos + y * sin, y: y * cos - x * sin }));
  const sign = (turned[0]?.x ?? 0) > 0 ? -1 : 1;
  const reach = (of: (point: Point) => number): number => Math.max(1e-9, ...turned.map((point) => Math.abs(of(point))));
  const [wide, high] = [reach(({ x }) => x), reach(({ y }) => y)];
  const down = Math.max(high, wide / mostStretch);
  return turned.map(({ x, y }) => ({ x: (sign * x) / wide, y: y / down }));
}
