/** Find by meaning, seen by a client: in a document, in the workspace's files, and how these are read, paused and forgotten. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CancellationTokenSource, DidChangeWatchedFilesNotification } from 'vscode-languageserver/node';
import type { FindResult, SearchIndexState } from '../../server/src/protocol.ts';
import { EngineUnavailableError } from '../../server/src/service/index.ts';
import { type ServerSetup, type TestServer, useServers } from '../support/serverHarness.ts';

const start = useServers();

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'foresay-find-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const uriOf = (name: string) => pathToFileURL(join(root, 'w', name)).href;
function write(name: string, text: string | Uint8Array) {
  const path = join(root, 'w', name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return uriOf(name);
}

const on = { search: { workspace: true } };
const startHere = (setup: ServerSetup = {}) => {
  mkdirSync(join(root, 'w'), { recursive: true });
  const initializationOptions = { cacheDirectory: join(root, 'cache') };
  return start({ settings: on, folders: [pathToFileURL(join(root, 'w')).href], initializationOptions, ...setup });
};

const find = (server: TestServer, query: string, more: object = {}) =>
  server.request('foresay/find', { query, scope: 'workspace', ...more }) as Promise<FindResult>;
const index = (server: TestServer, action?: string) =>
  server.request('foresay/searchIndex', { action }) as Promise<SearchIndexState>;

/** Waits until the index is as a test wants it; time passes meanwhile. */
async function until(server: TestServer, condition: (state: SearchIndexState) => boolean) {
  for (;;) {
    const state = await index(server);
    if (condition(state)) return state;
    vi.advanceTimersByTime(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
const ready = (server: TestServer, files: number) =>
  until(server, (state) => state.state === 'ready' && state.files === files);

const texts = ({ items }: FindResult) => items.map(({ text }) => text);
const changed = (server: TestServer, ...names: string[]) =>
  server.notify(DidChangeWatchedFilesNotification.method, {
    changes: names.map((name) => ({ uri: uriOf(name), type: 2 })),
  });

test('in a document: the closest sentences with their places, not the one that is asked about', async () => {
  const server = await start();
  const { uri, cursor } = await server.open(
    '# Ferries\n\nThe ferry crosses the harb|or. Bread needs time.\n\n## Boats\n\nA small ferry crosses the wide harbor.\n',
  );
  await server.indexed(uri);
  const here = { scope: 'document', textDocument: { uri } };
  const phrase = await find(server, 'bread time', here);
  expect(phrase.query).toBe('bread time');
  expect(phrase.items[0]).toEqual({
    uri,
    range: { start: { line: 2, character: 30 }, end: { line: 2, character: 47 } },
    text: 'Bread needs time.',
    heading: 'Ferries',
    similarity: expect.any(Number),
  });
  expect(phrase.items).toHaveLength(3);
  const sentence = await find(server, '', { ...here, position: cursor });
  expect(sentence.query).toBe('The ferry crosses the harbor.');
  expect(texts(sentence)).toEqual(['A small ferry crosses the wide harbor.', 'Bread needs time.']);
  expect(sentence.items[0]?.heading).toBe('Boats');
  expect(texts(await find(server, 'ferry', { ...here, count: 1 }))).toHaveLength(1);
  expect(sentence.index).toEqual({ state: 'off', files: 0, sentences: 0, bytes: 0, waiting: 0 });
});

test('a document that is only just open is read first', async () => {
  const server = await start();
  const { uri } = await server.open('The ferry is late. Bread needs time.|');
  const found = await find(server, 'bread time', { scope: 'document', textDocument: { uri } });
  expect(texts(found)).toEqual(['Bread needs time.', 'The ferry is late.']);
});

test('nothing is asked of the model for nothing, and what is wrong in the question is no error', async () => {
  const server = await start();
  for (const params of [
    undefined,
    7,
    {},
    { query: '   ', scope: 'workspace' },
    { query: 3, position: 'x', count: -1 },
  ]) {
    expect(await server.request('foresay/find', params)).toMatchObject({ query: '', items: [] });
  }
  expect(server.engine.calls).toEqual([]);
});

test('in the workspace: saved files and open documents, these as the editor has them', async () => {
  write('notes/ferry.md', '# Travel\n\nSome *more* words here. The ferry crosses **the harbor** at seven.\n');
  write('bread.txt', 'Good bread needs time and flour.');
  const open = write('open.md', 'The old ferry was sold.');
  const server = await startHere();
  await server.openText('A new ferry was bought. It is fast.', 'markdown', open);
  await server.indexed(open);
  const state = await ready(server, 3);
  expect(state).toMatchObject({ sentences: 4, waiting: 0 });
  expect(state.bytes).toBeGreaterThan(0);
  const { items } = await find(server, 'the ferry crosses a harbor');
  expect(items[0]).toMatchObject({
    uri: uriOf('notes/ferry.md'),
    range: { start: { line: 2, character: 24 }, end: { line: 2, character: 66 } },
    text: 'The ferry crosses the harbor at seven.',
    heading: 'Travel',
  });
  expect(items.map(({ text }) => text)).toContain('A new ferry was bought.');
  expect(items.map(({ text }) => text)).not.toContain('The old ferry was sold.');
});

test('off by default: nothing is read, and the workspace is what is open', async () => {
  write('ferry.md', 'The ferry crosses the harbor.');
  const server = await startHere({ settings: {} });
  await server.settled();
  expect(await index(server)).toMatchObject({ state: 'off', files: 0, bytes: 0 });
  expect(texts(await find(server, 'ferry'))).toEqual([]);
  server.settings = on;
  await server.notify('workspace/didChangeConfiguration', { settings: null });
  await ready(server, 1);
  expect(texts(await find(server, 'ferry'))).toEqual(['The ferry crosses the harbor.']);
  server.settings = {};
  await server.notify('workspace/didChangeConfiguration', { settings: null });
  await until(server, ({ state }) => state === 'off');
  expect(texts(await find(server, 'ferry'))).toEqual([]);
});

test('what the editor, a .gitignore or foresay.exclude leaves out is not read, nor what is no text', async () => {
  write('in.md', 'This ferry is in.');
  write('deep/er/in.md', 'That ferry is in.');
  write('node_modules/out.md', 'A ferry is out.');
  write('.git/out.md', 'A ferry is out.');
  write('.gitignore', '/build\n*.log.txt\n');
  write('build/out.md', 'A ferry is out.');
  write('deep/build/in.md', 'Another ferry is in.');
  write('deep/.gitignore', 'secret/\n');
  write('deep/secret/out.md', 'A ferry is out.');
  write('a.log.txt', 'A ferry is out.');
  write('drafts/out.md', 'A ferry is out.');
  write('ferry.ts', 'A ferry is out.');
  write('binary.md', new Uint8Array([65, 32, 102, 0, 255, 254]));
  const server = await startHere({
    settings: { ...on, exclude: ['drafts/**'], '**/node_modules': true, '**/unused': false },
  });
  await until(server, ({ state, sentences }) => state === 'ready' && sentences === 3);
  expect(texts(await find(server, 'a ferry is out')).sort()).toEqual([
    'Another ferry is in.',
    'That ferry is in.',
    'This ferry is in.',
  ]);
});

test('files that change, come and go are followed, and only what is new is read', async () => {
  write('a.md', 'The ferry is late. Bread needs time.');
  write('b.md', 'A bell rings.');
  const server = await startHere();
  await ready(server, 2);
  const before = server.engine.count('encode');
  write('a.md', 'The ferry is late. Bread needs much time.');
  write('c.md', 'Snow falls.');
  rmSync(join(root, 'w', 'b.md'));
  await changed(server, 'a.md', 'b.md', 'c.md');
  await until(server, ({ state, files, sentences }) => state === 'ready' && files === 2 && sentences === 3);
  const sizes = server.engine.calls.filter(({ method }) => method === 'encode').slice(before);
  expect(sizes.map(({ size }) => size)).toEqual([1, 1]);
  expect(texts(await find(server, 'much time', { count: 2 }))[0]).toBe('Bread needs much time.');
  expect(texts(await find(server, 'a bell rings'))).not.toContain('A bell rings.');
});

test('a file that changed unseen is not quoted, and is read again', async () => {
  write('a.md', 'The ferry is late.');
  const server = await startHere();
  await ready(server, 1);
  write('a.md', 'First. The ferry is late.');
  expect(texts(await find(server, 'the ferry is late'))).toEqual([]);
  await until(server, ({ state, sentences }) => state === 'ready' && sentences === 2);
  expect((await find(server, 'the ferry is late')).items[0]).toMatchObject({ range: { start: { character: 7 } } });
});

test('what one server has read the next one does not read again, and no word of it is on the disk', async () => {
  write('a.md', 'The ferry is late. Bread needs time.');
  const first = await startHere();
  await ready(first, 1);
  await first.request('shutdown', undefined);
  const [database] = readdirSync(join(root, 'cache', 'search'));
  const content = readFileSync(join(root, 'cache', 'search', database as string), 'latin1');
  expect(content).toContain(uriOf('a.md'));
  for (const word of ['ferry', 'late', 'Bread', 'needs']) expect(content).not.toContain(word);
  const second = await startHere();
  await ready(second, 1);
  expect(second.engine.count('encode')).toBe(0);
  expect(texts(await find(second, 'bread'))[0]).toBe('Bread needs time.');
});

test('without a cache it is kept in memory alone, and what was kept is deleted', async () => {
  write('a.md', 'The ferry is late.');
  const server = await startHere();
  await ready(server, 1);
  expect((await index(server)).bytes).toBeGreaterThan(0);
  server.settings = { ...on, cache: { enabled: false } };
  await server.notify('workspace/didChangeConfiguration', { settings: null });
  await until(server, ({ bytes, state }) => bytes === 0 && state === 'ready');
  expect(texts(await find(server, 'ferry'))).toEqual(['The ferry is late.']);
});

test('reading can be cancelled in its progress, waits while the writer types, and goes on when asked to', async () => {
  for (let i = 0; i < 30; i++) write(`${String(i).padStart(2, '0')}.md`, `Ferry number ${i} is late.`);
  const server = await startHere();
  const release = server.hold('encode');
  await server.until(() => [...server.progress.values()].flat().some(({ kind }) => kind === 'report'));
  const [token] = [...server.progress.keys()];
  expect(server.progress.get(token as string)?.[0]).toMatchObject({
    kind: 'begin',
    title: 'Foresay: reading the workspace',
    cancellable: true,
  });
  expect(await index(server)).toMatchObject({ state: 'reading', waiting: 30 });
  await server.notify('window/workDoneProgress/cancel', { token });
  await server.until(() => server.progress.get(token as string)?.at(-1)?.kind === 'end');
  expect(await index(server)).toMatchObject({ state: 'paused', files: 0, waiting: 30 });
  release();
  await server.openText('A text of its own.', 'markdown', 'untitled:x');
  await server.indexed('untitled:x');
  expect(await index(server, 'resume')).toMatchObject({ state: 'reading' });
  await server.change('untitled:x', 2, 'Another text of its own.');
  await server.indexed('untitled:x');
  expect((await index(server)).files).toBe(0);
  await ready(server, 30);
});

test('cleared, nothing of it is left, and nothing is read until that is asked for', async () => {
  write('a.md', 'The ferry is late.');
  const server = await startHere();
  await ready(server, 1);
  expect(await index(server, 'clear')).toMatchObject({ state: 'paused', files: 0, sentences: 0 });
  expect(texts(await find(server, 'ferry'))).toEqual([]);
  await index(server, 'resume');
  await ready(server, 1);
  await server.request('workspace/executeCommand', { command: 'foresay.server.clearSearchIndex' });
  expect(server.messages.at(-1)?.message).toMatch(/^The search index was deleted \(0\.\d MB\)\.$/);
  expect(await index(server)).toMatchObject({ state: 'paused', files: 0 });
});

test('a command finds too, for clients that know no other requests', async () => {
  write('a.md', 'The ferry is late.');
  const server = await startHere();
  await ready(server, 1);
  const result = await server.request('workspace/executeCommand', {
    command: 'foresay.server.find',
    arguments: [{ query: 'ferry', scope: 'workspace' }],
  });
  expect(result).toMatchObject({ items: [{ uri: uriOf('a.md'), text: 'The ferry is late.' }] });
});

test('a folder that is added is read, one that is removed is forgotten', async () => {
  write('a.md', 'The ferry is late.');
  const server = await startHere({ folders: [] });
  await server.settled();
  const folder = { uri: pathToFileURL(join(root, 'w')).href, name: 'w' };
  const change = (added: object[], removed: object[]) =>
    server.notify('workspace/didChangeWorkspaceFolders', { event: { added, removed } });
  expect((await index(server)).state).toBe('off');
  await change([folder], []);
  await ready(server, 1);
  await change([], [folder]);
  await until(server, ({ state }) => state === 'off');
});

test('without a model the reason comes back, and reading begins once there is one', async () => {
  write('a.md', 'The ferry is late.');
  const server = await startHere({
    prepare: (engine, number) => {
      if (number === 1) engine.failure = new EngineUnavailableError('The bundle is broken.');
    },
  });
  await server.settled();
  await expect(find(server, 'ferry')).rejects.toThrow('The bundle is broken.');
  expect((await index(server)).state).toBe('off');
  await server.request('foresay/restart', undefined);
  await ready(server, 1);
});

test('a search that is cancelled ends at once', async () => {
  const server = await start();
  const release = server.hold('encode');
  const { uri } = await server.open('The ferry is late.|');
  const source = new CancellationTokenSource();
  const asked = server.request(
    'foresay/find',
    { query: 'x y', scope: 'document', textDocument: { uri } },
    source.token,
  );
  await server.until(() => server.engine.count('encode') > 0);
  source.cancel();
  await expect(asked).rejects.toThrow('cancelled');
  release();
});
