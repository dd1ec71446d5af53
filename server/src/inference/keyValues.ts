/** The decoder's keys and values of the positions it has read: where they lie, how they grow, rows of them chosen. */
import { Tensor } from 'onnxruntime-node';
import type { Device, Resident } from './device.ts';
import { MemoryPool } from './memoryPool.ts';
import { floats } from './onnxModel.ts';
import type { TensorOps } from './tensorOps.ts';

/**
 * Those of all layers for `batch` rows of `length` tokens; immutable. Tensors (1 + length, batch, heads, dim) by layer, a
 * layer's keys before its values; the first position is of no token, and seen by none.
 */
export interface KeyValues {
  readonly tensors: Resident;
  readonly batch: number;
  readonly length: number;
}

export interface KeyValueStore {
  /** The cache of an empty text. */
  empty(): KeyValues;
  /** `past` with what a step added, (count, batch, tensors * heads, dim), whose tensor is let go of. */
  grown(past: KeyValues, added: Tensor): Promise<KeyValues>;
  /** These rows, in this order; a row may come more than once. */
  rows(cache: KeyValues, rows: readonly number[]): Promise<KeyValues>;
}

export interface KeyValueLayout {
  /** Tensors: keys and values of each layer. */
  readonly names: readonly string[];
  readonly heads: number;
  readonly dim: number;
}

/** On an accelerator, where caches do not leave it. */
export function keptKeyValues({ names, heads, dim }: KeyValueLayout, device: Device, ops: TensorOps): KeyValueStore {
  return {
    empty() {
      const tensors = device.keep(names.map(() => floats(new Float32Array(heads * dim), [1, 1, heads, dim])));
      return { tensors, batch: 1, length: 0 };
    },
    async grown({ tensors, batch, length }, added) {
      const held = device.keep([added]);
      try {
        const longer = await ops.grown(tensors.tensors, added);
        return { tensors: longer, batch, length: length + (added.dims[0] as number) };
      } finally {
        held.letGo();
      }
    },
    async rows({ tensors, length }, rows) {
      return { tensors: await ops.rows(tensors.tensors, rows, 1), batch: rows.length, length };
    },
  };
}

/** Tokens a new block of memory has room for beyond those it is made for: a sentence's. */
const spare = 48;

/** One buffer for all tensors, one behind the other, each with room for `room` tokens behind the position of none. */
interface Block {
  readonly memory: Float32Array;
  readonly room: number;
  readonly batch: number;
  /** Tokens written: caches of fewer lie in it as they were. */
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

  const newBlock = (batch: number, tokens: number): Block => {
    const room = tokens + spare;
    const memory = pool.take(names.length * (1 + room) * batch * width);
    const block = { memory, room, batch, written: 0, users: 0 };
    // No number that happens to lie there: what nobody sees is still multiplied.
    for (let i = 0; i < names.length; i++) at(block, i, -1, 1).fill(0);
    return block;
  };
  /** The part of a block where `count` positions of a tensor lie, from token `from` on; -1 is the position of none. */
  const at = ({ memory, room, batch }: Block, tensor: number, from: number, count: number): Float32Array => {
    const start = (tensor * (1 + room) + 1 + from) * batch * width;
    return memory.subarray(start, start + count * batch * width);
  };
  const cacheIn = (block: Block, length: number): KeyValues => {
    block.users++;
    const tensors = device.keep(
      names.map((_, i) => new Tensor('float32', at(block, i, -1, 1 + length), [1 + length, block.batch, heads, dim])),
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
    empty: () => cacheIn(newBlock(1, 0), 0),
    async grown(past, added) {
      const data = added.data as Float32Array; // (count, batch, tensors * width)
      const length = past.length + (added.dims[0] as number);
      let block = blockOf(past);
      if (block.written > past.length || length > block.room) {
        const before = block;
        block = newBlock(past.batch, length);
        for (let i = 0; i < names.length; i++) at(block, i, 0, past.length).set(at(before, i, 0, past.length));
      }
      let from = 0;
      for (let position = past.length; position < length; position++) {
        for (let row = 0; row < past.batch; row++) {
          for (let i = 0; i < names.length; i++, from += width) {
            at(block, i, position, 1).set(data.subarray(from, from + width), row * width);
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
