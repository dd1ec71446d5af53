/** The index on disk, through the session that a thread serves: kept, shared, damaged, locked, cleared. */
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { databaseFile, deleteIndexes, sizeOfIndexes } from '../../../server/src/search/indexFiles.ts';
import { IndexSession } from '../../../server/src/search/indexSession.ts';
import type { IndexedFile } from '../../../server/src/search/sentenceTable.ts';
import { contentHash } from '../../../server/src/text/contentHash.ts';
import { type CacheFolder, createCacheFolder } from '../../support/cacheFolder.ts';
import { encodeWords } from '../../support/fakeEngine.ts';

let folder: CacheFolder;
let path: string;
const sessions: IndexSession[] = [];
beforeEach(() => {
  folder = createCacheFolder();
  path = databaseFile(folder.directory, encoder.encoder);
});
afterEach(() => {
  for (const session of sessions.splice(0)) session.close();
  folder.dispose();
});

const encoder = { encoder: 'ab'.repeat(32), conceptDim: encodeWords('any').length };
const texts = ['The ferry crosses the harbor.', 'Bread needs time.', 'The teacher rings a bell.'];
const file = (uri: string, modified = 1000.5): IndexedFile => ({ uri, hash: 'ab'.repeat(32), modified, size: 99 });

function open(folders = ['file:///w/']) {
  const session = new IndexSession();
  sessions.push(session);
  return { session, files: session.open({ directory: folder.directory, encoder, folders }) };
}

function put(session: IndexSession, uri: string, sentences: readonly string[]) {
  const known = new Set(session.known(uri));
  const ids = sentences.map(contentHash);
  const fresh = sentences.filter((text) => !known.has(contentHash(text)));
  session.put({
    file: file(uri),
    ids,
    starts: Uint32Array.from(sentences, (_, i) => 40 * i),
    vectors: new Map(fresh.map((text) => [contentHash(text), encodeWords(text)])),
  });
  return fresh.length;
}

const find = (session: IndexSession, text: string) =>
  session.search({ query: encodeWords(text), count: 1, except: [] })[0];

test('what one server has read the next one finds, with its places, in its own folders only', () => {
  const first = open();
  expect(first.files).toEqual([]);
  put(first.session, 'file:///w/a.md', texts);
  put(first.session, 'file:///w/sub/b.md', [texts[1] as string]);
  first.session.touch(file('file:///w/sub/b.md', 2000));
  first.session.close();
  const second = open();
  expect(second.files).toEqual([file('file:///w/a.md'), file('file:///w/sub/b.md', 2000)]);
  expect(second.session.state()).toMatchObject({ files: 2, sentences: 4 });
  expect(find(second.session, 'A teacher rings.')).toMatchObject({
    uri: 'file:///w/a.md',
    id: contentHash(texts[2] as string),
    start: 80,
  });
  expect(open(['file:///w/sub/']).files.map(({ uri }) => uri)).toEqual(['file:///w/sub/b.md']);
  expect(open(['file:///other/']).files).toEqual([]);
});

test('only new sentences of a file need vectors', () => {
  const { session } = open();
  expect(put(session, 'file:///w/a.md', texts)).toBe(3);
  expect(put(session, 'file:///w/a.md', ['It rained.', ...texts.slice(1)])).toBe(1);
  expect(session.known('file:///w/a.md')).toEqual(['It rained.', ...texts.slice(1)].map(contentHash));
  expect(find(session, 'rings a bell')?.start).toBe(80);
});

test('two servers share one file', () => {
  const one = open(['file:///w/']).session;
  const two = open(['file:///v/']).session;
  for (let i = 0; i < 5; i++) {
    put(one, `file:///w/${i}.md`, texts);
    put(two, `file:///v/${i}.md`, texts);
  }
  expect(open(['file:///w/', 'file:///v/']).files).toHaveLength(10);
});

test('no word of a text is on the disk', () => {
  const { session } = open();
  put(session, 'file:///w/a.md', texts);
  const content = readFileSync(path, 'latin1');
  expect(content.length).toBeGreaterThan(0);
  for (const word of ['ferry', 'harbor', 'Bread', 'teacher']) expect(content).not.toContain(word);
});

test('deleted and cleared, it is gone from memory and disk', () => {
  const { session } = open();
  put(session, 'file:///w/a.md', texts);
  put(session, 'file:///w/b.md', texts);
  session.delete(['file:///w/a.md', 'file:///w/none.md']);
  expect(open().files.map(({ uri }) => uri)).toEqual(['file:///w/b.md']);
  for (let i = 0; i < 100; i++) put(session, `file:///w/more-${i}.md`, texts);
  const { bytes } = session.state();
  session.clear();
  expect(session.state()).toMatchObject({ files: 0, sentences: 0 });
  expect(session.state().bytes).toBeLessThan(bytes / 2);
  expect(open().files).toEqual([]);
  put(session, 'file:///w/c.md', texts);
  expect(open().files).toHaveLength(1);
});

test.each([
  ['is no database', (bytes: Buffer) => bytes.fill(7, 0, 100)],
  ['is cut off', (bytes: Buffer) => bytes.subarray(0, 5000)],
])('a file that %s is replaced', (_, damage) => {
  const { session } = open();
  for (let i = 0; i < 30; i++) put(session, `file:///w/${i}.md`, texts);
  session.close();
  writeFileSync(path, damage(readFileSync(path)));
  const again = open();
  expect(again.files.length).toBeLessThan(30);
  put(again.session, 'file:///w/a.md', texts);
  expect(open().files.map(({ uri }) => uri)).toContain('file:///w/a.md');
});

test('a file whose vectors are not as they were written is not used', () => {
  const { session } = open();
  put(session, 'file:///w/a.md', texts);
  put(session, 'file:///w/b.md', texts.slice(1));
  session.close();
  const bytes = readFileSync(path);
  const at = bytes.indexOf(contentHash(texts[0] as string), 0, 'latin1');
  bytes.write('x', at, 'latin1');
  writeFileSync(path, bytes);
  expect(open().files.map(({ uri }) => uri)).toEqual(['file:///w/b.md']);
  expect(open().files.map(({ uri }) => uri)).toEqual(['file:///w/b.md']);
});

test('the lock of a server that was killed does not last', () => {
  const { session } = open();
  put(session, 'file:///w/a.md', texts);
  session.close();
  mkdirSync(`${path}.lock`);
  const past = new Date(Date.now() - 60_000);
  utimesSync(`${path}.lock`, past, past);
  expect(open().files).toHaveLength(1);
});

test('without a place on disk it is in memory alone', () => {
  const memory = new IndexSession();
  memory.open({ directory: undefined, encoder, folders: [] });
  put(memory, 'file:///w/a.md', texts);
  expect(find(memory, 'bread')?.uri).toBe('file:///w/a.md');
  expect(memory.state()).toEqual({ files: 1, sentences: 3, bytes: 0 });
  memory.close();
  expect(folder.content()).toBe('');
});

test('all of them can be measured and deleted without being opened', async () => {
  expect(await sizeOfIndexes(folder.directory)).toBe(0);
  await deleteIndexes(folder.directory);
  const { session } = open();
  put(session, 'file:///w/a.md', texts);
  session.close();
  expect(await sizeOfIndexes(folder.directory)).toBe(readFileSync(path).length);
  await deleteIndexes(folder.directory);
  expect(folder.content()).toBe('');
  expect(open().files).toEqual([]);
});
