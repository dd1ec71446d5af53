/** `foresay-server --stdio` as a process of its own, spoken to by a raw protocol client. Needs dist/. */
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import {
  CancellationTokenSource,
  CodeActionRequest,
  CompletionRequest,
  HoverRequest,
  InlineCompletionRequest,
  LogMessageNotification,
} from 'vscode-languageserver/node';
import { inRoot, run } from '../../scripts/exec.mjs';
import { fullCapabilities, startServer } from '../../scripts/lspClient.mjs';
import { createCacheFolder } from '../support/cacheFolder.ts';

const hasBundle = existsSync(inRoot('models/bundle/manifest.json'));
const limit = 180_000;
const uri = pathToFileURL(inRoot('samples/community-garden.md')).href;
const text = readFileSync(inRoot('samples/community-garden.md'), 'utf8');
const lines = text.split('\n');
const end = { line: lines.length - 2, character: lines.at(-2).length };
const textDocument = { uri };

let server;
/** Statuses in the order they came, and whoever waits for one. */
let statuses = [];
let waiting = [];

async function start(options = {}) {
  statuses = [];
  waiting = [];
  server = await startServer({
    ...options,
    onStatus: (status) => {
      statuses.push(status);
      waiting = waiting.filter(({ matches, resolve }) => !matches(status) || resolve(status));
    },
  });
  return server.connection;
}

/** The first status that matches: one that came already, or the next to come. */
function status(matches) {
  const known = statuses.findLast(matches);
  return known ? Promise.resolve(known) : new Promise((resolve) => waiting.push({ matches, resolve }));
}

afterEach(async () => {
  expect(await server?.stop(), 'exit code').toBe(0);
  server = undefined;
}, limit);

describe('without a bundle', () => {
  const nowhere = { settings: { bundlePath: '/no/such/bundle' } };

  test.each([
    ['de', /^Hier steht kein Fließtext/],
    ['de-AT', /^Hier steht kein Fließtext/],
    ['en-GB', /^No prose is written here/],
    ['../de', /^No prose is written here/],
  ])('in the language %s it says so', { timeout: limit }, async (locale, expected) => {
    const connection = await start({ settings: { provider: 'cpu' }, locale });
    await server.open(uri, 'markdown', '```\ncode\n```\n');
    const params = { textDocument, position: { line: 1, character: 2 }, candidates: 1 };
    expect((await connection.sendRequest('foresay/nextSentences', params)).silence).toMatch(expected);
  });

  test('says what is wrong, stays up, and answers with the reason for its silence', { timeout: limit }, async () => {
    const connection = await start(nowhere);
    await server.open(uri, 'markdown', text);
    const told = await status(({ state }) => state === 'off' || state === 'error');
    expect(told.message).toContain('/no/such/bundle');
    const { items, silence } = await connection.sendRequest('foresay/nextSentences', {
      textDocument,
      position: end,
      candidates: 3,
    });
    expect(items).toEqual([]);
    expect(silence).not.toBe('');
  });

  test('survives wrong methods, documents, ranges and params', { timeout: limit }, async () => {
    const connection = await start(nowhere);
    await server.open(uri, 'markdown', text);
    await expect(connection.sendRequest('foresay/noSuchMethod', {})).rejects.toMatchObject({ code: -32601 });
    const beyond = { line: 99_999, character: 99_999 };
    const requests = [
      ['textDocument/hover', { textDocument, position: beyond }],
      ['textDocument/hover', { textDocument: { uri: 'file:///never/opened.md' }, position: beyond }],
      [
        'foresay/summarize',
        {
          textDocument,
          range: { start: beyond, end: end },
          scope: 'selection',
          length: { unit: 'sentences', count: -1 },
        },
      ],
      ['foresay/nextSentences', { textDocument, position: { line: -1, character: -7 }, candidates: 1e9 }],
      ['foresay/neighbors', { textDocument: null, position: 'here' }],
      ['workspace/executeCommand', { command: 'foresay.server.insert', arguments: [1, 2, 3] }],
    ];
    // Each is answered, with a result or an error; none is left hanging and none ends the process.
    for (const [method, params] of requests) await connection.sendRequest(method, params).catch(() => {});
    expect(server.child.exitCode).toBeNull();
  });
});

describe.skipIf(!hasBundle)('with the bundle that ships (skipped without models/bundle)', () => {
  test('suggestions, summary, neighbors and hover of the sample', { timeout: limit }, async () => {
    const connection = await start();
    expect(server.capabilities.inlineCompletionProvider).toBeTruthy();
    await server.open(uri, 'markdown', text);
    const { sentences } = await connection.sendRequest('foresay/indexed', { textDocument });
    expect(sentences).toBeGreaterThan(60);

    const inline = await connection.sendRequest(InlineCompletionRequest.type, {
      textDocument,
      position: end,
      context: { triggerKind: 1 },
    });
    const items = Array.isArray(inline) ? inline : (inline?.items ?? []);
    expect(items.length).toBeGreaterThan(0);
    expect(new Set(items.map(({ insertText }) => insertText)).size).toBe(items.length);

    const line = lines.indexOf('## Water and Soil');
    const range = { start: { line, character: 0 }, end: { line, character: 0 } };
    const params = { textDocument, range, scope: 'section', length: { unit: 'sentences', count: 2 } };
    const summary = await connection.sendRequest('foresay/summarize', params);
    expect(summary.heading).toBe('Water and Soil');
    expect(summary.sentences.length).toBeGreaterThan(0);
    expect(summary.sentences.length).toBeLessThanOrEqual(2);
    for (const { sources } of summary.sentences) expect(sources.length).toBeGreaterThan(0);

    const position = { line: line + 2, character: 3 };
    const { nearest } = await connection.sendRequest('foresay/neighbors', { textDocument, position });
    expect(nearest.length).toBeGreaterThan(0);
    const hover = await connection.sendRequest(HoverRequest.type, { textDocument, position });
    expect(JSON.stringify(hover?.contents)).toMatch(/similar/i);
  });

  test('clients without inline completion get completion items', { timeout: limit }, async () => {
    const { inlineCompletion: _, ...textDocumentCapabilities } = fullCapabilities.textDocument;
    const connection = await start({ capabilities: { ...fullCapabilities, textDocument: textDocumentCapabilities } });
    expect(server.capabilities.completionProvider).toBeTruthy();
    await server.open(uri, 'markdown', text);
    await connection.sendRequest('foresay/indexed', { textDocument });
    const answer = await connection.sendRequest(CompletionRequest.type, {
      textDocument,
      position: end,
      context: { triggerKind: 1 },
    });
    const items = Array.isArray(answer) ? answer : (answer?.items ?? []);
    expect(items.length).toBeGreaterThan(0);
  });

  test('a cancelled suggestion says so, and the next one is answered', { timeout: limit }, async () => {
    const connection = await start();
    await server.open(uri, 'markdown', text);
    await connection.sendRequest('foresay/indexed', { textDocument });
    const params = { textDocument, position: end, candidates: 8 };
    const cancellation = new CancellationTokenSource();
    const cancelled = connection.sendRequest('foresay/nextSentences', params, cancellation.token);
    cancellation.cancel();
    await expect(cancelled).rejects.toMatchObject({ code: -32800 });
    const { items } = await connection.sendRequest('foresay/nextSentences', params);
    expect(items.length).toBeGreaterThan(0);
  });

  test('a document that was read is not read again by the next process', { timeout: limit }, async () => {
    const folder = createCacheFolder();
    try {
      const saved = folder.document('garden.md');
      copyFileSync(inRoot('samples/community-garden.md'), fileURLToPath(saved));
      /** Reads it in a server of its own; gives the log's lines, statuses and neighbors. */
      const read = async () => {
        const connection = await start({ cacheDirectory: folder.directory });
        const logs = [];
        connection.onNotification(LogMessageNotification.type, ({ message }) => logs.push(message));
        await server.open(saved, 'markdown', text);
        const { sentences } = await connection.sendRequest('foresay/indexed', { textDocument: { uri: saved } });
        const at = {
          textDocument: { uri: saved },
          position: { line: lines.indexOf('## Water and Soil') + 2, character: 3 },
        };
        const neighbors = await connection.sendRequest('foresay/neighbors', at);
        expect(await server.stop(), 'exit code').toBe(0);
        return { logs, sentences, neighbors, messages: statuses.map(({ message }) => message) };
      };
      const first = await read();
      expect(first.messages).toContainEqual(expect.stringMatching(/^Reading \d+ sentences/));
      expect(first.logs.filter((line) => line.startsWith('restore'))).toEqual([]);

      const second = await read();
      expect(second.logs).toContainEqual(expect.stringMatching(/^restore file:.*garden\.md v1: \d+, /));
      // A line of its own tells of every pass that encodes a sentence.
      expect(first.logs.filter((line) => line.startsWith('index'))).toHaveLength(1);
      expect(second.logs.filter((line) => line.startsWith('index'))).toEqual([]);
      expect(second.messages).not.toContainEqual(expect.stringMatching(/^Reading/));
      expect(second.sentences).toBe(first.sentences);
      expect(second.neighbors.nearest).toEqual(first.neighbors.nearest);

      const content = folder.content();
      expect(content.length).toBeGreaterThan(first.sentences * 384 * 4);
      const words = text.match(/\p{L}{6,}/gu);
      expect(words.filter((word) => content.includes(word))).toEqual([]);
      expect(content).not.toContain('garden.md');
    } finally {
      folder.dispose();
    }
  });

  test('code actions name ideas and summaries', { timeout: limit }, async () => {
    const connection = await start();
    await server.open(uri, 'markdown', text);
    await connection.sendRequest('foresay/indexed', { textDocument });
    const range = { start: end, end };
    const actions = await connection.sendRequest(CodeActionRequest.type, {
      textDocument,
      range,
      context: { diagnostics: [] },
    });
    const titles = actions.map(({ title }) => title);
    expect(titles.some((title) => title.startsWith('Next sentence: '))).toBe(true);
    expect(titles.some((title) => /^Summarise section/.test(title))).toBe(true);
  });
});

test('without a transport the command says how it is used', { timeout: limit }, async () => {
  await start({ settings: { bundlePath: '/no/such/bundle' } });
  const bin = inRoot('bin/foresay-server.mjs');
  const { code, stderr } = await run(process.execPath, [bin], { quiet: true, allowFailure: true });
  expect(code).toBe(2);
  expect(stderr).toContain('--stdio');
});
