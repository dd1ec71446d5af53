/** The index in its thread, as the server has it. Needs dist/. */
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createThreadIndex } from '../../server/src/search/threadIndex.ts';
import { contentHash } from '../../server/src/text/contentHash.ts';
import { type CacheFolder, createCacheFolder } from '../support/cacheFolder.ts';
import { encodeWords } from '../support/fakeEngine.ts';
import { silentLogger } from '../support/silentLogger.ts';

const module = fileURLToPath(new URL('../../dist/searchMain.cjs', import.meta.url));
const encoder = { encoder: 'ab'.repeat(32), conceptDim: encodeWords('any').length };

let folder: CacheFolder;
const ends: (() => Promise<void>)[] = [];
beforeEach(() => {
  folder = createCacheFolder();
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  folder.dispose();
});

function start() {
  const index = createThreadIndex(module, silentLogger);
  ends.push(() => index.dispose());
  const open = () => index.open({ directory: folder.directory, encoder, folders: ['file:///w/'] });
  const put = (uri: string, text: string) =>
    index.put({
      file: { uri, hash: 'cd'.repeat(32), modified: 1, size: 2 },
      ids: [contentHash(text)],
      starts: Uint32Array.of(7),
      vectors: new Map([[contentHash(text), encodeWords(text)]]),
    });
  const find = (text: string) => index.search({ query: encodeWords(text), count: 1, except: [] });
  return { index, open, put, find };
}

test('everything crosses as it was sent, and is there for the next server', async () => {
  const first = start();
  expect(await first.open()).toEqual([]);
  await first.put('file:///w/a.md', 'The ferry is late.');
  await first.put('file:///w/b.md', 'Bread needs time.');
  expect(await first.index.known('file:///w/a.md')).toEqual([contentHash('The ferry is late.')]);
  const [found] = await first.find('a late ferry');
  expect(found).toMatchObject({ uri: 'file:///w/a.md', start: 7, id: contentHash('The ferry is late.') });
  await first.index.delete(['file:///w/b.md']);
  expect(await first.index.state()).toEqual({ files: 1, sentences: 1, bytes: expect.any(Number) });
  await first.index.dispose();
  await first.index.dispose();
  await expect(first.find('ferry')).rejects.toThrow('closed');
  expect(await start().open()).toMatchObject([{ uri: 'file:///w/a.md', modified: 1, size: 2 }]);
});

test('an error in the thread is the answer to its request alone; closed and opened again, it is as it was', async () => {
  const { index, open, put, find } = start();
  await open();
  await put('file:///w/a.md', 'The ferry is late.');
  await expect(index.search({ query: undefined as never, count: 1, except: [] })).rejects.toThrow();
  expect(await find('ferry')).toHaveLength(1);
  await index.close();
  expect(await find('ferry')).toEqual([]);
  expect(await open()).toHaveLength(1);
});
