/** The concept map's places: the same for the same text, kept when it changes, near their neighbors when they are new. */
import { describe, expect, test } from 'vitest';
import { placed, sentenceAt } from '../../../client/src/map/drawing.ts';
import { needsProjection, type Point, placeNew } from '../../../client/src/map/places.ts';
import { principal } from '../../../client/src/map/principal.ts';
import { project } from '../../../client/src/map/projection.ts';
import { generator } from '../../../client/src/map/random.ts';
import { decodeVectors, nearest, similarity } from '../../../client/src/map/vectors.ts';
import { normalized } from '../../../server/src/concepts/conceptVector.ts';
import { wordVector } from '../../support/fakeEngine.ts';

/** Vectors of two subjects, each with noise of its own. */
const groups = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const noise = wordVector(`noise ${i}`);
    return normalized(wordVector(i % 2 === 0 ? 'river' : 'kitchen').map((x, d) => x + 0.5 * (noise[d] as number)));
  });
const distance = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y);

describe('project', () => {
  test('the same vectors get the same places, all of them on the map', () => {
    const points = project(groups(40));
    expect(points).toHaveLength(40);
    expect(points).toEqual(project(groups(40)));
    for (const { x, y } of points) expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(1 + 1e-9);
    expect(points[0]?.x).toBeLessThanOrEqual(0);
  });

  test('what is similar stands together', () => {
    const points = project(groups(40));
    const nearestIsOwn = points.filter((point, i) => {
      const others = points.map((other, j) => ({
        j,
        away: i === j ? Number.POSITIVE_INFINITY : distance(point, other),
      }));
      return (others.sort((a, b) => a.away - b.away)[0]?.j ?? 0) % 2 === i % 2;
    });
    expect(nearestIsOwn.length).toBeGreaterThan(36);
  });

  test.each([0, 1, 2, 5, 6, 7])('a text of %i sentences has a map too', (count) => {
    const points = project(groups(count));
    expect(points).toHaveLength(count);
    for (const { x, y } of points) expect(Number.isFinite(x + y)).toBe(true);
  });
});

test('principal components keep what the vectors have: distances, as far as the dimensions go', () => {
  const flat = Array.from({ length: 30 }, (_, i) => {
    const [a, b] = [Math.sin(i), Math.cos(3 * i)];
    return wordVector('one').map((x, d) => a * x + b * (wordVector('two')[d] as number));
  });
  const rows = principal(flat, 2, generator());
  expect(rows[0]).toHaveLength(2);
  const away = (a: Float32Array, b: Float32Array) => Math.hypot(...a.map((x, d) => x - (b[d] as number)));
  for (let i = 1; i < 30; i++) {
    expect(away(rows[0]!, rows[i]!)).toBeCloseTo(away(flat[0]!, flat[i]!), 3);
  }
  expect(principal(flat, 400, generator())).toEqual(flat);
});

describe('new sentences', () => {
  const vectors = new Map(groups(20).map((vector, i) => [`s${i}`, vector]));
  const start = () => new Map(project([...vectors.values()]).map((point, i) => [`s${i}`, point]));

  test('stand near what they are similar to, and move no other', () => {
    const places = start();
    const twin = new Map([...vectors, ['new', vectors.get('s4')!]]);
    placeNew(twin, places, [...twin.keys()]);
    for (const [id, point] of start()) expect(places.get(id)).toEqual(point);
    const ranked = [...start()].sort((a, b) => distance(a[1], places.get('new')!) - distance(b[1], places.get('new')!));
    expect(Number(ranked[0]?.[0].slice(1)) % 2).toBe(0);
    const again = start();
    placeNew(twin, again, [...twin.keys()]);
    expect(again).toEqual(places);
  });

  test('of many the whole map is made anew', () => {
    const places = start();
    const ids = [...places.keys()];
    expect(needsProjection(ids, places)).toBe(false);
    expect(needsProjection([...ids, 'a', 'b'], places)).toBe(false);
    expect(needsProjection([...ids, ...Array.from({ length: 20 }, (_, i) => `n${i}`)], places)).toBe(true);
    expect(needsProjection(['a'], new Map())).toBe(true);
    expect(needsProjection([], new Map())).toBe(false);
  });
});

test('vectors come as signed bytes, and leave with unit length', () => {
  const bytes = Buffer.from(new Int8Array([127, 0, -127, 127, 0, 0]).buffer).toString('base64');
  const vectors = decodeVectors(['a', 'b'], 3, bytes);
  const [a, b] = [vectors.get('a')!, vectors.get('b')!];
  expect([...b]).toEqual([1, 0, 0]);
  expect(similarity(a, b)).toBeCloseTo(Math.SQRT1_2, 6);
  expect(nearest(b, [a, undefined, b], 3).map(({ index }) => index)).toEqual([2, 0]);
});

test('the mouse means the nearest point that it is close to, wherever the map is moved', () => {
  const frame = { width: 400, height: 300, scale: 2, x: 30, y: -10 };
  const points = [{ x: -0.5, y: 0 }, undefined, { x: 0.5, y: 0.5 }];
  const at = placed(points[2]!, frame);
  expect(sentenceAt(points, frame, { x: at.x + 3, y: at.y - 3 })).toBe(2);
  expect(sentenceAt(points, frame, { x: at.x + 40, y: at.y })).toBeUndefined();
});
