/** The commands for the counts of suggestions: a page that shows them, and their deletion. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { commands, type StatisticsResult, statisticsRequest } from '../../server/src/protocol.ts';
import { statisticsPage } from './statisticsText.ts';

const scheme = 'foresay-statistics';
const page = vscode.Uri.from({ scheme, path: '/Suggestion statistics.md' });

/** Serves the page; asks the server anew each time it is shown. */
export class StatisticsPage implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);

  constructor(client: LanguageClient) {
    this.#client = client;
  }

  async provideTextDocumentContent(): Promise<string> {
    return statisticsPage(await this.#client.sendRequest<StatisticsResult>(statisticsRequest, {}));
  }

  async show(): Promise<void> {
    // One that is open already is read again.
    this.#changed.fire(page);
    await vscode.window.showTextDocument(page, { preview: true });
  }

  /** Deletes the counts after asking. */
  async clear(): Promise<void> {
    const remove = vscode.l10n.t('Delete');
    const question = vscode.l10n.t('Delete the counts of all suggestions?');
    if ((await vscode.window.showWarningMessage(question, { modal: true }, remove)) !== remove) return;
    await vscode.commands.executeCommand(commands.clearStatistics);
    this.#changed.fire(page);
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}
