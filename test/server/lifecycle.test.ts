/** The server's life on one connection: what it offers, which documents it knows, what its status says, its engine. */
import { describe, expect, test, vi } from 'vitest';
import { EngineUnavailableError } from '../../server/src/concepts/engine.ts';
import { fullClient, type TestServer, useServers } from '../support/serverHarness.ts';

const start = useServers();
const prose =
  '# Water\n\nThe river fills the harbor in winter. The garden needs the rain of the summer and it is dry.|';
const states = ({ statuses }: TestServer) => statuses.map(({ state }) => state);

describe('initialize', () => {
  test('offers inline completion to a client that has it, and no completion items beside it', async () => {
    const { capabilities } = await start();
    expect(capabilities).toMatchObject({
      textDocumentSync: 2,
      inlineCompletionProvider: true,
      hoverProvider: true,
      codeActionProvider: { resolveProvider: true },
      executeCommandProvider: {
        commands: [
          'insert',
          'summarize',
          'fillGap',
          'nextParagraph',
          'show',
          'summarizeFolder',
          'expand',
          'refreshSummaries',
          'find',
          'clearSearchIndex',
          'accepted',
          'showStatistics',
          'clearStatistics',
          'restart',
        ].map((name) => `foresay.server.${name}`),
      },
    });
    expect(capabilities.completionProvider).toBeUndefined();
  });

  test.each([
    ['without inline completion', { ...fullClient, textDocument: { completion: {} } }],
    ['without any capability', {}],
  ])('offers completion items to a client %s', async (_, capabilities) => {
    const server = await start({ capabilities });
    expect(server.capabilities.completionProvider).toEqual({ triggerCharacters: [' ', '.'] });
    expect(server.capabilities.inlineCompletionProvider).toBeUndefined();
  });

  test('makes one engine, from the settings', async () => {
    const { configs } = await start({ settings: { bundlePath: '/models/mine', provider: 'webgpu' } });
    expect(configs).toEqual([{ bundlePath: '/models/mine', provider: 'webgpu' }]);
  });
});

describe('documents', () => {
  test('are read a pause after they are opened, not asked for', async () => {
    const server = await start();
    const { uri } = await server.open(prose);
    await server.settled();
    expect(server.engine.count('encode')).toBe(0);
    vi.advanceTimersByTime(250);
    await server.until(() => server.logs.some((line) => line.startsWith(`index ${uri} v1: 2,`)));
    expect(server.engine.calls.filter(({ method }) => method === 'encode')).toMatchObject([
      { method: 'encode', size: 2 },
    ]);
  });

  test('only what an edit changed is read again', async () => {
    const server = await start();
    const { uri, range, text } = await server.open(prose);
    await server.indexed(uri);
    await server.change(uri, 2, ' The bridge is old and it was built by the farmer.', range);
    expect(await server.indexed(uri)).toEqual({ version: 2, sentences: 3 });
    await server.change(uri, 3, text);
    expect(await server.indexed(uri)).toEqual({ version: 3, sentences: 2 });
    const sizes = server.engine.calls.filter(({ method }) => method === 'encode').map(({ size }) => size);
    expect(sizes).toEqual([2, 1]);
  });

  test('a typing pause counts from the last change: first it is read along, then the index follows', async () => {
    const server = await start();
    const { uri, range } = await server.open(prose);
    await server.settled();
    vi.advanceTimersByTime(200);
    await server.change(uri, 2, ' It', range);
    await server.settled();
    vi.advanceTimersByTime(200);
    await server.settled();
    expect(server.engine.calls).toEqual([]);
    vi.advanceTimersByTime(50);
    await server.until(() => server.engine.count('prefill') === 1 && server.engine.count('encode') === 1);
    await server.settled();
    vi.advanceTimersByTime(499);
    await server.settled();
    expect(server.engine.count('expected')).toBe(0);
    vi.advanceTimersByTime(1);
    await server.until(() => server.engine.count('expected') === 1);
  });

  test('a closed document is known no more, and nothing is done for it', async () => {
    const server = await start();
    const { uri, cursor: position } = await server.open(prose);
    await server.close(uri);
    await server.settled();
    vi.advanceTimersByTime(10_000);
    await server.settled();
    const textDocument = { uri };
    expect(await server.request('textDocument/hover', { textDocument, position })).toBeNull();
    expect(await server.request('textDocument/inlineCompletion', { textDocument, position })).toEqual([]);
    expect(await server.request('foresay/indexed', { textDocument })).toBeNull();
    expect(server.engine.calls).toEqual([]);
  });

  test('a document opened again is a new one', async () => {
    const server = await start();
    const { uri } = await server.open(prose);
    expect(await server.indexed(uri)).toEqual({ version: 1, sentences: 2 });
    await server.close(uri);
    await server.open('Only the bridge is left.|');
    expect(await server.indexed(uri)).toEqual({ version: 1, sentences: 1 });
  });

  test('closing ends the reading of a long document', async () => {
    const server = await start();
    const release = server.hold('encode');
    const { uri } = await server.open(longText(300));
    const indexed = server.indexed(uri);
    await server.until(() => server.engine.count('encode') === 1);
    await server.close(uri);
    await expect(indexed).rejects.toMatchObject({ code: -32801 });
    release();
    await server.settled();
    expect(server.engine.count('encode')).toBe(1);
  });
});

describe('indexing', () => {
  test('a long one shows progress, which begins, grows and ends', async () => {
    const server = await start();
    const { uri } = await server.open(longText(300));
    await server.indexed(uri);
    await server.until(() => [...server.progress.values()].some((values) => values.at(-1)?.kind === 'end'));
    const [values = []] = [...server.progress.values()];
    expect(values.at(0)).toMatchObject({ kind: 'begin', cancellable: true });
    expect(values.at(-1)).toEqual({ kind: 'end' });
    const shares = values.flatMap(({ percentage }) => (typeof percentage === 'number' ? [percentage] : []));
    expect(shares.length).toBeGreaterThan(5);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(100);
  });

  test('cancelling its progress ends it', async () => {
    const server = await start();
    server.hold('encode');
    const { uri } = await server.open(longText(300));
    const indexed = server.indexed(uri);
    await server.until(() => server.engine.count('encode') === 1 && server.progress.size === 1);
    const [token] = server.progress.keys();
    await server.notify('window/workDoneProgress/cancel', { token });
    await expect(indexed).rejects.toMatchObject({ code: -32800 });
  });

  test.each([
    ['refuses progress', { refusesProgress: true }],
    ['knows no progress', { capabilities: {} }],
  ])('a client that %s gets its document read all the same', async (_, setup) => {
    const server = await start(setup);
    const { uri } = await server.open(longText(300));
    expect(await server.indexed(uri)).toEqual({ version: 1, sentences: 300 });
    expect(server.progress.size).toBe(0);
  });

  test('a change makes an answer about the old version ContentModified', async () => {
    const server = await start();
    const release = server.hold('encode');
    const { uri, text } = await server.open(prose);
    const indexed = server.indexed(uri);
    await server.until(() => server.engine.count('encode') === 1);
    await server.change(uri, 2, `${text} More of it.`);
    await server.settled();
    release();
    await expect(indexed).rejects.toMatchObject({ code: -32801 });
  });

  test('an engine without a model makes it fail with the reason', async () => {
    const server = await start();
    const { uri } = await server.open(prose);
    server.engine.failure = new EngineUnavailableError('There is no bundle.');
    await expect(server.indexed(uri)).rejects.toMatchObject({ code: -32803, message: 'There is no bundle.' });
  });
});

describe('status', () => {
  test('starts, is ready with the facts of the engine, works and rests', async () => {
    const server = await start();
    await server.until(() => states(server).includes('ready'));
    expect(server.statuses.at(-1)).toEqual({
      state: 'ready',
      message: '',
      provider: 'cpu',
      device: 'fake',
      bundle: 'fake 1',
      residentBytes: 1,
      guidanceScale: 2,
    });
    const { uri } = await server.open(prose);
    await server.indexed(uri);
    await server.settled();
    expect(states(server)).toEqual(['starting', 'starting', 'ready', 'working', 'ready']);
    expect(server.statuses[3]?.message).toBe('Reading 2 sentences…');
  });

  test('says why the engine is not where it was asked to be', async () => {
    const server = await start({
      prepare: (engine) => {
        engine.info = { ...engine.info, notice: 'Provider webgpu cannot be used' };
      },
    });
    await server.until(() => states(server).includes('ready'));
    expect(server.statuses.at(-1)).toMatchObject({ state: 'ready', message: 'Provider webgpu cannot be used' });
  });

  test('says what a suggestion moved, and what is held after it', async () => {
    let calls = 0;
    const server = await start({
      prepare: (engine) => {
        engine.usage = async () => ({
          residentBytes: 5 + calls,
          sentBytes: 100 * calls,
          receivedBytes: 10 * calls++,
          stepMs: new Map(),
        });
      },
    });
    const { uri, cursor: position } = await server.open(prose);
    await server.indexed(uri);
    await server.request('foresay/nextSentences', { textDocument: { uri }, position });
    await server.until(() => server.statuses.at(-1)?.lastTransferBytes !== undefined);
    expect(server.statuses.at(-1)).toMatchObject({ residentBytes: 6, lastTransferBytes: 110 });
  });

  test('says whether the machine is too slow for two wordings at once', async () => {
    const server = await start();
    const { uri, cursor: position } = await server.open(prose);
    const asked = async (stepMs: ReadonlyMap<number, number>) => {
      server.engine.stepMs = stepMs;
      await server.request('foresay/nextSentences', { textDocument: { uri }, position });
      await server.settled();
      return server.statuses.at(-1)?.tooSlowForMs;
    };
    expect(await asked(new Map([[1, 30]]))).toBe(300);
    expect(await asked(new Map([[1, 3]]))).toBeUndefined();
  });

  test('carries the latency of the last suggestion and why it was silent', async () => {
    const server = await start();
    const { uri, cursor: position } = await server.open(`${prose}\n\n\`\`\`\ncode\n\`\`\`\n`);
    await server.indexed(uri);
    server.engine.onCall = ({ method }) => {
      if (method === 'predictNext') server.now += 120;
    };
    await server.request('foresay/nextSentences', { textDocument: { uri }, position });
    await server.settled();
    expect(server.statuses.at(-1)).toMatchObject({ state: 'ready', lastLatencyMs: 120 });
    expect(server.statuses.at(-1)).not.toHaveProperty('lastSilence');
    await server.request('foresay/nextSentences', { textDocument: { uri }, position: { line: 5, character: 2 } });
    await server.settled();
    expect(server.statuses.at(-1)).toMatchObject({ lastLatencyMs: 0, lastSilence: 'No prose is written here.' });
  });

  test('a bundle that cannot be opened is an error, said once', async () => {
    const server = await start({
      prepare: (engine) => {
        engine.failure = new Error('denoiser.onnx: conceptDim is 512, expected 384');
      },
    });
    await server.until(() => server.messages.length > 0);
    const { uri, cursor: position } = await server.open(prose);
    for (let i = 0; i < 3; i++) {
      const answer = await server.request('foresay/nextSentences', { textDocument: { uri }, position });
      expect(answer).toMatchObject({
        version: 1,
        items: [],
        silence: 'denoiser.onnx: conceptDim is 512, expected 384',
      });
    }
    await server.settled();
    expect(server.statuses.at(-1)).toEqual({
      state: 'error',
      message: 'denoiser.onnx: conceptDim is 512, expected 384',
      lastSilence: 'denoiser.onnx: conceptDim is 512, expected 384',
    });
    expect(server.messages).toEqual([{ type: 1, message: 'Foresay: denoiser.onnx: conceptDim is 512, expected 384' }]);
  });

  test('an engine that cannot even be made is an error too', async () => {
    const server = await start({
      prepare: () => {
        throw new Error('foresay.bundlePath is "models", expected an absolute path');
      },
    });
    await server.until(() => server.messages.length > 0);
    expect(server.statuses.at(-1)).toMatchObject({ state: 'error', message: expect.stringContaining('bundlePath') });
    expect(server.errors).toEqual(['engine: foresay.bundlePath is "models", expected an absolute path']);
    const { uri, cursor: position } = await server.open(prose);
    const answer = await server.request('foresay/nextSentences', { textDocument: { uri }, position });
    expect(answer).toMatchObject({ items: [], silence: expect.stringContaining('bundlePath') });
  });

  test('an engine that dies, recovers and dies again says so each time', async () => {
    const server = await start();
    const { uri } = await server.open(prose);
    await server.indexed(uri);
    const { info } = server.engine;
    for (const round of [1, 2]) {
      server.tell({ state: 'error', message: 'The inference host ended twice.' });
      await server.until(() => server.messages.length === round);
      expect(server.statuses.at(-1)).toMatchObject({ state: 'error', message: 'The inference host ended twice.' });
      server.tell({ state: 'ready', message: '', info });
      await server.until(() => server.statuses.at(-1)?.state === 'ready');
    }
  });

  test('when the engine is ready again, open documents are followed again', async () => {
    const server = await start();
    const { uri } = await server.open(prose);
    server.engine.failure = new EngineUnavailableError('dead');
    await server.settled();
    vi.advanceTimersByTime(250);
    await server.until(() => server.engine.count('encode') === 1);
    await server.settled();
    server.engine.failure = undefined;
    server.tell({ state: 'ready', message: '', info: server.engine.info });
    await server.settled();
    vi.advanceTimersByTime(250);
    await server.until(() => server.logs.some((line) => line.startsWith(`index ${uri} v1`)));
  });
});

describe('restart', () => {
  test('ends the engine and asks a new one', async () => {
    const server = await start();
    const { uri, cursor: position } = await server.open(prose);
    await server.indexed(uri);
    const [first] = server.engines;
    expect(await server.request('foresay/restart', null)).toBeNull();
    expect(server.engines.length).toBe(2);
    expect(first?.disposed).toBe(1);
    const calls = first?.calls.length;
    const answer = await server.request('foresay/nextSentences', { textDocument: { uri }, position });
    expect(answer).toMatchObject({ items: [{}, {}, {}] });
    expect(first?.calls.length).toBe(calls);
    expect(server.engine.count('predictNext')).toBe(1);
  });

  test('brings suggestions back after an engine that failed, and complains again if it fails again', async () => {
    let broken = true;
    const server = await start({
      prepare: (engine) => {
        if (broken) engine.failure = new Error('no bundle');
      },
    });
    await server.until(() => server.messages.length === 1);
    await server.request('foresay/restart', null);
    await server.until(() => server.messages.length === 2);
    broken = false;
    await server.request('foresay/restart', null);
    await server.settled();
    expect(server.statuses.at(-1)?.state).toBe('ready');
    const { uri } = await server.open(prose);
    expect(await server.indexed(uri)).toEqual({ version: 1, sentences: 2 });
  });

  test('keeps the vectors of the same bundle and forgets those of another', async () => {
    const server = await start({
      prepare: (engine, number) => {
        if (number === 3) engine.info = { ...engine.info, bundle: { ...engine.info.bundle, version: '2' } };
      },
    });
    const { uri } = await server.open(prose);
    await server.indexed(uri);
    await server.request('foresay/restart', null);
    await server.indexed(uri);
    expect(server.engine.count('encode'), 'same bundle').toBe(0);
    await server.request('foresay/restart', null);
    await server.indexed(uri);
    expect(server.engine.count('encode'), 'another bundle').toBe(1);
  });
});

test('after shutdown requests come back empty and no engine is made', async () => {
  const server = await start();
  const { uri, cursor: position } = await server.open(prose);
  await server.request('shutdown', undefined);
  const answer = await server.request('foresay/nextSentences', { textDocument: { uri }, position });
  expect(answer).toMatchObject({ items: [], silence: 'Foresay is shutting down.' });
  await server.request('foresay/restart', null);
  expect(server.engines.length).toBe(1);
});

/** Prose of `count` different sentences. */
function longText(count: number): string {
  return Array.from({ length: count }, (_, i) => `The bridge number ${i} is older than the ${i + 7} houses.`).join(' ');
}
