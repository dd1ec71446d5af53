/** The file of vectors: what went in comes out, number for number, and no changed file gives a vector. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeVectors,
  type EncoderKey,
  encodeVectors,
  VectorFileError,
} from '../../../server/src/store/vectorFile.ts';
import { contentHash } from '../../../server/src/text/contentHash.ts';

const encoder: EncoderKey = { encoder: 'ab'.repeat(32), conceptDim: 3 };
const vectors = (count: number, dim = 3) =>
  new Map(
    Array.from({ length: count }, (_, i) => [
      contentHash(`Sentence ${i}.`),
      Float32Array.from({ length: dim }, (_, d) => Math.sin(i * dim + d)),
    ]),
  );
const fileOf = async (count: number) => Buffer.from(await encodeVectors(vectors(count), encoder));

test('what went in comes out, in order, each vector with memory of its own', async () => {
  for (const count of [0, 1, 2, 1000]) {
    const table = await decodeVectors(await fileOf(count), encoder);
    expect([...table]).toEqual([...vectors(count)]);
    for (const vector of table.values()) expect(vector.buffer.byteLength).toBe(vector.byteLength);
  }
});

test('it is as long as its numbers and ids', async () => {
  expect((await fileOf(10)).length).toBe(16 + 32 + 10 * (3 * 4 + 14) + 32);
});

test('bytes that start anywhere in memory can be read', async () => {
  const file = await fileOf(2);
  const moved = Buffer.concat([Buffer.alloc(1), file]).subarray(1);
  expect(await decodeVectors(moved, encoder)).toEqual(vectors(2));
});

describe('is refused', () => {
  test('when it ends anywhere too early, or goes on', async () => {
    const file = await fileOf(2);
    for (let length = 0; length < file.length; length++) {
      await expect(decodeVectors(file.subarray(0, length), encoder), `${length}`).rejects.toThrow('is truncated');
    }
    await expect(decodeVectors(Buffer.concat([file, Buffer.alloc(1)]), encoder)).rejects.toThrow(VectorFileError);
  });

  test('when any bit of it is another', async () => {
    const file = await fileOf(3);
    const bits = fc.integer({ min: 0, max: file.length * 8 - 1 });
    await fc.assert(
      fc.asyncProperty(bits, async (bit) => {
        const altered = Buffer.from(file);
        altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7));
        await expect(decodeVectors(altered, encoder)).rejects.toThrow(VectorFileError);
      }),
    );
  });

  test.each([
    ['another encoder', { ...encoder, encoder: 'cd'.repeat(32) }, 'is of another encoder'],
    ['another length of vectors', { ...encoder, conceptDim: 6 }, 'is of another encoder'],
  ])('when it is asked for %s', async (_, asked, message) => {
    await expect(decodeVectors(await fileOf(2), asked)).rejects.toThrow(message);
  });

  test('when it is something else', async () => {
    await expect(decodeVectors(Buffer.alloc(500, 'text'), encoder)).rejects.toThrow('is of another format');
  });
});

test('vectors or ids of another length are not written', async () => {
  await expect(encodeVectors(vectors(1, 4), encoder)).rejects.toThrow(RangeError);
  await expect(encodeVectors(new Map([['short', new Float32Array(3)]]), encoder)).rejects.toThrow(RangeError);
});
