/**
 * Concept vectors on disk, one file for each document, so that a document that was read once is not read again by the
 * next server. Whatever goes wrong with a file or the folder, it is as if nothing were kept, and is logged once.
 */
import { createHash, randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorMessage, type Logger } from '../base/log.ts';
import { decodeVectors, type EncoderKey, encodeVectors, VectorFileError, type VectorTable } from './vectorFile.ts';

/** Bytes of all files together: some 30 documents of 5,000 sentences. */
const limitBytes = 256 * 2 ** 20;
/** Bytes written after which the folder is looked through again. */
const sweepBytes = 16 * 2 ** 20;
/** Milliseconds after which a file that was being written belongs to a server that is gone. */
const abandonedMs = 3_600_000;

/** Names of this folder's files; whatever else lies there is left alone. */
const fileName = /^[0-9a-f]{32}-([0-9a-f]{16})\.vectors$/;
const temporaryName = /^[0-9a-f]{32}-[0-9a-f]{16}\.vectors\.[0-9a-f-]{36}\.tmp$/;

/** None of these rejects. They run one after the other; several servers may use one folder. */
export interface VectorStore {
  /** The vectors that were saved last for this document and encoder; none if there are none. */
  load(uri: string, encoder: EncoderKey): Promise<VectorTable>;
  /** Keeps these vectors and no others for a document, if that is a file on this machine. */
  save(uri: string, encoder: EncoderKey, vectors: VectorTable): Promise<void>;
  /** Deletes what is kept, for all documents. */
  clear(): Promise<void>;
}

/** A store in a folder of its own inside `directory`, which need not exist yet. */
export function createVectorStore(directory: string, logger: Logger): VectorStore {
  const folder = join(directory, 'vectors');
  const said = new Set<string>();
  let last: Promise<unknown> = Promise.resolve();
  let unswept = sweepBytes;

  const inTurn = <T>(what: string, otherwise: T, work: () => Promise<T>): Promise<T> => {
    const done = last.then(work).catch((error: unknown) => {
      // Only the code of a system error: its message names a path, and so would differ each time.
      const reason = error instanceof VectorFileError ? error.message : (errorCode(error) ?? errorMessage(error));
      const message = `vector cache: ${what} (${reason})`;
      if (!said.has(message)) logger.warn(message);
      said.add(message);
      return otherwise;
    });
    last = done;
    return done;
  };

  /** Deletes files of other encoders and those nobody finishes, then the least recently used beyond the limit. */
  const sweep = async (encoder: EncoderKey): Promise<void> => {
    const kept: { readonly path: string; readonly size: number; readonly used: number }[] = [];
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const isTemporary = temporaryName.test(name);
      const owner = fileName.exec(name)?.[1];
      if (!isTemporary && owner === undefined) continue;
      const found = await ifThere(lstat(path));
      if (!found?.isFile()) continue;
      const isAbandoned = isTemporary && Date.now() - found.mtimeMs > abandonedMs;
      if (isAbandoned || (owner !== undefined && owner !== shortKey(encoder))) await rm(path, { force: true });
      else kept.push({ path, size: found.size, used: found.mtimeMs });
    }
    kept.sort((a, b) => b.used - a.used);
    let total = 0;
    for (const { path, size } of kept) {
      total += size;
      if (total > limitBytes) await rm(path, { force: true });
    }
  };

  return {
    load: (uri, encoder) =>
      inTurn('a file is not used', new Map(), async () => {
        const path = join(folder, nameOf(uri, encoder));
        const found = await ifThere(lstat(path));
        if (!found) return new Map();
        if (!found.isFile() || found.size > limitBytes) throw new VectorFileError('is no file of ours');
        const vectors = await decodeVectors(await readFile(path), encoder);
        const now = new Date();
        // In a folder that cannot be written to, nothing is deleted by its age either.
        await utimes(path, now, now).catch(() => {});
        return vectors;
      }),

    save: (uri, encoder, vectors) =>
      inTurn('nothing is kept', undefined, async () => {
        if (!(await isFile(uri))) return;
        const bytes = await encodeVectors(vectors, encoder);
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const path = join(folder, nameOf(uri, encoder));
        const temporary = `${path}.${randomUUID()}.tmp`;
        try {
          // Not flushed: what a crash leaves half written is known by its hash.
          await writeFile(temporary, bytes, { mode: 0o600, flag: 'wx' });
          await rename(temporary, path);
        } catch (error) {
          await rm(temporary, { force: true }).catch(() => {});
          throw error;
        }
        unswept += bytes.length;
        if (unswept < sweepBytes) return;
        unswept = 0;
        await sweep(encoder);
      }),

    clear: () =>
      inTurn('not everything was deleted', undefined, async () => {
        const names = (await ifThere(readdir(folder))) ?? [];
        for (const name of names) {
          if (fileName.test(name) || temporaryName.test(name)) await rm(join(folder, name), { force: true });
        }
      }),
  };
}

/** The file of a document, which nobody can tell the document's path by. */
function nameOf(uri: string, encoder: EncoderKey): string {
  const document = createHash('sha256').update(uri).digest('hex').slice(0, 32);
  return `${document}-${shortKey(encoder)}.vectors`;
}

function shortKey({ encoder }: EncoderKey): string {
  return encoder.slice(0, 16);
}

/** Whether a document was ever saved here: what only the editor holds leaves no trace. */
async function isFile(uri: string): Promise<boolean> {
  try {
    return (await stat(fileURLToPath(uri))).isFile();
  } catch {
    // No file uri, or nothing there that can be looked at.
    return false;
  }
}

/** `undefined` for what does not exist. */
async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
