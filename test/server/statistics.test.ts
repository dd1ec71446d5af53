/** What became of suggestions, over the wire: measured, reported, shown, cleared, and switched off. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CompletionList, InlineCompletionItem, Position } from 'vscode-languageserver/node';
import type { StatisticsResult, SuggestionCounts } from '../../server/src/protocol.ts';
import { type CacheFolder, createCacheFolder } from '../support/cacheFolder.ts';
import { fullClient, type ServerSetup, type TestServer, useServers } from '../support/serverHarness.ts';

let folder: CacheFolder;
beforeEach(() => {
  folder = createCacheFolder();
});
// Behind the servers' end, where they write into it: registered earlier, run later.
afterEach(() => folder.dispose());
const startServer = useServers();

const prose = 'The river fills the harbor in winter. The garden needs the rain of the summer and it is dry.|';
const none = { shown: 0, whole: 0, part: 0, dismissed: 0, characters: 0 };

type Open = { readonly uri: string; readonly cursor: Position };
const start = (setup: ServerSetup = {}) =>
  startServer({ ...setup, initializationOptions: { cacheDirectory: folder.directory } });

async function ghost(server: TestServer, { uri, cursor }: Open, triggerKind = 2): Promise<InlineCompletionItem[]> {
  const params = { textDocument: { uri }, position: cursor, context: { triggerKind } };
  return (await server.request('textDocument/inlineCompletion', params)) as InlineCompletionItem[];
}
const all = async (server: TestServer) => (await server.request('foresay/statistics', {})) as StatisticsResult;
/** The counts of the only day, or of two where midnight came between. */
async function counted(server: TestServer): Promise<Record<string, SuggestionCounts>> {
  return Object.assign({}, ...Object.values((await all(server)).days));
}
async function shown(server: TestServer) {
  const doc = await server.open(prose);
  const items = await ghost(server, doc);
  return { doc, items, text: String(items[0]?.insertText) };
}

test('accepting is seen in the document, by word and as a whole', async () => {
  const server = await start();
  const { doc, text } = await shown(server);
  expect(await counted(server)).toEqual({ markdown: { ...none, shown: 1 } });
  const word = /^ \S+/u.exec(text)?.[0] ?? '';
  await server.change(doc.uri, 2, word, { start: doc.cursor, end: doc.cursor });
  expect(await counted(server)).toEqual({ markdown: { ...none, shown: 1, part: 1, characters: word.length } });
  const cursor = { ...doc.cursor, character: doc.cursor.character + word.length };
  const [rest] = await ghost(server, { uri: doc.uri, cursor });
  expect(rest?.insertText).toBe(text.slice(word.length));
  await server.change(doc.uri, 3, String(rest?.insertText), { start: cursor, end: cursor });
  expect(await counted(server)).toEqual({ markdown: { ...none, shown: 1, whole: 1, characters: text.length } });
});

test('something else dismisses it', async () => {
  const server = await start();
  const { doc } = await shown(server);
  await server.change(doc.uri, 2, ' Not this.', { start: doc.cursor, end: doc.cursor });
  expect(await counted(server)).toEqual({ markdown: { ...none, shown: 1, dismissed: 1 } });
});

test('an item’s command, which clients run when it was accepted, counts it once', async () => {
  const server = await start();
  const { doc, items, text } = await shown(server);
  const { command } = items[0]!;
  expect(command?.command).toBe('foresay.server.accepted');
  expect(server.capabilities.executeCommandProvider?.commands).toContain(command?.command);
  await server.change(doc.uri, 2, text, { start: doc.cursor, end: doc.cursor });
  await server.request('workspace/executeCommand', command);
  expect(await counted(server)).toEqual({ markdown: { ...none, shown: 1, whole: 1, characters: text.length } });
});

test('ids are kept while a suggestion is typed', async () => {
  const server = await start();
  const { doc, items, text } = await shown(server);
  await server.change(doc.uri, 2, text.slice(0, 3), { start: doc.cursor, end: doc.cursor });
  const cursor = { ...doc.cursor, character: doc.cursor.character + 3 };
  const [rest] = await ghost(server, { uri: doc.uri, cursor });
  expect(rest?.command).toEqual(items[0]?.command);
});

test('completion items are counted too', async () => {
  const server = await start({ capabilities: { ...fullClient, textDocument: { completion: {} } } });
  const doc = await server.open(prose);
  const params = { textDocument: { uri: doc.uri }, position: doc.cursor, context: { triggerKind: 1 } };
  const { items } = (await server.request('textDocument/completion', params)) as CompletionList;
  await server.request('workspace/executeCommand', items[1]?.command);
  expect(await counted(server)).toMatchObject({ markdown: { shown: 1, whole: 1 } });
});

describe('the notifications of clients of Copilot’s server', () => {
  test('are understood: shown, accepted in part, then as a whole', async () => {
    const server = await start();
    const { doc, items, text } = await shown(server);
    const [item] = items;
    await server.notify('textDocument/didShowCompletion', { item });
    await server.notify('textDocument/didPartiallyAcceptCompletion', { item, acceptedLength: 7 });
    expect(await counted(server)).toEqual({ markdown: { ...none, shown: 1, part: 1, characters: 7 } });
    await server.change(doc.uri, 2, text.slice(0, 7), { start: doc.cursor, end: doc.cursor });
    await server.notify('textDocument/didPartiallyAcceptCompletion', { item, acceptedLength: text.length });
    expect(await counted(server)).toEqual({ markdown: { ...none, shown: 1, whole: 1, characters: text.length } });
  });

  test('the length counts from the start of the item’s text, whatever was typed before', async () => {
    const server = await start();
    const { doc, text } = await shown(server);
    await server.change(doc.uri, 2, text.slice(0, 3), { start: doc.cursor, end: doc.cursor });
    const cursor = { ...doc.cursor, character: doc.cursor.character + 3 };
    const [item] = await ghost(server, { uri: doc.uri, cursor });
    await server.notify('textDocument/didPartiallyAcceptCompletion', { item, acceptedLength: 4 });
    expect(await counted(server)).toMatchObject({ markdown: { part: 1, characters: 4 } });
  });

  test.each([
    [null],
    [{}],
    [{ item: 7, acceptedLength: 3 }],
    [{ item: { command: { arguments: ['1.0'] } }, acceptedLength: 3 }],
    [{ item: { insertText: 'x', command: { arguments: [{}] } }, acceptedLength: 3 }],
    [{ item: { insertText: ' The', command: { arguments: ['1.0'] } }, acceptedLength: 'all' }],
    [{ item: { insertText: ' The', command: { arguments: ['1.0'] } }, acceptedLength: -5 }],
    [{ item: { insertText: ' The', command: { arguments: ['99.0'] } }, acceptedLength: 2 }],
  ])('%j changes nothing', async (params) => {
    const server = await start();
    await shown(server);
    await server.notify('textDocument/didPartiallyAcceptCompletion', params);
    expect(await counted(server)).toEqual({ markdown: { ...none, shown: 1 } });
    expect(server.errors).toEqual([]);
  });
});

test('the counts outlive the server, and are cleared by a command', async () => {
  const first = await start();
  await shown(first);
  await first.request('shutdown', null);
  const second = await start();
  expect(await counted(second)).toEqual({ markdown: { ...none, shown: 1 } });
  const file = readFileSync(join(folder.directory, 'suggestions.json'), 'utf8');
  expect(file).not.toMatch(/river|garden|a\.md/);
  await second.request('workspace/executeCommand', { command: 'foresay.server.showStatistics' });
  await second.until(() => second.messages.length > 0);
  expect(second.messages.at(-1)?.message).toMatch(/30 days: 1 suggestions shown, 0 accepted whole, 0 in part/);
  await second.request('workspace/executeCommand', { command: 'foresay.server.clearStatistics' });
  expect(await all(second)).toEqual({ enabled: true, days: {} });
  expect(folder.content()).not.toContain('suggestions.json');
});

test('switched off, nothing is counted, and what was counted is deleted', async () => {
  const first = await start();
  await shown(first);
  await first.request('shutdown', null);
  expect(folder.content()).toContain('suggestions.json');
  const second = await start({ settings: { statistics: { enabled: false } } });
  const { text } = await shown(second);
  expect(text).not.toBe('');
  expect(await all(second)).toEqual({ enabled: false, days: {} });
  expect(folder.content()).not.toContain('suggestions.json');
});

test('in manual mode what was asked for stays while it is typed', async () => {
  const server = await start({ settings: { suggest: { trigger: 'manual' } } });
  const doc = await server.open(prose);
  const [first] = await ghost(server, doc, 1);
  const text = String(first?.insertText);
  expect(await ghost(server, doc)).toEqual([]);
  await server.change(doc.uri, 2, text.slice(0, 3), { start: doc.cursor, end: doc.cursor });
  const cursor = { ...doc.cursor, character: doc.cursor.character + 3 };
  expect((await ghost(server, { uri: doc.uri, cursor }))[0]?.insertText).toBe(text.slice(3));
});
