/** The server on an in-memory connection, with fake engines and a client that keeps every message it gets. */
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import {
  type ApplyWorkspaceEditParams,
  ApplyWorkspaceEditRequest,
  type CancellationToken,
  type ClientCapabilities,
  ConfigurationRequest,
  createConnection,
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  InitializedNotification,
  InitializeRequest,
  type InitializeResult,
  LogMessageNotification,
  MessageType,
  type Position,
  type ProtocolConnection,
  type Range,
  RegistrationRequest,
  ShowMessageNotification,
  type ShowMessageParams,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  WorkDoneProgressCreateRequest,
} from 'vscode-languageserver/node';
import german from '../../l10n/bundle.l10n.de.json' with { type: 'json' };
import type { ConceptVector } from '../../server/src/concepts/conceptVector.ts';
import { discreetConsole } from '../../server/src/lsp/connectionLog.ts';
import { startServer } from '../../server/src/lsp/server.ts';
import { type StatusParams, statusNotification } from '../../server/src/protocol.ts';
import type { CreateEngine, EngineConfig, EngineStatus } from '../../server/src/service/index.ts';
import { openStatisticsFile } from '../../server/src/store/statisticsFile.ts';
import { createVectorStore } from '../../server/src/store/vectorStore.ts';
import { FakeEngine, wordVector } from './fakeEngine.ts';
import { createLocalIndex } from './localIndex.ts';
import { silentLogger } from './silentLogger.ts';

/** What an editor with every feature Foresay uses says it can do. */
export const fullClient: ClientCapabilities = {
  workspace: { applyEdit: true, configuration: true, workspaceEdit: { documentChanges: true } },
  window: { workDoneProgress: true },
  textDocument: {
    inlineCompletion: {},
    completion: {},
    codeAction: { dataSupport: true, resolveSupport: { properties: ['edit'] } },
  },
};

export interface ServerSetup {
  readonly capabilities?: unknown;
  /** Answers `workspace/configuration`; a function gets the scope's uri, and may promise its answer. */
  readonly settings?: unknown;
  readonly initializationOptions?: unknown;
  /** Uris of the folders that are open. */
  readonly folders?: readonly string[];
  /** The editor's language; without one the server speaks English. */
  readonly locale?: string;
  readonly clientInfo?: { readonly name: string } | undefined;
  /** Prepares each engine before it is asked anything; the first has number 1. */
  readonly prepare?: (engine: FakeEngine, number: number) => void;
  /** Answers `workspace/applyEdit`. */
  readonly applies?: boolean;
  /** The client refuses `window/workDoneProgress/create`. */
  readonly refusesProgress?: boolean;
}

/** A document as a test writes it: `|` is the cursor, `[…]` a selection (then the cursor is its end). */
export interface Marked {
  readonly text: string;
  readonly cursor: Position;
  readonly range: Range;
}

export interface TestServer {
  readonly client: ProtocolConnection;
  readonly capabilities: InitializeResult['capabilities'];
  /** All engines made so far, with what they were made from. */
  readonly engines: readonly FakeEngine[];
  readonly configs: readonly EngineConfig[];
  /** The newest engine. */
  readonly engine: FakeEngine;
  readonly statuses: StatusParams[];
  readonly logs: string[];
  /** Those of the log lines that are errors. */
  readonly errors: string[];
  readonly messages: ShowMessageParams[];
  readonly edits: ApplyWorkspaceEditParams[];
  /** Progress values by token, in order. */
  readonly progress: Map<string | number, Record<string, unknown>[]>;
  /** The server's clock; stands still unless a test moves it. */
  now: number;
  /** Settings from now on; the client does not tell. */
  settings: unknown;
  request(method: string, params: unknown, token?: CancellationToken): Promise<unknown>;
  notify(method: string, params: unknown): Promise<void>;
  open(marked: string, languageId?: string, uri?: string): Promise<{ readonly uri: string } & Marked>;
  /** The same for a text whose characters are all its own. */
  openText(text: string, languageId?: string, uri?: string): Promise<string>;
  /** Replaces the document's whole text, or one range of it. */
  change(uri: string, version: number, text: string, range?: Range): Promise<void>;
  close(uri: string): Promise<void>;
  /** Waits until every sentence of the document has its vector. */
  indexed(uri: string): Promise<unknown>;
  /** Resolves as soon as the condition holds: it is looked at after each message and each call of an engine. */
  until(condition: () => boolean): Promise<void>;
  /** Resolves once everything sent before was handled as far as it can be. */
  settled(): Promise<void>;
  /** The engine told its owner something. */
  tell(status: EngineStatus): void;
  /** Bytes, as they are, into the server's input. */
  raw(bytes: string): void;
  /** From now on the engine's calls of these methods wait, until what this gives back is called. */
  hold(...methods: string[]): () => void;
}

/**
 * Starts servers for the tests of one file. After each test all of them are shut down, and the leak check demands that
 * every engine was disposed once, that no timer, progress or work is left, and that the log holds no document's text.
 */
export function useServers(): (setup?: ServerSetup) => Promise<TestServer> {
  const ends: (() => Promise<void>)[] = [];
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
    expect(vi.getTimerCount(), 'timers left').toBe(0);
    vi.useRealTimers();
  });
  return async (setup = {}) => {
    const { server, end } = await start(setup);
    ends.push(end);
    return server;
  };
}

async function start(setup: ServerSetup) {
  const { prepare = () => {}, applies = true, refusesProgress = false } = setup;
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const streams = [new StreamMessageReader(toServer), new StreamMessageWriter(toClient)] as const;
  const connection = createConnection(discreetConsole, ...streams);
  const client = createProtocolConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));

  const engines: FakeEngine[] = [];
  const configs: EngineConfig[] = [];
  const tells: ((status: EngineStatus) => void)[] = [];
  /** Texts that no log line may hold. */
  const secrets: string[] = [];
  let waiting: { readonly condition: () => boolean; readonly resolve: () => void }[] = [];
  const look = () => {
    waiting = waiting.filter(({ condition, resolve }) => !condition() || resolve());
  };
  const createEngine: CreateEngine = (config, onStatus) => {
    const engine = new FakeEngine();
    engine.onCall = look;
    prepare(engine, engines.length + 1);
    engines.push(engine);
    configs.push(config);
    tells.push(onStatus);
    return engine;
  };
  const clock = () => server.now;
  const running = startServer(connection, {
    createEngine,
    // Only where a test names a folder of its own.
    openStatistics: (directory) => (directory === undefined ? undefined : openStatisticsFile(directory, silentLogger)),
    openStore: (directory) => (directory === undefined ? undefined : createVectorStore(directory, silentLogger)),
    openIndex: (directory) => ({ index: createLocalIndex(), directory }),
    translationsFor: (locale) => (locale === 'de' ? german : undefined),
    version: '1.2.3',
    pages: 'file:///foresay/docs/diagnostics/',
    clock,
  });
  connection.listen();

  const server: TestServer = {
    client,
    capabilities: {},
    engines,
    configs,
    get engine() {
      return engines.at(-1) as FakeEngine;
    },
    statuses: [],
    logs: [],
    errors: [],
    messages: [],
    edits: [],
    progress: new Map(),
    now: 0,
    settings: setup.settings,
    request: (method, params, token) =>
      token ? client.sendRequest(method, params, token) : client.sendRequest(method, params),
    notify: (method, params) => client.sendNotification(method, params),
    async open(source, languageId, uri) {
      const marked = unmark(source);
      return { uri: await server.openText(marked.text, languageId, uri), ...marked };
    },
    async openText(text, languageId = 'markdown', uri = 'file:///w/a.md') {
      const textDocument = { uri, languageId, version: 1, text };
      await client.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
      secrets.push(text);
      return uri;
    },
    change: (uri, version, text, range) =>
      client.sendNotification(DidChangeTextDocumentNotification.type, {
        textDocument: { uri, version },
        contentChanges: [range ? { range, text } : { text }],
      }),
    close: (uri) => client.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } }),
    indexed: (uri) => client.sendRequest('foresay/indexed', { textDocument: { uri } }),
    until: (condition) =>
      condition() ? Promise.resolve() : new Promise((resolve) => waiting.push({ condition, resolve })),
    async settled() {
      // Two rounds: what the first sets off (a pulled setting, a progress token) is answered before the second ends.
      for (let round = 0; round < 2; round++) {
        await client.sendRequest('foresay/neighbors', { textDocument: { uri: 'file:///not/open' } });
      }
    },
    tell: (status) => tells.at(-1)?.(status),
    raw: (bytes) => void toServer.write(bytes),
    hold(...methods) {
      const { engine } = server;
      let release = () => {};
      engine.held = new Set(methods);
      engine.gate = new Promise((resolve) => {
        release = resolve;
      });
      return () => {
        engine.gate = undefined;
        release();
      };
    },
  };
  const keep = <T>(list: T[]) => {
    return (value: T) => {
      list.push(value);
      look();
    };
  };
  client.onNotification(statusNotification, keep(server.statuses));
  client.onNotification(ShowMessageNotification.type, keep(server.messages));
  client.onNotification(LogMessageNotification.type, ({ type, message }) => {
    if (type === MessageType.Error) server.errors.push(message);
    keep(server.logs)(message);
  });
  client.onNotification('$/progress', ({ token, value }) => {
    const list = server.progress.get(token) ?? [];
    server.progress.set(token, list);
    keep(list)(value);
  });
  client.onRequest(ConfigurationRequest.type, ({ items }) =>
    Promise.all(
      items.map(({ scopeUri }) =>
        typeof server.settings === 'function' ? server.settings(scopeUri) : server.settings,
      ),
    ),
  );
  client.onRequest(WorkDoneProgressCreateRequest.type, () => {
    if (refusesProgress) throw new Error('no progress here');
  });
  client.onRequest(RegistrationRequest.type, () => {});
  client.onRequest(ApplyWorkspaceEditRequest.type, (params) => {
    keep(server.edits)(params);
    return { applied: applies };
  });
  client.listen();

  const { capabilities = fullClient, folders, initializationOptions, locale, clientInfo } = setup;
  const workspaceFolders = folders?.map((uri) => ({ uri, name: uri })) ?? null;
  const base = { processId: null, rootUri: null, workspaceFolders };
  const params = { ...base, capabilities: capabilities as ClientCapabilities };
  const initialized = await client.sendRequest(InitializeRequest.type, {
    ...params,
    initializationOptions,
    ...(locale !== undefined && { locale }),
    ...(clientInfo && { clientInfo }),
  });
  Object.assign(server, { capabilities: initialized.capabilities });
  await client.sendNotification(InitializedNotification.type, {});
  await server.until(() => engines.length > 0 || server.statuses.length > 0);

  const end = async () => {
    for (const engine of engines) engine.gate = undefined;
    await client.sendRequest(ShutdownRequest.type);
    await server.settled();
    await running.dispose();
    client.dispose();
    connection.dispose();
    toServer.destroy();
    toClient.destroy();
    expect(
      engines.map(({ disposed }) => disposed),
      'each engine disposed once',
    ).toEqual(engines.map(() => 1));
    const told = server.logs.find((line) => secrets.some((text) => holdsProse(line, text)));
    expect(told, 'a log line with the text of a document').toBeUndefined();
    expect(server.statuses.at(-1)?.state, 'work still announced').not.toBe('working');
    for (const [token, values] of server.progress) {
      expect(values.at(-1)?.kind, `progress ${token} ended`).toBe('end');
    }
  };
  return { server, end };
}

/** Takes the marks out of a test's text. */
export function unmark(source: string): Marked {
  const marks: Record<string, number> = {};
  let text = '';
  for (const unit of source) {
    if (unit === '|' || unit === '⟦' || unit === '⟧') marks[unit] = text.length;
    else text += unit;
  }
  const start = marks['⟦'] ?? marks['|'] ?? text.length;
  const end = marks['⟧'] ?? start;
  return {
    text,
    cursor: positionIn(text, marks['|'] ?? end),
    range: { start: positionIn(text, start), end: positionIn(text, end) },
  };
}

/** The position of an offset. */
export function positionIn(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

/** The text with one edit made. */
export function edited(text: string, { range, newText }: { readonly range: Range; readonly newText: string }): string {
  const offset = ({ line, character }: Position) =>
    text
      .split('\n')
      .slice(0, line)
      .reduce((sum, each) => sum + each.length + 1, 0) + character;
  return text.slice(0, offset(range.start)) + newText + text.slice(offset(range.end));
}

/** Plans far from each other, for an engine whose `plans` a test takes over. */
export function wordPlans(count: number, seed: number): ConceptVector[] {
  return Array.from({ length: count }, (_, i) => wordVector(`plan ${seed} ${i}`));
}

/** Whether a log line quotes three words in a row of the text's first or last few. */
function holdsProse(line: string, text: string): boolean {
  const words = [...(text.slice(0, 4000).match(/\S+/gu) ?? []), ...(text.slice(-4000).match(/\S+/gu) ?? [])];
  return words.some((_, i) => i + 3 <= words.length && line.includes(words.slice(i, i + 3).join(' ')));
}
