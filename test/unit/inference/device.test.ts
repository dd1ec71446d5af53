/** Tensors that stay where their graph runs: counted while they are there, freed once, and by the last holder. */
import { Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { Device } from '../../../server/src/inference/device.ts';

const freed: string[] = [];
const there = (name: string, dims: readonly number[]) =>
  Tensor.fromGpuBuffer({} as never, { dataType: 'float32', dims, dispose: () => freed.push(name) });

test('they are held until the last holder lets go', () => {
  const device = new Device('webgpu');
  const kept = device.keep([there('a', [2, 3]), there('b', [4])]);
  const other = device.keep([there('c', [1])]);
  expect(device.traffic.heldBytes).toBe((6 + 4 + 1) * 4);
  kept.hold();
  kept.letGo();
  expect(freed).toEqual([]);
  kept.letGo();
  expect(freed).toEqual(['a', 'b']);
  expect(device.traffic.heldBytes).toBe(4);
  other.letGo();
  expect(device.traffic.heldBytes).toBe(0);
});

test('what was freed is used no more', () => {
  const kept = new Device('cpu').keep([new Tensor('float32', new Float32Array(2), [2])]);
  kept.letGo();
  expect(() => kept.tensors).toThrow('freed');
  expect(() => kept.hold()).toThrow('freed');
});

test('tensors in the processor’s memory take nothing of a device', () => {
  const device = new Device('webgpu');
  device.keep([new Tensor('float32', new Float32Array(2), [2])]);
  expect(device.traffic.heldBytes).toBe(0);
});

test('of a run’s tensors those cross that are in the processor’s memory', () => {
  const device = new Device('webgpu');
  const here = (count: number) => new Tensor('int64', new BigInt64Array(count), [count]);
  device.count([here(3), there('kept', [100])], [here(2), there('kept', [100])]);
  expect(device.traffic).toEqual({ sentBytes: 24, receivedBytes: 16, heldBytes: 0 });
});

test('a tensor whose size is not known is refused, not counted wrong', () => {
  const tensor = new Tensor('bool', Uint8Array.of(1), [1]);
  expect(() => new Device('webgpu').count([tensor], [])).toThrow('a tensor is bool, expected float32 or int64');
});
