/** Vectors by id: what leaves, what comes in its place, and that the closest ones are found among all. */
import { expect, test } from 'vitest';
import { finish } from '../../../server/src/base/steps.ts';
import type { ConceptVector } from '../../../server/src/concepts/conceptVector.ts';
import { cosine } from '../../../server/src/concepts/similarity.ts';
import { VectorTable } from '../../../server/src/service/vectorTable.ts';
import { groupedVectors } from '../../support/groupedVectors.ts';

const dim = 96;

function filled(bound: number, vectors: readonly ConceptVector[]): VectorTable {
  const table = new VectorTable(bound);
  for (const [i, vector] of vectors.entries()) table.set(`${i}`, vector);
  return table;
}

test('of thousands the closest are found, as comparing with each would', () => {
  const all = groupedVectors(8000, dim);
  const table = filled(all.length, all);
  let first = 0;
  const queries = groupedVectors(240, dim).slice(200);
  for (const query of queries) {
    const found = finish(table.closest([query], 512));
    expect(found.size).toBeGreaterThanOrEqual(512);
    expect(found.size).toBeLessThan(1500);
    for (const [id, [similarity]] of found) expect(similarity).toBe(cosine(query, all[Number(id)] as ConceptVector));
    const best = Math.max(...all.map((vector) => cosine(query, vector)));
    if (Math.max(...[...found.values()].map(([each]) => each as number)) === best) first++;
  }
  expect(first).toBe(queries.length);
});

test('the search stops often', () => {
  const [query] = groupedVectors(1, dim) as [ConceptVector];
  const table = filled(8000, groupedVectors(8000, dim));
  expect([...table.closest([query], 512)].length).toBeGreaterThan(10);
});

test('what leaves is found no more, and what comes in its place is', () => {
  const all = groupedVectors(10, dim);
  const table = filled(4, all);
  expect(table.size).toBe(4);
  const known = () => [...finish(table.closest([all[0] as ConceptVector], 10)).keys()].sort();
  expect(known()).toEqual(['6', '7', '8', '9']);
  table.get('6');
  table.set('new', all[0] as ConceptVector);
  expect(known()).toEqual(['6', '8', '9', 'new']);
  expect(finish(table.closest([all[0] as ConceptVector], 10)).get('new')?.[0]).toBeCloseTo(1);
  table.set('new', all[1] as ConceptVector);
  expect(known()).toEqual(['6', '8', '9', 'new']);
  expect(finish(table.closest([all[1] as ConceptVector], 10)).get('new')?.[0]).toBeCloseTo(1);
  expect([table.peek('new'), table.peek('7'), table.has('8')]).toEqual([all[1], undefined, true]);
  table.clear();
  expect([known(), table.size]).toEqual([[], 0]);
  table.set('other', Float32Array.of(1, 0));
  expect(finish(table.closest([Float32Array.of(1, 1)], 1)).get('other')?.[0]).toBeCloseTo(Math.SQRT1_2);
});
