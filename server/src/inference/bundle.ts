/** A bundle directory, opened: manifest read, every file's place, size and hash checked before anything is parsed. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, sep } from 'node:path';
import { BundleError, type Manifest, manifestFile, parseManifest } from './manifest.ts';

export interface Bundle {
  readonly directory: string;
  readonly manifest: Manifest;
  /** Absolute path of a file the manifest lists. Throws BundleError for any other. */
  path(file: string): string;
  /** The JSON value of a file the manifest lists. Throws BundleError if it is none. */
  readJson(file: string): Promise<unknown>;
  /** Bytes of all graphs and their data: what the engine holds while it lives. */
  readonly graphBytes: number;
}

/**
 * Opens and checks the bundle in `directory`. Throws BundleError if it is missing, of another format, incomplete,
 * truncated or altered, or if a path leaves the directory.
 */
export async function openBundle(directory: string): Promise<Bundle> {
  const manifest = parseManifest(await readManifest(directory));
  const root = await realpath(directory);
  const paths = new Map<string, string>();
  // All places before any hash: a wrong path is told without reading 150 MB first.
  for (const file of manifest.files) paths.set(file.path, await resolveInside(root, file.path));
  for (const file of manifest.files) await checkContent(paths.get(file.path) as string, file);
  const path = (file: string) => {
    const found = paths.get(file);
    if (found === undefined) throw new BundleError(`${file}: not among the manifest's files`);
    return found;
  };
  return {
    directory,
    manifest,
    path,
    async readJson(file) {
      try {
        return JSON.parse(await readFile(path(file), 'utf8'));
      } catch (error) {
        throw new BundleError(`${file}: not JSON (${messageOf(error)})`);
      }
    },
    graphBytes: manifest.files.reduce((sum, file) => sum + (file.path.endsWith('.json') ? 0 : file.bytes), 0),
  };
}

async function readManifest(directory: string): Promise<string> {
  try {
    return await readFile(join(directory, manifestFile), 'utf8');
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') {
      throw new BundleError(`${directory}: ${manifestFile} cannot be read (${messageOf(error)})`);
    }
    throw new BundleError(
      `${directory}: no ${manifestFile}. Set foresay.bundlePath to a bundle directory or reinstall.`,
    );
  }
}

/** The real path of a listed file. Throws BundleError if it is missing or not inside the bundle's directory. */
async function resolveInside(root: string, file: string): Promise<string> {
  // Backslashes are separators on Windows only: a bundle must mean the same files everywhere.
  if (isAbsolute(file) || /^[a-z]:/i.test(file) || file.includes('\\') || file.split('/').includes('..')) {
    throw new BundleError(`${manifestFile}: the path ${JSON.stringify(file)} leaves the bundle's directory`);
  }
  let real: string;
  try {
    real = await realpath(join(root, file));
  } catch (error) {
    throw new BundleError(
      errorCode(error) === 'ENOENT' ? `${file}: missing from the bundle` : `${file}: ${messageOf(error)}`,
    );
  }
  if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw new BundleError(`${file}: a link that leaves the bundle's directory`);
  }
  return real;
}

async function checkContent(path: string, file: Manifest['files'][number]): Promise<void> {
  const found = await stat(path);
  if (!found.isFile()) {
    throw new BundleError(`${file.path}: ${found.isDirectory() ? 'a directory' : 'a device'} instead of the file`);
  }
  const { size } = found;
  if (size !== file.bytes) {
    const finding = (await stoodInBy(path)) ?? (size < file.bytes ? 'truncated' : 'altered');
    throw new BundleError(`${file.path}: ${finding}, has ${size} bytes, expected ${file.bytes}`);
  }
  const sha256 = await hashFile(path);
  if (sha256 !== file.sha256) {
    const finding = (await stoodInBy(path)) ?? 'altered';
    throw new BundleError(`${file.path}: ${finding}, sha256 is ${sha256}, expected ${file.sha256}`);
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** What commonly lies where a download should: an error page or a Git LFS pointer; undefined if neither. */
async function stoodInBy(path: string): Promise<string | undefined> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    const head = buffer.toString('latin1', 0, bytesRead).trimStart().toLowerCase();
    if (head.startsWith('version https://git-lfs')) return 'a Git LFS pointer instead of the file (run git lfs pull)';
    if (head.startsWith('<!doctype html') || head.startsWith('<html')) return 'an HTML page instead of the file';
    return undefined;
  } finally {
    await file.close();
  }
}

function errorCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
