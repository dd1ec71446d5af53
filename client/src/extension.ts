/** The extension's entry: starts the language client and joins status, commands and summaries to it. */
import * as vscode from 'vscode';
import { type LanguageClient, State } from 'vscode-languageclient/node';
import { speak } from '../../server/src/base/l10n.ts';
import { ignoreInWorkspace, type StatusParams, statusNotification } from '../../server/src/protocol.ts';
import { registerCommands } from './commands.ts';
import { DiffPreviews } from './diffPreview.ts';
import { expandAndPlace } from './expand.ts';
import { IdeaLists } from './ideaList.ts';
import { addIgnored } from './ignore.ts';
import { createLanguageClient, startWhenNeeded } from './languageClient.ts';
import { MadeDocuments } from './madeDocuments.ts';
import { AcceptedText } from './provenance/acceptedText.ts';
import { Quiet } from './quiet.ts';
import { StatisticsPage } from './statistics.ts';
import { StatusView } from './status.ts';
import { suggestNextSentence } from './suggest.ts';
import { refreshSummaries, summarizeAndPlace } from './summarize.ts';
import { watchSupported } from './supported.ts';
import { createViews } from './views/index.ts';

/** What the extension gives to others, and to its own tests. */
export interface ForesayApi {
  readonly client: LanguageClient;
  /** The last status the server told. */
  status(): StatusParams;
}

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<ForesayApi> {
  speak(vscode.l10n.bundle);
  const log = vscode.window.createOutputChannel('Foresay', { log: true });
  const documents = new MadeDocuments();
  const previews = new DiffPreviews();
  const memory = context.globalState;
  const quiet = new Quiet();
  const accepted = new AcceptedText(context.workspaceState);
  const status = new StatusView(quiet);
  const serverModule = vscode.Uri.joinPath(context.extensionUri, 'dist', 'server.mjs').fsPath;
  const started = createLanguageClient(serverModule, context.globalStorageUri.fsPath, log, {
    summarize: (params, placement) =>
      summarizeAndPlace({ client: started, documents, previews, status, memory }, params, placement),
    expand: (params, placement) => expandAndPlace({ client: started, documents, previews, status }, params, placement),
    refreshSummaries: (uri, range) => refreshSummaries(started, uri, range),
    fillGap: (position) => suggestNextSentence({ client: started, ideas, accepted, status }, { gap: true, position }),
    staysQuiet: (document) => {
      const reason = quiet.reasonToWait(document);
      if (reason === undefined) return false;
      status.silent(reason);
      log.info(`suggest ${document.uri} v${document.version}: silence (${reason})`);
      return true;
    },
    offered: (document, position, texts) => accepted.offered(document, position, texts),
  });
  client = started;
  const ideas = new IdeaLists(started);
  const statistics = new StatisticsPage(started);
  const views = createViews(started, vscode.Uri.joinPath(context.extensionUri, 'dist'));
  context.subscriptions.push(log, documents, previews, status, quiet, accepted, statistics, watchSupported(), views);
  context.subscriptions.push(
    started.onNotification(statusNotification, (params: StatusParams) => {
      status.update(params);
      if (params.state === 'ready') views.ready();
    }),
  );
  context.subscriptions.push(
    started.onDidChangeState(({ newState }) => {
      if (newState === State.Starting) status.update({ state: 'starting', message: '' });
      if (newState === State.Stopped)
        status.update({ state: 'error', message: vscode.l10n.t('the server has stopped') });
    }),
  );
  // Commands stand before the server is up, so that the log and the restart are there when it does not come up.
  context.subscriptions.push(vscode.commands.registerCommand(ignoreInWorkspace, addIgnored));
  context.subscriptions.push(
    registerCommands({
      accepted,
      ideas,
      client: started,
      extensionUri: context.extensionUri,
      documents,
      previews,
      log,
      quiet,
      statistics,
      status,
      memory,
      views,
    }),
  );
  const start = async (): Promise<void> => {
    try {
      await started.start();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      status.update({ state: 'error', message: vscode.l10n.t('the server did not start: {0}', reason) });
    }
  };
  await startWhenNeeded(started, start, context.subscriptions);
  return { client: started, status: () => status.current };
}

export async function deactivate(): Promise<void> {
  // A client that never came up refuses to be stopped, and has nothing to stop.
  if (client?.state === State.Running) await client.stop();
}
