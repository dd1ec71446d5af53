/** The decoder's keys and values of the positions it has read: where they lie, how they grow, rows of them chosen. */
import { Tensor } from 'onnxruntime-node';
import type { Device, Resident } from './device.ts';
import { MemoryPool } from './memoryPool.ts';
import { floats, output, type Tensors } from './onnxModel.ts';
import type { TensorOps } from './tensorOps.ts';

/**
 * Those of all layers for `batch` rows of `length` tokens; immutable. Tensors (length, batch, heads, dim) by layer, a
 * layer's keys before its values.
 */
export interface KeyValues {
  readonly tensors: Resident;
  readonly batch: number;
  readonly length: number;
}

export interface KeyValueStore {
  /** The outputs of a step that `grown` needs. */
  readonly outputs: readonly string[];
  /** The cache of an empty text. */
  empty(): KeyValues;
  /** `past` with the `count` positions of a step. */
  grown(past: KeyValues, count: number, out: Tensors): KeyValues;
  /** These rows, in this order; a row may come more than once. */
  rows(cache: KeyValues, rows: readonly number[]): Promise<KeyValues>;
}

export interface KeyValueLayout {
  /** Tensors: keys and values of each layer. */
  readonly names: readonly string[];
  readonly heads: number;
  readonly dim: number;
}

/** On an accelerator, which keeps what a step gives: the whole of a longer cache. */
export function keptKeyValues({ names, heads, dim }: KeyValueLayout, device: Device, ops: TensorOps): KeyValueStore {
  const outputs = names.map((name) => `present.${name}`);
  return {
    outputs,
    empty() {
      const tensors = device.keep(names.map(() => floats(new Float32Array(0), [0, 1, heads, dim])));
      return { tensors, batch: 1, length: 0 };
    },
    grown({ batch, length }, count, out) {
      return { tensors: device.keep(outputs.map((name) => output(out, name))), batch, length: length + count };
    },
    async rows({ tensors, length }, rows) {
      return { tensors: await ops.rows(tensors.tensors, rows, 1), batch: rows.length, length };
    },
  };
}

/** Positions a new block of memory has room for beyond those it is made for: a sentence's. */
const spare = 48;

/** One buffer for all tensors, one behind the other, each with room for `room` positions. */
interface Block {
  readonly memory: Float32Array;
  readonly room: number;
  readonly batch: number;
  /** Positions written: caches of fewer lie in it as they were. */
  written: number;
  /** Caches that lie in it. */
  users: number;
}

/**
 * In the processor's memory, where a step's outputs are copied out of the runtime: only what is new is taken from it, and
 * written behind the cache, which is copied itself only if it has no room or another text goes on there. Copies of whole
 * caches, some ten megabytes a step, kept the garbage collector at work for a third of a step's time.
 */
export function writtenKeyValues({ names, heads, dim }: KeyValueLayout, device: Device): KeyValueStore {
  const width = heads * dim;
  const pool = new MemoryPool();
  const blocks = new WeakMap<Resident, Block>();

  const newBlock = (batch: number, positions: number): Block => {
    const room = positions + spare;
    return { memory: pool.take(names.length * room * batch * width), room, batch, written: 0, users: 0 };
  };
  /** The part of a block where a tensor's positions from `from` on lie. */
  const at = ({ memory, room, batch }: Block, tensor: number, from: number, count: number): Float32Array => {
    const start = (tensor * room + from) * batch * width;
    return memory.subarray(start, start + count * batch * width);
  };
  const cacheIn = (block: Block, length: number): KeyValues => {
    block.users++;
    const tensors = device.keep(
      names.map((_, i) => new Tensor('float32', at(block, i, 0, length), [length, block.batch, heads, dim])),
      () => {
        if (--block.users === 0) pool.give(block.memory);
      },
    );
    blocks.set(tensors, block);
    return { tensors, batch: block.batch, length };
  };
  const blockOf = ({ tensors }: KeyValues): Block => {
    const block = blocks.get(tensors);
    if (!block) throw new Error('the cache is of another store');
    return block;
  };

  return {
    outputs: ['added'],
    empty: () => cacheIn(newBlock(1, 0), 0),
    grown(past, count, out) {
      const added = output(out, 'added').data as Float32Array; // (batch, count, tensors * width)
      const length = past.length + count;
      let block = blockOf(past);
      if (block.written > past.length || length > block.room) {
        const before = block;
        block = newBlock(past.batch, length);
        for (let i = 0; i < names.length; i++) at(block, i, 0, past.length).set(at(before, i, 0, past.length));
      }
      let from = 0;
      for (let row = 0; row < past.batch; row++) {
        for (let position = past.length; position < length; position++) {
          for (let i = 0; i < names.length; i++, from += width) {
            at(block, i, position, 1).set(added.subarray(from, from + width), row * width);
          }
        }
      }
      block.written = length;
      return cacheIn(block, length);
    },
    async rows(cache, rows) {
      const from = blockOf(cache);
      // All rows as they are: whoever goes on writes behind them, or elsewhere if another has.
      if (rows.length === cache.batch && rows.every((row, i) => row === i)) return cacheIn(from, cache.length);
      const to = newBlock(rows.length, cache.length);
      for (let i = 0; i < names.length; i++) {
        const [source, target] = [at(from, i, 0, cache.length), at(to, i, 0, cache.length)];
        for (let position = 0; position < cache.length; position++) {
          rows.forEach((row, r) => {
            const start = (position * cache.batch + row) * width;
            target.set(source.subarray(start, start + width), (position * rows.length + r) * width);
          });
        }
      }
      to.written = cache.length;
      return cacheIn(to, cache.length);
    },
  };
}
