/** A document's vectors as the bytes of one file: no text, and no vector from a file that is not as it was written. */
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { ConceptVector } from '../concepts/conceptVector.ts';
import type { EngineInfo } from '../concepts/engine.ts';

/** Whose vectors: those of another encoder mean something else. */
export type EncoderKey = Pick<EngineInfo, 'encoder' | 'conceptDim'>;

/** Vectors by the id of their sentence. */
export type VectorTable = ReadonlyMap<string, ConceptVector>;

/** A file that is not used; the message says what is wrong with it, as the end of a sentence that names it. */
export class VectorFileError extends Error {
  override readonly name = 'VectorFileError';
}

/**
 * The file, in the byte order of the machine: four uint32 (magic, version, conceptDim, count), the encoder (SHA-256),
 * float32 (count, conceptDim), the ids as Latin-1 (count, idLength), SHA-256 of all that.
 */
const magic = 0x76637366;
const version = 1;
const numbersLength = 16;
const hashLength = 32;
const headerLength = numbersLength + hashLength;
/** Characters of a sentence's id (see contentHash). */
const idLength = 14;

/** How much is done at once, a few milliseconds' work: the rest of the server has its turn in between. */
const rowsAtOnce = 1024;
const bytesAtOnce = 2 ** 20;

/** The file's bytes. Throws RangeError for a vector or an id of another length. */
export async function encodeVectors(table: VectorTable, { encoder, conceptDim }: EncoderKey): Promise<Uint8Array> {
  const rowLength = conceptDim * Float32Array.BYTES_PER_ELEMENT;
  const idsStart = headerLength + table.size * rowLength;
  const end = idsStart + table.size * idLength;
  const bytes = Buffer.allocUnsafeSlow(end + hashLength);
  bytes.set(bytesOf(Uint32Array.of(magic, version, conceptDim, table.size)));
  bytes.write(encoder, numbersLength, 'hex');
  let row = 0;
  for (const [id, vector] of table) {
    if (vector.length !== conceptDim || id.length !== idLength) {
      throw new RangeError(
        `an id of ${id.length} and a vector of ${vector.length}, expected ${idLength} and ${conceptDim}`,
      );
    }
    bytes.set(bytesOf(vector), headerLength + row * rowLength);
    bytes.write(id, idsStart + row * idLength, 'latin1');
    row++;
    if (row % rowsAtOnce === 0) await setImmediate();
  }
  bytes.set(await sha256(bytes.subarray(0, end)), end);
  return bytes;
}

/** The vectors in a file of this encoder; each has memory of its own. Throws VectorFileError for any other bytes. */
export async function decodeVectors(bytes: Buffer, { encoder, conceptDim }: EncoderKey): Promise<VectorTable> {
  if (bytes.length < headerLength + hashLength) throw new VectorFileError('is truncated');
  const [foundMagic, foundVersion, dim, count = 0] = new Uint32Array(copied(bytes.subarray(0, numbersLength)));
  if (foundMagic !== magic || foundVersion !== version) throw new VectorFileError('is of another format');
  if (dim !== conceptDim || bytes.toString('hex', numbersLength, headerLength) !== encoder) {
    throw new VectorFileError('is of another encoder');
  }
  const rowLength = conceptDim * Float32Array.BYTES_PER_ELEMENT;
  const idsStart = headerLength + count * rowLength;
  const end = idsStart + count * idLength;
  if (bytes.length !== end + hashLength) throw new VectorFileError('is truncated');
  if (!bytes.subarray(end).equals(await sha256(bytes.subarray(0, end)))) throw new VectorFileError('is altered');
  const table = new Map<string, ConceptVector>();
  for (let row = 0; row < count; row++) {
    const id = idsStart + row * idLength;
    const vector = headerLength + row * rowLength;
    // Copies, so that one vector that is kept does not keep the whole file.
    const numbers = new Float32Array(copied(bytes.subarray(vector, vector + rowLength)));
    table.set(bytes.toString('latin1', id, id + idLength), numbers);
    if (row % rowsAtOnce === rowsAtOnce - 1) await setImmediate();
  }
  return table;
}

async function sha256(bytes: Uint8Array): Promise<Buffer> {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += bytesAtOnce) {
    hash.update(bytes.subarray(at, at + bytesAtOnce));
    await setImmediate();
  }
  return hash.digest();
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array | Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The bytes at the start of memory of their own, where numbers of any size can be read. */
function copied(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
