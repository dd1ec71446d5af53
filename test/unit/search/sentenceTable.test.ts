import { expect, test } from 'vitest';
import type { ConceptVector } from '../../../server/src/concepts/conceptVector.ts';
import { directionOf } from '../../../server/src/concepts/direction.ts';
import { cosine } from '../../../server/src/concepts/similarity.ts';
import { type IndexedFile, SentenceTable } from '../../../server/src/search/sentenceTable.ts';
import { contentHash } from '../../../server/src/text/contentHash.ts';
import { groupedVectors } from '../../support/groupedVectors.ts';

const dim = 96;

const vectors = (count: number) => groupedVectors(count, dim);

const file = (uri: string): IndexedFile => ({ uri, hash: `hash of ${uri}`, modified: 1, size: 2 });

function put(table: SentenceTable, uri: string, list: readonly ConceptVector[]) {
  const rows = new Int8Array(list.length * dim);
  for (const [i, vector] of list.entries()) rows.set(directionOf(vector), i * dim);
  const ids = list.map((_, i) => contentHash(`${uri} ${i}`));
  table.put(file(uri), { ids, starts: Uint32Array.from(list, (_, i) => 10 * i), vectors: rows });
}

test('finds the most similar of many, with their places, as comparing with each would', { timeout: 60_000 }, () => {
  const all = vectors(10_000);
  const table = new SentenceTable(dim);
  for (let at = 0; at < all.length; at += 1000) put(table, `file:///w/${at}.md`, all.slice(at, at + 1000));
  expect(table.sentences).toBe(10_000);
  const count = 20;
  let found = 0;
  const queries = vectors(32).slice(20);
  for (const query of queries) {
    const exact = all.map((vector, i) => ({ i, similarity: cosine(query, vector) }));
    exact.sort((a, b) => b.similarity - a.similarity);
    const hits = table.search(query, count, new Set());
    expect(hits).toHaveLength(count);
    expect(hits.map(({ similarity }) => similarity)).toEqual(
      hits.map(({ similarity }) => similarity).sort((a, b) => b - a),
    );
    for (const { uri, hash, id, start, similarity } of hits) {
      const at = Number(/(\d+)\.md/.exec(uri)?.[1]);
      expect(hash).toBe(`hash of ${uri}`);
      expect(id).toBe(contentHash(`${uri} ${start / 10}`));
      expect(Math.abs(similarity - cosine(query, all[at + start / 10] as ConceptVector))).toBeLessThan(0.01);
    }
    const places = new Set(hits.map(({ uri, start }) => Number(/(\d+)\.md/.exec(uri)?.[1]) + start / 10));
    found += exact.slice(0, count).filter(({ i }) => places.has(i)).length;
  }
  // What rows of one byte for each component and the signs may cost.
  expect(found / (count * queries.length)).toBeGreaterThan(0.97);
});

test('a file is found until it is deleted, replaced or left out', () => {
  const [a, b, c] = vectors(3) as [ConceptVector, ConceptVector, ConceptVector];
  const table = new SentenceTable(dim);
  put(table, 'a', [a, b]);
  put(table, 'b', [c]);
  const best = (query: ConceptVector, except: string[] = []) => table.search(query, 1, new Set(except))[0]?.uri;
  expect([best(a), best(c)]).toEqual(['a', 'b']);
  expect(best(c, ['b'])).toBe('a');
  put(table, 'a', [c]);
  expect(table.sentences).toBe(2);
  expect([...table.vectorsOf('a').keys()]).toEqual([contentHash('a 0')]);
  table.delete('b');
  table.delete('b');
  expect(best(c)).toBe('a');
  table.touch({ ...file('a'), modified: 5 });
  expect(table.files).toEqual([{ ...file('a'), modified: 5 }]);
  table.clear();
  expect(table.search(a, 3, new Set())).toEqual([]);
  expect(table.sentences).toBe(0);
});

test('fewer sentences than wanted are all found; a zero vector is similar to nothing', () => {
  const [a] = vectors(1) as [ConceptVector];
  const table = new SentenceTable(dim);
  put(table, 'a', [a, new Float32Array(dim)]);
  expect(table.search(a, 10, new Set()).map(({ similarity }) => Math.round(similarity))).toEqual([1, 0]);
});
