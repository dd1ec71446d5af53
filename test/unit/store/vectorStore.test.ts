/** Vectors on disk: kept for the next server, private, bounded, and never wrong, whatever happens to the folder. */
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import * as fs from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EncoderKey, VectorTable } from '../../../server/src/store/vectorFile.ts';
import { createVectorStore } from '../../../server/src/store/vectorStore.ts';
import { contentHash } from '../../../server/src/text/contentHash.ts';
import { type CacheFolder, createCacheFolder } from '../../support/cacheFolder.ts';

vi.mock('node:fs/promises', async (original) => {
  const actual = await original<typeof fs>();
  return { ...actual, writeFile: vi.fn(actual.writeFile), mkdir: vi.fn(actual.mkdir), utimes: vi.fn(actual.utimes) };
});

const encoder: EncoderKey = { encoder: 'ab'.repeat(32), conceptDim: 4 };
const otherEncoder: EncoderKey = { encoder: 'cd'.repeat(32), conceptDim: 4 };
const none = new Map();

let folder: CacheFolder;
let logs: string[];
beforeEach(() => {
  folder = createCacheFolder();
  logs = [];
});
afterEach(() => {
  vi.resetAllMocks();
  folder.dispose();
});

const open = (directory = folder.directory) => {
  const log = (line: string) => void logs.push(line);
  return createVectorStore(directory, { info: log, warn: log, error: log });
};
const vectors = (word: string, count = 3): VectorTable =>
  new Map(
    Array.from({ length: count }, (_, i) => [contentHash(`${word} ${i}`), Float32Array.of(i, word.length, i / 7, -1)]),
  );
const systemError = (code: string) => Object.assign(new Error(`${code}: no, open '/a/secret/path'`), { code });

describe('what is saved', () => {
  test('is there for the next server, until something else is saved', async () => {
    const uri = folder.document('a.md');
    await open().save(uri, encoder, vectors('apple'));
    expect(await open().load(uri, encoder)).toEqual(vectors('apple'));
    await open().save(uri, encoder, vectors('pear', 5));
    expect(await open().load(uri, encoder)).toEqual(vectors('pear', 5));
    expect(folder.files()).toHaveLength(1);
    expect(logs).toEqual([]);
  });

  test('belongs to its document and to its encoder', async () => {
    const [a, b] = [folder.document('a.md'), folder.document('b.md')];
    const store = open();
    await store.save(a, encoder, vectors('apple'));
    expect(await store.load(b, encoder)).toEqual(none);
    expect(await store.load(a, otherEncoder)).toEqual(none);
    expect(logs).toEqual([]);
  });

  test('is for its owner’s eyes only, and does not say which document it is of', async () => {
    await open().save(folder.document('secret-plan.md'), encoder, vectors('apple'));
    const [file] = folder.files();
    if (process.platform !== 'win32') {
      expect(statSync(file!).mode & 0o777).toBe(0o600);
      expect(statSync(folder.vectors).mode & 0o777).toBe(0o700);
    }
    expect(folder.content()).not.toContain('secret');
  });

  test.each([
    ['an untitled document', 'untitled:Untitled-1'],
    ['a document elsewhere', 'vscode-vfs://github/a/b.md'],
    ['no uri at all', 'notes'],
    ['a folder', 'file:///'],
    ['a document that was never saved', 'file:///no/such/document.md'],
  ])('is nothing of %s', async (_, uri) => {
    await open().save(uri, encoder, vectors('apple'));
    expect(folder.files()).toEqual([]);
    expect(logs).toEqual([]);
  });

  test('by two servers at once is one of both, whole', async () => {
    const uri = folder.document('a.md');
    const stores = [open(), open()];
    const tables = Array.from({ length: 8 }, (_, i) => vectors('apple '.repeat(i + 1), 40 + i));
    await Promise.all(tables.map((table, i) => stores[i % 2]!.save(uri, encoder, table)));
    const found = await open().load(uri, encoder);
    expect(tables.map((table) => [...table])).toContainEqual([...found]);
    expect(folder.files()).toHaveLength(1);
    expect(logs).toEqual([]);
  });
});

describe('a file that is not as it was written', () => {
  const spoilt: readonly [string, (file: string) => void, RegExp][] = [
    ['truncated', (file) => truncateSync(file, 100), /is truncated/],
    ['empty', (file) => truncateSync(file, 0), /is truncated/],
    ['altered', (file) => writeFileSync(file, readFileSync(file).fill(7, 60, 64)), /is altered/],
    ['of something else', (file) => writeFileSync(file, 'The garden was opened. '.repeat(9)), /is of another format/],
    [
      'a folder',
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
      /is no file of ours/,
    ],
    [
      'a link',
      (file) => {
        renameSync(file, `${file}.real`);
        symlinkSync(`${file}.real`, file);
      },
      /is no file of ours/,
    ],
    ['larger than all may be together', (file) => truncateSync(file, 2 ** 28 + 1), /is no file of ours/],
  ];

  test.each(spoilt)('%s: is not used, said once, and replaced if it can be', async (name, spoil, reason) => {
    const uri = folder.document('a.md');
    const store = open();
    await store.save(uri, encoder, vectors('apple'));
    spoil(folder.files()[0]!);
    expect(await store.load(uri, encoder)).toEqual(none);
    expect(await store.load(uri, encoder)).toEqual(none);
    expect(logs).toEqual([expect.stringMatching(reason)]);
    await store.save(uri, encoder, vectors('pear'));
    expect(await store.load(uri, encoder)).toEqual(name === 'a folder' ? none : vectors('pear'));
  });

  test('a file of another encoder under this one’s name is not used', async () => {
    const [a, b] = [folder.document('a.md'), folder.document('b.md')];
    const store = open();
    await store.save(a, encoder, vectors('apple'));
    await store.save(b, { ...encoder, conceptDim: 2 }, new Map([[contentHash('b'), Float32Array.of(1, 0)]]));
    const [first, second] = folder.files().sort((x, y) => statSync(y).size - statSync(x).size);
    copyFileSync(second!, first!);
    expect(await store.load(a, encoder)).toEqual(none);
    expect(logs).toEqual([expect.stringMatching(/is of another encoder/)]);
  });
});

describe('a folder that cannot be used', () => {
  test.each(['ENOSPC', 'EROFS', 'EACCES'])(
    '%s: what was kept stays, no rest is left, it is said once',
    async (code) => {
      const uri = folder.document('a.md');
      const store = open();
      await store.save(uri, encoder, vectors('apple'));
      const { writeFile } = await vi.importActual<typeof fs>('node:fs/promises');
      vi.mocked(fs.writeFile).mockImplementation(async (path) => {
        await writeFile(path, 'half a fi');
        throw systemError(code);
      });
      for (let i = 0; i < 2; i++) await store.save(uri, encoder, vectors('pear'));
      expect(logs).toEqual([`vector cache: nothing is kept (${code})`]);
      expect(folder.files()).toHaveLength(1);
      expect(await store.load(uri, encoder)).toEqual(vectors('apple'));
    },
  );

  test('a file in its place: nothing is kept, and it is said', async () => {
    const uri = folder.document('a.md');
    writeFileSync(folder.directory, 'not a folder');
    const store = open();
    await store.save(uri, encoder, vectors('apple'));
    expect(await store.load(uri, encoder)).toEqual(none);
    await store.clear();
    expect(logs).toHaveLength(3);
    for (const line of logs) expect(line).toMatch(/\((ENOTDIR|EEXIST)\)/);
  });

  test('one that can only be read is read', async () => {
    const uri = folder.document('a.md');
    await open().save(uri, encoder, vectors('apple'));
    vi.mocked(fs.utimes).mockRejectedValue(systemError('EROFS'));
    expect(await open().load(uri, encoder)).toEqual(vectors('apple'));
    expect(logs).toEqual([]);
  });

  test('one that cannot be made: nothing is kept', async () => {
    vi.mocked(fs.mkdir).mockRejectedValue(systemError('EPERM'));
    await open().save(folder.document('a.md'), encoder, vectors('apple'));
    expect(logs).toEqual(['vector cache: nothing is kept (EPERM)']);
    expect(folder.files()).toEqual([]);
  });

  test('a vector that cannot be written is no crash either', async () => {
    await open().save(folder.document('a.md'), encoder, new Map([[contentHash('a'), new Float32Array(9)]]));
    expect(logs).toEqual([expect.stringMatching(/nothing is kept \(an id of 14 and a vector of 9/)]);
  });
});

describe('the folder is looked through after a save', () => {
  const minutes = 60_000;
  /** A file that weighs `megabytes` and was used some minutes ago. */
  const filler = (digit: string, megabytes: number, age: number, key = encoder) => {
    const path = join(folder.vectors, `${digit.repeat(32)}-${key.encoder.slice(0, 16)}.vectors`);
    writeFileSync(path, '');
    truncateSync(path, megabytes * 2 ** 20);
    const used = new Date(Date.now() - age * minutes);
    utimesSync(path, used, used);
    return basename(path);
  };
  const names = () => folder.files().map((path) => basename(path));

  beforeEach(() => mkdirSync(folder.vectors, { recursive: true }));

  test('above the limit the files that were not used for longest are deleted', async () => {
    const old = filler('1', 100, 30);
    const recent = filler('2', 100, 10);
    const middle = filler('3', 100, 20);
    await open().save(folder.document('a.md'), encoder, vectors('apple'));
    expect(names()).toHaveLength(3);
    expect(names()).toEqual(expect.arrayContaining([recent, middle]));
    expect(names()).not.toContain(old);
  });

  test('reading counts as use', async () => {
    const uri = folder.document('a.md');
    await open().save(uri, encoder, vectors('apple'));
    const [own] = folder.files();
    utimesSync(own!, new Date(0), new Date(0));
    filler('1', 200, 10);
    const older = filler('2', 100, 20);
    await open().load(uri, encoder);
    await open().save(folder.document('b.md'), encoder, vectors('pear'));
    expect(names()).toContain(basename(own!));
    expect(names()).not.toContain(older);
  });

  test('files of another encoder go, whatever is not ours stays', async () => {
    const other = filler('1', 0, 1, otherEncoder);
    writeFileSync(join(folder.vectors, 'README'), 'mine');
    await open().save(folder.document('a.md'), encoder, vectors('apple'));
    expect(names()).toHaveLength(2);
    expect(names()).toContain('README');
    expect(names()).not.toContain(other);
  });

  test('what a server left half written goes, what another is writing stays', async () => {
    const temporary = (digit: string, age: number) => {
      const name = filler(digit, 0, age);
      const uuid = `${digit.repeat(8)}-0000-4000-8000-${digit.repeat(12)}`;
      renameSync(join(folder.vectors, name), join(folder.vectors, `${name}.${uuid}.tmp`));
      return `${name}.${uuid}.tmp`;
    };
    const abandoned = temporary('1', 90);
    const fresh = temporary('2', 1);
    await open().save(folder.document('a.md'), encoder, vectors('apple'));
    expect(names()).toContain(fresh);
    expect(names()).not.toContain(abandoned);
  });

  test('again when enough was written, not each time', async () => {
    const store = open();
    const uri = folder.document('a.md');
    await store.save(uri, encoder, vectors('apple'));
    filler('1', 0, 1, otherEncoder);
    await store.save(uri, encoder, vectors('pear'));
    expect(names()).toHaveLength(2);
    await store.save(uri, { ...encoder, conceptDim: 2 ** 22 }, new Map([['x'.repeat(14), new Float32Array(2 ** 22)]]));
    expect(names()).toHaveLength(1);
  });
});

describe('clear', () => {
  test('deletes everything that was kept and nothing else', async () => {
    const store = open();
    await store.save(folder.document('a.md'), encoder, vectors('apple'));
    await store.save(folder.document('b.md'), encoder, vectors('pear'));
    const [file] = folder.files();
    writeFileSync(`${file}.00000000-0000-4000-8000-000000000000.tmp`, '');
    writeFileSync(join(dirname(file!), 'README'), 'mine');
    await store.clear();
    expect(folder.files().map((path) => basename(path))).toEqual(['README']);
  });

  test('comes after what was saved before it', async () => {
    const store = open();
    const saved = store.save(folder.document('a.md'), encoder, vectors('apple'));
    await store.clear();
    await saved;
    expect(folder.files()).toEqual([]);
  });

  test('of a folder that was never made is nothing', async () => {
    await open().clear();
    expect(logs).toEqual([]);
  });
});
