/** The server on one connection: capabilities, and one short handler for each request. */
import { isAbsolute } from 'node:path';
import {
  type CancellationToken,
  type ClientCapabilities,
  CodeLensRefreshRequest,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  DidChangeWorkspaceFoldersNotification,
  type InitializeParams,
  type InitializeResult,
  type MarkupContent,
  MarkupKind,
  ProgressType,
  ResponseError,
  TextDocumentSyncKind,
  WorkDoneProgressReporter,
} from 'vscode-languageserver';
import { CancellationError } from '../base/cancellation.ts';
import { proseExtensions } from '../base/fileLanguage.ts';
import { isTranslations, speak, type Translations, t } from '../base/l10n.ts';
import { errorMessage } from '../base/log.ts';
import {
  type ConceptsResult,
  commands,
  conceptsRequest,
  didPartiallyAcceptNotification,
  didShowNotification,
  type ExpandResult,
  expandRequest,
  type FindResult,
  type FlowResult,
  findRequest,
  flowRequest,
  type GoalsResult,
  goalsRequest,
  type IndexedResult,
  indexedRequest,
  type NeighborsResult,
  type NextParagraphResult,
  type NextSentencesResult,
  neighborsRequest,
  nextParagraphRequest,
  nextSentencesRequest,
  type OutlineResult,
  outlineRequest,
  type ParagraphSentence,
  type RefreshSummariesResult,
  refreshSummariesRequest,
  reportScheme,
  restartRequest,
  type SearchIndexState,
  type StatisticsResult,
  type SummarizeFolderResult,
  type SummarizeResult,
  searchIndexRequest,
  statisticsRequest,
  statusNotification,
  summarizeFolderRequest,
  summarizeRequest,
} from '../protocol.ts';
import { type CreateEngine, createConceptService, EngineSupervisor, type VectorStore } from '../service/index.ts';
import type { StatisticsFile } from '../store/statisticsFile.ts';
import { actionKinds, codeActions } from './codeActions.ts';
import { codeLenses } from './codeLenses.ts';
import { executeCommand } from './commands.ts';
import { conceptsResult, flowResult } from './conceptViews.ts';
import { connectionLogger } from './connectionLog.ts';
import { Diagnostics } from './diagnostics.ts';
import { createDocuments, type OpenDocument } from './documents.ts';
import { checkedExpandParams, expandNote } from './expansions.ts';
import { find, nearElsewhere } from './find.ts';
import { checkedFolderParams, summarizeFolder } from './folderSummaries.ts';
import { goalsAt } from './goals.ts';
import { hoverMarkdown } from './hoverMarkdown.ts';
import { Indexing } from './indexing.ts';
import { resolveCodeAction, uriOfAction } from './lateActions.ts';
import { documentSymbols, outlineResult } from './outlines.ts';
import { checkedParagraphWish, paragraphAt } from './paragraphs.ts';
import { asRecord, offsetOf, rangeOf, uriOf } from './positions.ts';
import type { Progress } from './progress.ts';
import { nameOf, Reports } from './reports.ts';
import { reportText } from './reportText.ts';
import { type Guard, runRequest } from './runRequest.ts';
import { isOff, type Session } from './session.ts';
import { SettingsStore } from './settings.ts';
import { showMessage } from './showMessage.ts';
import { Statistics } from './statistics.ts';
import { StatusReporter } from './status.ts';
import { SuggestionRequests } from './suggestions.ts';
import { checkedSummarizeParams, refreshSummaries, summarizeRange } from './summaries.ts';
import { summaryKinds } from './summaryActions.ts';
import { type IndexParts, WorkspaceIndex } from './workspaceIndex.ts';

export interface ServerOptions {
  /** Makes the engine once the settings are known, and again when they change. */
  readonly createEngine: CreateEngine;
  /** Opens the store of vectors in the folder (absolute) that the client names, if it does; without one none are kept. */
  readonly openStore: (cacheDirectory: string | undefined) => VectorStore | undefined;
  /** Makes the index of the workspace's files, and names the folder that it is kept in, if there is a place for one. */
  readonly openIndex: (cacheDirectory: string | undefined) => Omit<IndexParts, 'engine'>;
  /** Opens the file for counts of suggestions in that folder; without one nothing is counted. */
  readonly openStatistics: (cacheDirectory: string | undefined) => StatisticsFile | undefined;
  /** The texts that ship in the language of a locale such as `de-AT`, if there are any. */
  readonly translationsFor: (locale: string) => Translations | undefined;
  readonly version: string;
  /** URL of the folder with a page for each diagnostic, a slash at its end. */
  readonly pages: string;
  /** Milliseconds from any start. */
  readonly clock: () => number;
}

/** A sentence of a paragraph that is still being worked out. */
const toldSentence = new ProgressType<ParagraphSentence>();

/** Serves this connection, which the caller starts to listen on before or after; gives back how to end it early. */
export function startServer(connection: Connection, options: ServerOptions): { dispose(): Promise<void> } {
  const { clock } = options;
  const logger = connectionLogger(connection);
  let client: ClientCapabilities = {};
  let ignoresInWorkspace = false;
  let clientName = '';
  let store: VectorStore | undefined;
  let workspaceIndex: WorkspaceIndex | undefined;
  const documents = createDocuments(connection);
  const status = new StatusReporter((params) => {
    connection.sendNotification(statusNotification, params).catch(() => {});
  });
  const settings = new SettingsStore({
    pull: async (scopeUri) => {
      if (client.workspace?.configuration !== true) return undefined;
      const item = { section: 'foresay', ...(scopeUri !== undefined && { scopeUri }) };
      return connection.workspace.getConfiguration(item);
    },
    warn: (message) => showMessage(connection, 'warning', message),
    log: (message) => logger.warn(message),
    late: () => void configure(),
  });

  let complaint = '';
  const engine = new EngineSupervisor(
    options.createEngine,
    {
      onStatus(state) {
        status.engine(state);
        if (state.state === 'ready') {
          complaint = '';
          for (const uri of documents.keys()) indexing.schedule(uri);
          void workspaceIndex?.configure();
        }
        if (state.state !== 'error' || state.message === complaint) return;
        // Said once, and logged by whoever found it: each request after this only comes back empty.
        complaint = state.message;
        showMessage(connection, 'error', `Foresay: ${state.message}`);
      },
      onOtherBundle: () => service.clear(),
    },
    logger,
  );
  const service = createConceptService({ engine, logger, clock });
  const guard: Guard = { logger, clock, versionOf: (uri) => documents.get(uri)?.snapshot.version };
  const statistics = new Statistics();
  const session: Session = {
    connection,
    documents,
    settings,
    service,
    status,
    statistics,
    guard,
    clock,
    pages: options.pages,
    get client() {
      return client;
    },
    get ignoresInWorkspace() {
      return ignoresInWorkspace;
    },
    get clientName() {
      return clientName;
    },
  };
  const diagnostics = new Diagnostics(session);
  const reports = new Reports(session);
  const indexing = new Indexing(session, (document) => {
    reports.follow(document);
    return diagnostics.follow(document);
  });
  const suggestions = new SuggestionRequests(session);

  /** Takes the session's settings over: which engine, and whether anything is on. */
  async function configure(): Promise<void> {
    const set = await settings.of(undefined);
    const anyOn = Object.values(set.enable).includes(true) || set.enable['*'] !== false;
    status.off(anyOn ? undefined : t('Switched off (foresay.enable).'));
    service.keepIn(set.cache.enabled ? store : undefined);
    engine.configure({ bundlePath: set.bundlePath, provider: set.provider });
    for (const uri of documents.keys()) indexing.schedule(uri);
    void workspaceIndex?.configure();
    // Whether lenses are shown is a setting too; an editor asks again by itself only when the text changes.
    if (client.workspace?.codeLens?.refreshSupport === true) {
      connection.sendRequest(CodeLensRefreshRequest.type).catch(() => {});
    }
    await statistics.enable(set.statistics.enabled);
    if (!set.cache.enabled) await store?.clear();
  }

  async function restart(): Promise<void> {
    complaint = '';
    await engine.restart();
  }

  /** Answers a request about one open document; `nothing` for a document that is not open. */
  function about<T>(
    name: string,
    nothing: T,
    work: (document: OpenDocument, params: unknown, token: CancellationToken) => Promise<T | ResponseError> | T,
  ) {
    return (params: unknown, token: CancellationToken): Promise<T | ResponseError> => {
      const uri = uriOf(params);
      const document = uri === undefined ? undefined : documents.get(uri);
      return runRequest<T | ResponseError>(guard, { name, uri: document?.uri }, token, nothing, async () => {
        if (!document) return nothing;
        const { snapshot } = document;
        if (!(await isOff(session, document))) await service.prepare(snapshot, token);
        // Its positions are in the text that it came with.
        if (document.snapshot !== snapshot) throw new CancellationError();
        return work(document, params, token);
      });
    };
  }

  /** The same, once every sentence of the document has its vector; why none will, as an error. */
  function aboutIndexed<T>(
    name: string,
    nothing: T,
    work: (document: OpenDocument, params: unknown, token: CancellationToken) => Promise<T> | T,
  ) {
    return about<T>(name, nothing, async (document, params, token) => {
      const indexed = await indexing.indexed(document, token);
      return indexed instanceof ResponseError ? indexed : work(document, params, token);
    });
  }

  connection.onInitialize((params): InitializeResult => {
    client = asRecord(params.capabilities) as ClientCapabilities;
    clientName = params.clientInfo?.name ?? '';
    const given = asRecord(params.initializationOptions);
    const { settings: pushed, cacheDirectory, translations, documentSymbols } = given;
    const { locale = '' } = params;
    speak(isTranslations(translations) ? translations : options.translationsFor(locale), locale);
    ignoresInWorkspace = given.ignoresInWorkspace === true;
    settings.change(pushed);
    const named = typeof cacheDirectory === 'string' && isAbsolute(cacheDirectory);
    const directory = named ? cacheDirectory : undefined;
    store = options.openStore(directory);
    statistics.keepIn(options.openStatistics(directory));
    workspaceIndex = new WorkspaceIndex(session, { engine, ...options.openIndex(directory) });
    workspaceIndex.folders = foldersOf(params);
    return {
      capabilities: capabilities(client, documentSymbols === true),
      serverInfo: { name: 'foresay', version: options.version },
    };
  });
  connection.onInitialized(async () => {
    if (client.workspace?.didChangeConfiguration?.dynamicRegistration === true) {
      connection.client
        .register(DidChangeConfigurationNotification.type, { section: 'foresay' })
        .catch((error: unknown) => logger.warn(`configuration changes: ${errorMessage(error)}`));
    }
    if (client.workspace?.didChangeWatchedFiles?.dynamicRegistration === true) {
      const globs = [`**/*.{${proseExtensions.join(',')}}`, '**/.gitignore'];
      connection.client
        .register(DidChangeWatchedFilesNotification.type, {
          watchers: globs.map((globPattern) => ({ globPattern })),
        })
        .catch((error: unknown) => logger.warn(`changes of files: ${errorMessage(error)}`));
    }
    await configure();
  });
  connection.onDidChangeWatchedFiles(({ changes }) => workspaceIndex?.changed(changes.map(({ uri }) => uri)));
  connection.onNotification(DidChangeWorkspaceFoldersNotification.type, ({ event: { added, removed } }) => {
    if (!workspaceIndex) return;
    const gone = removed.map(({ uri }) => uri);
    const left = workspaceIndex.folders.filter((uri) => !gone.includes(uri));
    workspaceIndex.folders = [...left, ...added.map(({ uri }) => uri)];
    void workspaceIndex.configure();
  });
  connection.onDidChangeConfiguration(async (params) => {
    settings.change(asRecord(asRecord(params).settings).foresay);
    await configure();
  });
  connection.onShutdown(() => dispose());

  documents.onDidChangeContent(({ document }) => {
    statistics.offers.changed(document.uri, document.lastChanges);
    suggestions.changed(document);
    if (document.lastChanges.length > 0) indexing.changed(document.uri);
    else indexing.schedule(document.uri);
    workspaceIndex?.typed();
  });
  documents.onDidClose(({ document }) => {
    const { uri } = document;
    diagnostics.close(document);
    suggestions.close(uri);
    statistics.offers.closed(uri);
    indexing.close(uri);
    settings.close(uri);
    service.close(uri);
    status.documentOff(uri, undefined);
    // An editor that tells of changed files has told of this one.
    if (client.workspace?.didChangeWatchedFiles?.dynamicRegistration !== true) workspaceIndex?.changed([uri]);
  });

  connection.languages.inlineCompletion.on(
    about('inlineCompletion', [], (document, params, token) => suggestions.inline(document, params, token)),
  );
  connection.onCompletion(
    about('completion', null, (document, params, token) => suggestions.completion(document, params, token)),
  );
  connection.onHover(
    about('hover', null, async (document, params, token) => {
      const { hover } = await settings.of(document.uri);
      if ((await isOff(session, document)) || hover.show.length === 0) return null;
      const offset = offsetOf(document.text, asRecord(params).position);
      const facts = service.facts(document.snapshot, offset, hover.neighbors);
      if (!facts) return null;
      const elsewhere = hover.show.includes('workspace')
        ? await nearElsewhere(session, document, offset, hover.neighbors, token)
        : [];
      const lineOf = (place: number): number => document.text.positionAt(place).line + 1;
      const value = hoverMarkdown(facts, { uri: document.uri, lineOf, show: hover.show, elsewhere });
      const contents: MarkupContent = { kind: MarkupKind.Markdown, value };
      return { contents, range: rangeOf(document.text, facts.span) };
    }),
  );
  connection.onCodeAction(
    about('codeAction', [], (document, params, token) =>
      codeActions(session, suggestions, diagnostics, document, params, token),
    ),
  );
  connection.onCodeLens(about('codeLens', [], (document) => codeLenses(session, document)));
  connection.onCodeActionResolve((action, token) => {
    const uri = uriOfAction(action);
    return runRequest(guard, { name: 'codeAction/resolve', uri }, token, action, () =>
      resolveCodeAction(session, action, token),
    ) as Promise<typeof action>;
  });
  connection.onExecuteCommand((params, token, progress) =>
    runRequest<unknown>(guard, { name: 'executeCommand' }, token, null, () => {
      const given = WorkDoneProgressReporter.isNullInstance(progress) ? undefined : progress;
      return executeCommand(session, suggestions, workspaceIndex, params, token, restart, given);
    }),
  );

  connection.onRequest<SummarizeResult | null, void>(
    summarizeRequest,
    about<SummarizeResult | null>('summarize', null, async (document, params, token) => {
      const checked = checkedSummarizeParams(params);
      if (!checked) return null;
      return (await summarizeRange(session, document, checked, token, attached(params))) ?? null;
    }),
  );
  connection.onRequest<ExpandResult | null, void>(
    expandRequest,
    about<ExpandResult | null>('expand', null, async (document, params, token) => {
      const checked = checkedExpandParams(params);
      if (!checked || (await isOff(session, document))) return null;
      return (await expandNote(session, document, checked, token, attached(params))) ?? null;
    }),
  );
  connection.onRequest<SummarizeFolderResult | null, void>(summarizeFolderRequest, (params, token: CancellationToken) =>
    runRequest<SummarizeFolderResult | null>(guard, { name: 'summarizeFolder' }, token, null, async () => {
      const checked = checkedFolderParams(params);
      return checked ? summarizeFolder(session, checked, token, attached(params)) : null;
    }),
  );
  connection.onRequest<RefreshSummariesResult | null, void>(
    refreshSummariesRequest,
    about<RefreshSummariesResult | null>('refreshSummaries', null, (document, params, token) =>
      refreshSummaries(session, document, asRecord(params).range, token, attached(params)),
    ),
  );
  connection.onRequest<NextSentencesResult | null, void>(
    nextSentencesRequest,
    about<NextSentencesResult | null>('nextSentences', null, (document, params, token) =>
      suggestions.nextSentences(document, params, token),
    ),
  );
  connection.onRequest<NextParagraphResult | null, void>(
    nextParagraphRequest,
    about<NextParagraphResult | null>('nextParagraph', null, (document, params, token) => {
      const { position, partialResultToken } = asRecord(params);
      const isToken = typeof partialResultToken === 'string' || typeof partialResultToken === 'number';
      return paragraphAt(session, document, position, checkedParagraphWish(params), token, (sentence) => {
        if (isToken) connection.sendProgress(toldSentence, partialResultToken, sentence).catch(() => {});
      });
    }),
  );
  connection.onRequest<GoalsResult | null, void>(
    goalsRequest,
    about<GoalsResult | null>('goals', null, ({ snapshot, text }, params) =>
      goalsAt(snapshot, offsetOf(text, asRecord(params).position)),
    ),
  );
  connection.onRequest<NeighborsResult | null, void>(
    neighborsRequest,
    about<NeighborsResult | null>('neighbors', null, async (document, params, token) => {
      if (await isOff(session, document)) return null;
      const offset = offsetOf(document.text, asRecord(params).position);
      const facts = service.facts(document.snapshot, offset);
      if (!facts) return null;
      const { span, text, toPrevious, toSection, novelty, expectedness } = facts;
      const nearest = facts.nearest.map((near) => ({
        range: rangeOf(document.text, near.span),
        text: near.text,
        similarity: near.similarity,
      }));
      const range = rangeOf(document.text, span);
      const figures = { toPrevious, toSection, novelty, expectedness };
      const elsewhere = await nearElsewhere(session, document, offset, nearest.length, token);
      return { version: document.snapshot.version, range, text, ...figures, nearest, elsewhere };
    }),
  );
  connection.onDocumentSymbol(
    aboutIndexed('documentSymbol', null, async (document, _, token) =>
      documentSymbols(document, await service.outline(document.snapshot, token), client),
    ),
  );
  connection.onRequest<OutlineResult | null, void>(
    outlineRequest,
    aboutIndexed<OutlineResult | null>('outline', null, async (document, _, token) =>
      outlineResult(document, await service.outline(document.snapshot, token)),
    ),
  );
  connection.onRequest<FlowResult | null, void>(
    flowRequest,
    aboutIndexed<FlowResult | null>('flow', null, async (document, _, token) =>
      flowResult(document, await service.flow(document.snapshot, token), token),
    ),
  );
  connection.onRequest<ConceptsResult | null, void>(
    conceptsRequest,
    aboutIndexed<ConceptsResult | null>('concepts', null, (document, params, token) =>
      conceptsResult(session, document, params, token),
    ),
  );
  const report = aboutIndexed('report', '', async ({ uri, text, snapshot }, _, token) => {
    const { summary } = await settings.of(uri);
    const sections = await service.report(snapshot, summary.sentences, token);
    return reportText(nameOf(uri), sections, (offset) => text.positionAt(offset).line + 1);
  });
  connection.workspace.textDocumentContent.on(({ uri }, token) =>
    reports.content(uri, (source) => report({ textDocument: { uri: source } }, token)),
  );
  connection.onRequest<IndexedResult | null, void>(
    indexedRequest,
    about<IndexedResult | null>('indexed', null, (document, _, token) => indexing.indexed(document, token)),
  );
  connection.onRequest<FindResult | null, void>(findRequest, (params: unknown, token: CancellationToken) =>
    runRequest<FindResult | ResponseError | null>(guard, { name: 'find' }, token, null, () =>
      workspaceIndex ? find(session, workspaceIndex, params, token) : null,
    ),
  );
  connection.onRequest<SearchIndexState | null, void>(searchIndexRequest, (params: unknown, token: CancellationToken) =>
    runRequest<SearchIndexState | null>(guard, { name: 'searchIndex' }, token, null, async () => {
      const { action } = asRecord(params);
      if (action === 'pause') workspaceIndex?.pause();
      else if (action === 'resume') workspaceIndex?.resume();
      else if (action === 'clear') await workspaceIndex?.clear();
      return (await workspaceIndex?.state()) ?? null;
    }),
  );
  connection.onNotification(didShowNotification, (params: unknown) => statistics.shown(params));
  connection.onNotification(didPartiallyAcceptNotification, (params: unknown) => statistics.partlyAccepted(params));
  connection.onRequest<StatisticsResult | null, void>(statisticsRequest, (_: unknown, token: CancellationToken) =>
    runRequest<StatisticsResult | null>(guard, { name: 'statistics' }, token, null, () => statistics.all()),
  );
  connection.onRequest(restartRequest, (_, token: CancellationToken) =>
    runRequest<null>(guard, { name: 'restart' }, token, null, async () => {
      await restart();
      return null;
    }),
  );

  /** The progress that a request brings along, if it does. */
  function attached(params: unknown): Progress | undefined {
    const { workDoneToken } = asRecord(params);
    const isToken = typeof workDoneToken === 'string' || typeof workDoneToken === 'number';
    return isToken ? connection.window.attachWorkDoneProgress(workDoneToken) : undefined;
  }

  async function dispose(): Promise<void> {
    suggestions.dispose();
    indexing.dispose();
    await Promise.all([service.dispose(), workspaceIndex?.dispose(), statistics.dispose()]);
    await engine.dispose();
  }
  return { dispose };
}

function capabilities(client: ClientCapabilities, symbols: boolean): InitializeResult['capabilities'] {
  const inline = client.textDocument?.inlineCompletion !== undefined;
  return {
    textDocumentSync: TextDocumentSyncKind.Incremental,
    ...(inline ? { inlineCompletionProvider: true } : { completionProvider: { triggerCharacters: [' ', '.'] } }),
    hoverProvider: true,
    ...(symbols && { documentSymbolProvider: { label: 'Foresay' } }),
    codeActionProvider: {
      codeActionKinds: [...Object.values(actionKinds), ...Object.values(summaryKinds)],
      resolveProvider: true,
    },
    codeLensProvider: {},
    workspace: {
      workspaceFolders: { supported: true, changeNotifications: true },
      textDocumentContent: { schemes: [reportScheme] },
    },
    executeCommandProvider: { commands: Object.values(commands), workDoneProgress: true },
  };
}

/** Uris of the workspace's folders; older clients name one root. */
function foldersOf({ workspaceFolders, rootUri }: InitializeParams): string[] {
  if (workspaceFolders) return workspaceFolders.map(({ uri }) => uri);
  return rootUri ? [rootUri] : [];
}
