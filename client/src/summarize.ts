/** Summarising from the editor: length, the summary beside, and where to put it; and stale summaries made again. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  type RefreshSummariesParams,
  type RefreshSummariesResult,
  refreshSummariesRequest,
  type SummarizeParams,
  type SummarizeResult,
  type SummaryPlacement,
  type SummaryScope,
  summarizeRequest,
} from '../../server/src/protocol.ts';
import { longRequest } from './longRequest.ts';
import type { MadeDocuments } from './madeDocuments.ts';
import { pickLength } from './pickLength.ts';
import { applied, editorFor, type PlacingContext, placeText, sayChanged } from './placeText.ts';
import { settingsFor } from './settings.ts';
import type { StatusView } from './status.ts';
import { howMade, summaryPage } from './summaryPage.ts';

/** What summarising works with. */
export interface SummaryContext extends PlacingContext {
  readonly documents: MadeDocuments;
  readonly status: StatusView;
  /** Where the last length is kept. */
  readonly memory: vscode.Memento;
}

/** Asks for a length, summarises, and lets the writer choose the place. */
export async function summarizeFromEditor(context: SummaryContext, scope: SummaryScope): Promise<void> {
  const { client, memory } = context;
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  if (scope === 'selection' && editor.selection.isEmpty) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Foresay: select the text to summarise first.'));
    return;
  }
  const length = await pickLength(memory, settingsFor(editor.document.uri).summary.sentences);
  if (!length) return;
  const range = client.code2ProtocolConverter.asRange(editor.selection);
  const textDocument = { uri: client.code2ProtocolConverter.asUri(editor.document.uri) };
  await summarizeAndPlace(context, { textDocument, range, scope, length }, undefined);
}

/** Summarises with progress, shows the summary, and puts it where the writer says; `placement` is offered first. */
export async function summarizeAndPlace(
  context: SummaryContext,
  params: SummarizeParams,
  placement: SummaryPlacement | undefined,
): Promise<void> {
  const { client, documents, status } = context;
  const uri = client.protocol2CodeConverter.asUri(params.textDocument.uri);
  const title = vscode.l10n.t('Foresay: summarising');
  const result = await longRequest<SummarizeResult | null>(client, summarizeRequest, params, title);
  if (result === 'none') return;
  if (!result || result.sentences.length === 0) {
    const { state, message } = status.current;
    // Without a model the answer is empty too, and then that is what the writer has to know.
    const reason = state === 'error' ? message : vscode.l10n.t('there is no prose to summarise here.');
    void vscode.window.showInformationMessage(`Foresay: ${reason}`);
    return;
  }
  const editor = await editorFor(uri);
  const shown = await documents.show(summaryPage(result), editor);
  const made = {
    ...result,
    title: howMade(result),
    text: result.sentences.map((sentence) => sentence.text).join(' '),
  };
  if (await placeText(context, editor, made, placement)) await documents.close(shown);
}

/** Makes the stale summaries of the document again, those in the range or all, in one undoable edit. */
export async function refreshSummaries(client: LanguageClient, uri: string, range?: unknown): Promise<void> {
  const params: RefreshSummariesParams = {
    textDocument: { uri },
    ...(range !== undefined && { range: range as NonNullable<RefreshSummariesParams['range']> }),
  };
  const title = vscode.l10n.t('Foresay: summarising');
  const result = await longRequest<RefreshSummariesResult | null>(client, refreshSummariesRequest, params, title);
  if (result === 'none') return;
  if (!result || result.edits.length === 0) {
    const message = vscode.l10n.t('Foresay: every summary in this document is as its text is.');
    void vscode.window.showInformationMessage(message);
    return;
  }
  const document = await vscode.workspace.openTextDocument(client.protocol2CodeConverter.asUri(uri));
  if (document.version !== result.version) return sayChanged();
  const edit = new vscode.WorkspaceEdit();
  edit.set(document.uri, await client.protocol2CodeConverter.asTextEdits([...result.edits]));
  await applied(edit);
}
