/** Memory that is used again: what fits, and no more of it than the limit. */
import { expect, test } from 'vitest';
import { MemoryPool } from '../../../server/src/inference/memoryPool.ts';

test('a buffer that was given is taken again where it fits', () => {
  const pool = new MemoryPool();
  const [small, large] = [pool.take(100), pool.take(150)];
  pool.give(large);
  pool.give(small);
  expect(pool.take(90)).toBe(small);
  expect(pool.take(90)).toBe(large);
  expect([small, large].indexOf(pool.take(90))).toBe(-1);
});

test('one that is too short or more than twice as long stays for others', () => {
  const pool = new MemoryPool();
  const memory = pool.take(100);
  pool.give(memory);
  expect(pool.take(101)).not.toBe(memory);
  expect(pool.take(49)).not.toBe(memory);
  expect(pool.take(50)).toBe(memory);
});

test('of too much the first are forgotten', () => {
  const pool = new MemoryPool();
  const half = 3 * 1024 * 1024;
  const buffers = [pool.take(half), pool.take(half), pool.take(half)];
  for (const memory of buffers) pool.give(memory);
  const again = [pool.take(half), pool.take(half), pool.take(half)];
  expect(again.map((memory) => buffers.indexOf(memory)).toSorted()).toEqual([-1, 1, 2]);
});
