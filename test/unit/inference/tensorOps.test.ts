/** Kept tensors between two runs, by ONNX Runtime itself: every number is where a plain loop puts it. */
import { Tensor } from 'onnxruntime-node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Device, type Resident } from '../../../server/src/inference/device.ts';
import { createTensorOps, type TensorOps } from '../../../server/src/inference/tensorOps.ts';

let ops: TensorOps;
beforeEach(() => {
  ops = createTensorOps(new Device('cpu'));
});
afterEach(() => ops.release());

/** Numbers that tell where they stand: of axis 2 from slice `from` on. */
function placed(dims: readonly [number, number, number, number], from = 0): Tensor {
  const data: number[] = [];
  for (let a = 0; a < dims[0]; a++)
    for (let b = 0; b < dims[1]; b++)
      for (let c = 0; c < dims[2]; c++)
        for (let d = 0; d < dims[3]; d++) data.push(1000 * a + 100 * b + 10 * (from + c) + d);
  return new Tensor('float32', Float32Array.from(data), dims);
}
const seen = (kept: Resident) =>
  kept.tensors.map(({ dims, data }) => ({ dims: [...dims], data: [...(data as never)] }));
const same = (...tensors: Tensor[]) =>
  tensors.map(({ dims, data }) => ({ dims: [...dims], data: [...(data as never)] }));

test('rows are chosen in any order, and more than once', async () => {
  const matrix = new Tensor('float32', Float32Array.of(0, 1, 10, 11, 20, 21), [3, 2]);
  const cube = new Tensor('float32', Float32Array.of(0, 1, 2), [3, 1, 1]);
  expect(seen(await ops.rows([matrix, cube], [2, 0, 2, 2], 0))).toEqual([
    { dims: [4, 2], data: [20, 21, 0, 1, 20, 21, 20, 21] },
    { dims: [4, 1, 1], data: [2, 0, 2, 2] },
  ]);
  expect(seen(await ops.rows([cube, matrix], [1], 0))).toEqual([
    { dims: [1, 1, 1], data: [1] },
    { dims: [1, 2], data: [10, 11] },
  ]);
  expect(seen(await ops.rows([matrix], [1, 1, 0], 1))).toEqual([
    { dims: [3, 3], data: [1, 1, 0, 11, 11, 10, 21, 21, 20] },
  ]);
});

test('rows of an empty text are empty', async () => {
  const none = new Tensor('float32', new Float32Array(0), [1, 2, 0, 3]);
  expect(seen(await ops.rows([none], [0, 0], 0))).toEqual([{ dims: [2, 2, 0, 3], data: [] }]);
});

test('beginnings and what was put behind each other, at every cut', async () => {
  const whole = placed([2, 3, 5, 2]);
  for (let cut = 1; cut < 5; cut++) {
    const first = await ops.first([whole, whole], cut);
    expect(seen(first)).toEqual(same(placed([2, 3, cut, 2]), placed([2, 3, cut, 2])));
    const rest = placed([2, 3, 5 - cut, 2], cut);
    expect(seen(await ops.joined(first.tensors, [rest, rest]))).toEqual(same(whole, whole));
  }
});

test('a copy outlives what it was made of', async () => {
  const tensor = placed([1, 1, 2, 2]);
  const expected = same(tensor);
  const copy = await ops.copies([tensor]);
  tensor.dispose();
  expect(seen(copy)).toEqual(expected);
});

test('tensors grow on their first axis by their parts of one tensor', async () => {
  const added = placed([2, 1, 4, 2], 5);
  const found = seen(await ops.grown([placed([1, 1, 2, 2]), placed([0, 1, 2, 2])], added));
  expect(found).toEqual([
    { dims: [3, 1, 2, 2], data: [0, 1, 10, 11, 50, 51, 60, 61, 1050, 1051, 1060, 1061] },
    { dims: [2, 1, 2, 2], data: [70, 71, 80, 81, 1070, 1071, 1080, 1081] },
  ]);
});
