/** "Summarise Folder": every document in it, and one summary over all, in a new document. */
import * as vscode from 'vscode';
import {
  type SummarizeFolderParams,
  type SummarizeFolderResult,
  summarizeFolderRequest,
} from '../../server/src/protocol.ts';
import { longRequest } from './longRequest.ts';
import { pickLength } from './pickLength.ts';
import { settingsFor } from './settings.ts';
import type { SummaryContext } from './summarize.ts';

/** Of the folder that was clicked, or of one of the workspace. */
export async function summarizeFolder({ client, memory, status }: SummaryContext, clicked?: vscode.Uri): Promise<void> {
  const folder = clicked ?? (await workspaceFolder());
  if (!folder) return;
  const length = await pickLength(memory, settingsFor(folder).summary.sentences);
  if (!length) return;
  const params: SummarizeFolderParams = { uri: client.code2ProtocolConverter.asUri(folder), length };
  const title = vscode.l10n.t('Foresay: summarising the folder');
  const result = await longRequest<SummarizeFolderResult | null>(client, summarizeFolderRequest, params, title);
  if (result === 'none') return;
  if (!result || result.files === 0) {
    const { state, message } = status.current;
    // Without a model the answer is empty too, and then that is what the writer has to know.
    const reason =
      state === 'error' ? message : vscode.l10n.t('there is no document in this folder that can be summarised.');
    void vscode.window.showInformationMessage(`Foresay: ${reason}`);
    return;
  }
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: result.markdown });
  await vscode.window.showTextDocument(document);
}

async function workspaceFolder(): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Foresay: open a folder first.'));
    return undefined;
  }
  if (folders.length === 1) return folders[0]?.uri;
  return (await vscode.window.showWorkspaceFolderPick())?.uri;
}
