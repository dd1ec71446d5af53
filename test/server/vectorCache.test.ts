/** The vectors on disk, seen by a client: opened again in another server, switched off, and gone wrong. */
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type CacheFolder, createCacheFolder } from '../support/cacheFolder.ts';
import { type ServerSetup, type TestServer, useServers } from '../support/serverHarness.ts';

const start = useServers();
const prose = Array.from({ length: 30 }, (_, i) => `The ferry number ${i} crosses the quiet harbor.`).join(' ');

let folder: CacheFolder;
let uri: string;
beforeEach(() => {
  folder = createCacheFolder();
  uri = folder.document('ferries.md', prose);
});
afterEach(() => folder.dispose());

const startHere = (setup: ServerSetup = {}) =>
  start({ ...setup, initializationOptions: { cacheDirectory: folder.directory } });

async function read(server: TestServer, document = uri) {
  await server.openText(prose, 'markdown', document);
  await server.indexed(document);
}

/** Waits for what happens on disk, which no message tells. */
async function eventually(condition: () => boolean) {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

test('a document that was read by one server is not read again by the next one', async () => {
  const first = await startHere();
  await read(first);
  expect(first.engine.count('encode')).toBeGreaterThan(0);
  await first.request('shutdown', undefined);
  const second = await startHere();
  await read(second);
  expect(second.engine.count('encode')).toBe(0);
  expect(second.logs).toContainEqual(expect.stringMatching(/^restore file:.*ferries\.md v1: 30, 0 ms$/));
  expect(second.logs.filter((line) => line.startsWith('index'))).toEqual([]);
  const at = { textDocument: { uri }, position: { line: 0, character: 5 } };
  expect(await second.request('foresay/neighbors', at)).toMatchObject({
    expectedness: expect.any(Number),
    nearest: [{}, {}, {}],
  });
});

test('no word of it is on the disk', async () => {
  const server = await startHere();
  await read(server);
  await server.request('shutdown', undefined);
  const content = folder.content();
  expect(content.length).toBeGreaterThan(30 * 48 * 4);
  for (const word of ['ferry', 'crosses', 'harbor', 'ferries']) expect(content).not.toContain(word);
});

test('a document that is closed is kept, one that was never saved is not', async () => {
  const server = await startHere();
  await read(server);
  await read(server, 'untitled:Untitled-1');
  await server.close('untitled:Untitled-1');
  await server.close(uri);
  await eventually(() => folder.files().some((file) => file.endsWith('.vectors')));
  await server.request('shutdown', undefined);
  expect(folder.files()).toHaveLength(1);
});

test('switched off, everything is deleted and nothing is kept any more; switched on, it is kept again', async () => {
  const server = await startHere();
  await read(server);
  vi.advanceTimersByTime(5000);
  await eventually(() => folder.files().some((file) => file.endsWith('.vectors')));
  server.settings = { cache: { enabled: false } };
  await server.notify('workspace/didChangeConfiguration', { settings: null });
  await eventually(() => folder.files().length === 0);
  await server.change(uri, 2, `${prose} One more ferry came.`);
  await server.indexed(uri);
  vi.advanceTimersByTime(5000);
  await server.close(uri);
  await server.settled();
  expect(folder.files()).toEqual([]);
  server.settings = {};
  await server.notify('workspace/didChangeConfiguration', { settings: null });
  await server.settled();
  await read(server);
  await server.request('shutdown', undefined);
  expect(folder.files()).toHaveLength(1);
});

test('a server that is started with it off deletes what others left', async () => {
  const first = await startHere();
  await read(first);
  await first.request('shutdown', undefined);
  expect(folder.files()).toHaveLength(1);
  const second = await startHere({ settings: { cache: { enabled: false } } });
  await read(second);
  expect(second.engine.count('encode')).toBeGreaterThan(0);
  await eventually(() => folder.files().length === 0);
});

test('a folder that cannot be used changes nothing for the writer', async () => {
  writeFileSync(folder.directory, 'not a folder');
  const server = await startHere();
  await read(server);
  await server.request('shutdown', undefined);
  expect(server.messages).toEqual([]);
  expect(server.errors).toEqual([]);
});

test.each([3, '', 'relative/folder', null])('%j for a folder names none', async (cacheDirectory) => {
  const server = await start({ initializationOptions: { cacheDirectory } });
  await read(server);
  expect(server.errors).toEqual([]);
});
