/** The language client: where the server is, which documents it gets, and what is answered for it on the way. */
import * as vscode from 'vscode';
import {
  type ClientCapabilities,
  type ConfigurationParams,
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  RevealOutputChannelOn,
  type ServerOptions,
  State,
  type StaticFeature,
  TransportKind,
} from 'vscode-languageclient/node';
import { nodeFlags } from '../../server/src/base/nodeFlags.ts';
import {
  commands,
  type ExpandParams,
  type InitializationOptions,
  type LspPosition,
  type SummarizeParams,
  type SummaryPlacement,
  type TextPlacement,
} from '../../server/src/protocol.ts';
import { settingsFor } from './settings.ts';
import { isSupported, onDidChangeSupported, supportedDocuments } from './supported.ts';

/** What the client does itself where the server would only have plain LSP. */
export interface ClientOverrides {
  /** Runs the summary with progress, preview and choice of place, in the stead of the server's command. */
  summarize(params: SummarizeParams, placement: SummaryPlacement | undefined): Promise<void>;
  /** The same for a note that is expanded. */
  expand(params: ExpandParams, placement: TextPlacement | undefined): Promise<void>;
  /** The same for summaries that are stale. */
  refreshSummaries(uri: string, range: unknown): Promise<void>;
  /** Shows the ideas for a gap, in the stead of the server's command that inserts the best one. */
  fillGap(position: vscode.Position): Promise<void>;
  /** Told of the ghost texts that are about to be shown. */
  offered(document: vscode.TextDocument, position: vscode.Position, texts: readonly string[]): void;
  /** Whether no ghost text may come by itself here, for a reason that the server does not know; notes the reason. */
  staysQuiet(document: vscode.TextDocument): boolean;
}

/**
 * A client for the server bundle at `serverModule`, not started. The server is forked with the editor's own Node
 * (Electron run as Node on the desktop); no `runtime` is set, because a writer need not have Node installed. The
 * inference host is a child of the server and opens ONNX Runtime there, never in the editor's process. What the server
 * keeps on disk goes into `cacheDirectory`.
 */
export function createLanguageClient(
  serverModule: string,
  cacheDirectory: string,
  log: vscode.LogOutputChannel,
  overrides: ClientOverrides,
): LanguageClient {
  const serverOptions: ServerOptions = {
    run: { module: serverModule, transport: TransportKind.ipc, options: { execArgv: [...nodeFlags] } },
    debug: {
      module: serverModule,
      transport: TransportKind.ipc,
      options: { execArgv: [...nodeFlags, '--nolazy', '--inspect=0'] },
    },
  };
  const clientOptions: LanguageClientOptions = {
    documentSelector: supportedDocuments(),
    initializationOptions: {
      cacheDirectory,
      ignoresInWorkspace: true,
      ...(vscode.l10n.bundle && { translations: vscode.l10n.bundle }),
    } satisfies InitializationOptions,
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    middleware: createMiddleware(overrides),
  };
  const client = new LanguageClient('foresay', 'Foresay', serverOptions, clientOptions);
  client.registerFeature(summariesAsCommands);
  return client;
}

/** Starts the client with the first document that Foresay works in, and anew when it is to work in others. */
export async function startWhenNeeded(
  client: LanguageClient,
  start: () => Promise<void>,
  subscriptions: vscode.Disposable[],
): Promise<void> {
  // Once only: a server that has given up is started again by its command.
  let begun = false;
  const startFor = async (documents: readonly vscode.TextDocument[]): Promise<void> => {
    if (begun || !documents.some(isSupported)) return;
    begun = true;
    await start();
  };
  subscriptions.push(
    vscode.workspace.onDidOpenTextDocument((document) => startFor([document])),
    onDidChangeSupported(async () => {
      client.clientOptions.documentSelector = supportedDocuments();
      if (client.state !== State.Running) return startFor(vscode.workspace.textDocuments);
      await client.stop();
      await start();
    }),
  );
  await startFor(vscode.workspace.textDocuments);
}

/**
 * Says that code actions are not resolved to edits here: the server then gives summaries as commands, which the
 * middleware runs with a Cancel button, a preview and a choice of place.
 */
const summariesAsCommands: StaticFeature = {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    if (capabilities.textDocument?.codeAction) capabilities.textDocument.codeAction.resolveSupport = { properties: [] };
  },
  initialize() {},
  getState: () => ({ kind: 'static' }),
  clear() {},
};

function createMiddleware(overrides: ClientOverrides): Middleware {
  return {
    workspace: {
      // The library resolves a setting by the document's folder only; overrides by language need its language id.
      configuration: async (params: ConfigurationParams, token, next) => {
        const answers = await next(params, token);
        if (!Array.isArray(answers)) return answers;
        return params.items.map((item, index) =>
          item.section === 'foresay'
            ? settingsFor(item.scopeUri === undefined ? undefined : vscode.Uri.parse(item.scopeUri))
            : answers[index],
        );
      },
    },
    provideInlineCompletionItems: async (document, position, context, token, next) => {
      const automatic = context.triggerKind === vscode.InlineCompletionTriggerKind.Automatic;
      if (automatic && overrides.staysQuiet(document)) return undefined;
      const { version } = document;
      const given = await next(document, position, context, token);
      const items = Array.isArray(given) ? given : (given?.items ?? []);
      const texts = items.flatMap(({ insertText }) => (typeof insertText === 'string' ? insertText : []));
      if (!token.isCancellationRequested && document.version === version) overrides.offered(document, position, texts);
      return given;
    },
    executeCommand: (command, args, next) => {
      if (command === commands.fillGap) {
        const [, { line, character }] = args as [string, LspPosition];
        return overrides.fillGap(new vscode.Position(line, character));
      }
      if (command === commands.summarize) {
        const [params, placement] = args as [SummarizeParams, SummaryPlacement | undefined];
        return overrides.summarize(params, placement);
      }
      if (command === commands.expand) {
        const [params, placement] = args as [ExpandParams, TextPlacement | undefined];
        return overrides.expand(params, placement);
      }
      if (command === commands.refreshSummaries) {
        const [uri, range] = args as [string, unknown];
        return overrides.refreshSummaries(uri, range);
      }
      return next(command, args);
    },
  };
}
