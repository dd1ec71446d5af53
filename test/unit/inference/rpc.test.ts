/** What crosses between server and inference host: vectors as one array, errors with their kind. */

import { describe, expect, test } from 'vitest';
import { ResponseError } from 'vscode-jsonrpc/node';
import { CancellationError } from '../../../server/src/base/cancellation.ts';
import { type ContextConcept, conceptRoles } from '../../../server/src/concepts/contextConcept.ts';
import { EngineUnavailableError } from '../../../server/src/concepts/engine.ts';
import { BundleError } from '../../../server/src/inference/manifest.ts';
import {
  fromResponseError,
  pack,
  packConcepts,
  toResponseError,
  unpack,
  unpackConcepts,
} from '../../../server/src/inference/rpc.ts';

describe('vectors', () => {
  test.each([
    [[]],
    [[Float32Array.of(1, 2, 3)]],
    [[Float32Array.of(1, 2), Float32Array.of(3, 4), Float32Array.of(-5, 0.25)]],
  ])('%# come back as they were', (vectors) => {
    expect(unpack(pack(vectors))).toEqual(vectors);
    expect(unpack(structuredClone(pack(vectors)))).toEqual(vectors);
  });

  test('are copies: one that is kept does not keep the message', () => {
    const packed = pack([Float32Array.of(1, 2), Float32Array.of(3, 4)]);
    const [first] = unpack(packed);
    expect(first?.buffer.byteLength).toBe(8);
    packed.data.fill(0);
    expect(first).toEqual(Float32Array.of(1, 2));
  });

  test('of different lengths are refused', () => {
    expect(() => pack([Float32Array.of(1), Float32Array.of(1, 2)])).toThrow('vectors of 1 and 2 numbers in one list');
  });
});

describe('a sequence', () => {
  test('comes back with its roles, and costs a byte more for each concept', () => {
    const sequence: ContextConcept[] = conceptRoles.map((role, i) => ({ vector: Float32Array.of(i, -i), role }));
    sequence.splice(3, 0, { vector: Float32Array.of(7, 8) });
    const packed = packConcepts(sequence);
    expect(packed.roles.byteLength).toBe(sequence.length);
    expect(unpackConcepts(structuredClone(packed))).toEqual(sequence);
    expect(unpackConcepts(packConcepts([]))).toEqual([]);
  });
});

describe('errors', () => {
  test.each([
    [new EngineUnavailableError('The engine was closed.')],
    [new BundleError('denoiser.onnx: conceptDim is 512, expected 384')],
    [new RangeError('eta is 2, expected a number from 0 to 1')],
  ])('%s keeps kind and message', (error) => {
    const back = fromResponseError(toResponseError(error));
    expect(back).toBeInstanceOf(error.constructor);
    expect(back).toEqual(error);
  });

  test('a cancel is the cancel that jsonrpc knows', () => {
    const answered = toResponseError(new CancellationError());
    expect(answered.code).toBe(-32800);
    expect(fromResponseError(answered)).toBeInstanceOf(CancellationError);
  });

  test.each([
    [new TypeError('x is not a function'), 'x is not a function'],
    ['just a text', 'just a text'],
    [undefined, 'undefined'],
  ])('%s becomes an Error with its message', (error, message) => {
    const back = fromResponseError(toResponseError(error));
    expect(back).toBeInstanceOf(Error);
    expect((back as Error).message).toBe(message);
  });

  test('what is no answer stays what it is', () => {
    const error = new Error('Pending response rejected since connection got disposed');
    expect(fromResponseError(error)).toBe(error);
    expect((fromResponseError(new ResponseError(-32601, 'no method')) as Error).message).toBe('no method');
  });
});
