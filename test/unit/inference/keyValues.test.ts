/** Caches of keys and values, in the processor's memory and as a device keeps them: the same numbers, whoever goes on. */
import { Tensor } from 'onnxruntime-node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Device } from '../../../server/src/inference/device.ts';
import {
  type KeyValueStore,
  type KeyValues,
  keptKeyValues,
  writtenKeyValues,
} from '../../../server/src/inference/keyValues.ts';
import { createTensorOps, type TensorOps } from '../../../server/src/inference/tensorOps.ts';

const layout = { names: ['0.key', '0.value', '1.key', '1.value'], heads: 2, dim: 3 };
const width = layout.heads * layout.dim;
const device = new Device('cpu');
let ops: TensorOps;
beforeEach(() => {
  ops = createTensorOps(device);
});
afterEach(() => ops.release());

/** A number that tells token, tensor and place within it. */
const mark = (token: number, tensor: number, i: number) => 1000 * token + 100 * tensor + i;

/** What a step of these tokens, one row each, adds. */
function step(rows: readonly (readonly number[])[]): Tensor {
  const count = rows[0]?.length ?? 0;
  const fresh = Array.from({ length: count }, (_, position) =>
    rows.flatMap((tokens) =>
      layout.names.flatMap((_, tensor) =>
        Array.from({ length: width }, (_, i) => mark(tokens[position] as number, tensor, i)),
      ),
    ),
  ).flat();
  const dims = [count, rows.length, layout.names.length * layout.heads, layout.dim];
  return new Tensor('float32', Float32Array.from(fresh), dims);
}

/** The tokens of each row, after a look at every number. */
function read({ tensors, batch, length }: KeyValues): number[][] {
  const rows = Array.from({ length: batch }, (): number[] => []);
  for (const [tensor, { data, dims }] of tensors.tensors.entries()) {
    expect(dims).toEqual([1 + length, batch, layout.heads, layout.dim]);
    expect(data.slice(0, batch * width).every((number) => number === 0)).toBe(true);
    for (let position = 0; position < length; position++) {
      for (let row = 0; row < batch; row++) {
        const at = ((1 + position) * batch + row) * width;
        const token = Math.floor(Number(data[at]) / 1000);
        const wanted = Array.from({ length: width }, (_, i) => mark(token, tensor, i));
        expect(Array.from(data.slice(at, at + width) as Float32Array)).toEqual(wanted);
        if (tensor === 0) rows[row]?.push(token);
      }
    }
  }
  return rows;
}

describe.each<[string, () => KeyValueStore]>([
  ['written', () => writtenKeyValues(layout, device)],
  ['kept', () => keptKeyValues(layout, device, ops)],
])('%s', (_, open) => {
  const grow = (store: KeyValueStore, past: KeyValues, ...rows: number[][]) => store.grown(past, step(rows));

  test('a cache grows, and what it was is still there', async () => {
    const store = open();
    const empty = store.empty();
    const first = await grow(store, empty, [1, 2, 3]);
    const second = await grow(store, first, [4]);
    expect(read(second)).toEqual([[1, 2, 3, 4]]);
    expect(read(first)).toEqual([[1, 2, 3]]);
    expect(read(empty)).toEqual([[]]);
  });

  test('two texts go on from one cache', async () => {
    const store = open();
    const start = await grow(store, store.empty(), [1, 2]);
    const one = await grow(store, start, [3, 4]);
    const other = await grow(store, start, [5]);
    expect(read(await grow(store, one, [6]))).toEqual([[1, 2, 3, 4, 6]]);
    expect(read(await grow(store, other, [7]))).toEqual([[1, 2, 5, 7]]);
    expect(read(start)).toEqual([[1, 2]]);
  });

  test('rows go on by themselves, in any order, and more than once', async () => {
    const store = open();
    const start = await grow(store, store.empty(), [1, 2]);
    const two = await grow(store, await store.rows(start, [0, 0]), [3, 5], [4, 6]);
    expect(read(two)).toEqual([
      [1, 2, 3, 5],
      [1, 2, 4, 6],
    ]);
    const three = await grow(store, await store.rows(two, [1, 0, 1]), [7], [8], [9]);
    expect(read(three)).toEqual([
      [1, 2, 4, 6, 7],
      [1, 2, 3, 5, 8],
      [1, 2, 4, 6, 9],
    ]);
    const same = await grow(store, await store.rows(two, [0, 1]), [7], [8]);
    expect(read(same)).toEqual([
      [1, 2, 3, 5, 7],
      [1, 2, 4, 6, 8],
    ]);
    expect(read(two)).toHaveLength(2);
  });

  test('a long text has room, and memory that is let go of is used again', async () => {
    const store = open();
    const tokens = Array.from({ length: 150 }, (_, i) => i % 100);
    for (let text = 0; text < 3; text++) {
      let cache = store.empty();
      for (const token of tokens) {
        const longer = await grow(store, cache, [token]);
        cache.tensors.letGo();
        cache = longer;
      }
      expect(read(cache)).toEqual([tokens]);
      cache.tensors.letGo();
    }
  });
});

test('a writing store goes on in the memory that is there, and frees it with the last cache in it', async () => {
  const store = writtenKeyValues(layout, device);
  const memoryOf = (cache: KeyValues) =>
    (cache.tensors.tensors[0] as Tensor & { readonly data: Float32Array }).data.buffer;
  const [first, other] = [store.empty(), store.empty()];
  const memory = memoryOf(first);
  expect(memoryOf(other)).not.toBe(memory);
  const longer = await store.grown(first, step([[1]]));
  expect(memoryOf(longer)).toBe(memory);
  first.tensors.letGo();
  expect(memoryOf(store.empty())).not.toBe(memory);
  longer.tensors.letGo();
  expect(memoryOf(store.empty())).toBe(memory);
});
