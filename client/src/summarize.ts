/** Summarising from the editor: length, the summary beside, and where to put it; and stale summaries made again. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  type PlacedSummary,
  type RefreshSummariesParams,
  type RefreshSummariesResult,
  refreshSummariesRequest,
  type SummarizeParams,
  type SummarizeResult,
  type SummaryPlacement,
  type SummaryScope,
  summarizeRequest,
} from '../../server/src/protocol.ts';
import type { DiffPreviews } from './diffPreview.ts';
import { longRequest } from './longRequest.ts';
import { pickLength } from './pickLength.ts';
import { pickPlace } from './pickPlace.ts';
import { settingsFor } from './settings.ts';
import type { StatusView } from './status.ts';
import { howMade, type SummaryDocuments } from './summaryDocument.ts';

/** What summarising works with. */
export interface SummaryContext {
  readonly client: LanguageClient;
  readonly documents: SummaryDocuments;
  readonly previews: DiffPreviews;
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
  const result = await asked<SummarizeResult | null>(client, summarizeRequest, params, title);
  if (result === 'none') return;
  if (!result || result.sentences.length === 0) {
    const { state, message } = status.current;
    // Without a model the answer is empty too, and then that is what the writer has to know.
    const reason = state === 'error' ? message : vscode.l10n.t('there is no prose to summarise here.');
    void vscode.window.showInformationMessage(`Foresay: ${reason}`);
    return;
  }
  const editor = await editorFor(uri);
  const shown = await documents.show(result, editor);
  if (await placed(context, editor, result, placement)) await documents.close(shown);
}

/** Makes the stale summaries of the document again, those in the range or all, in one undoable edit. */
export async function refreshSummaries(client: LanguageClient, uri: string, range?: unknown): Promise<void> {
  const params: RefreshSummariesParams = {
    textDocument: { uri },
    ...(range !== undefined && { range: range as NonNullable<RefreshSummariesParams['range']> }),
  };
  const title = vscode.l10n.t('Foresay: summarising');
  const result = await asked<RefreshSummariesResult | null>(client, refreshSummariesRequest, params, title);
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

/** The answer; 'none' if the writer cancelled, or was told that it failed. */
async function asked<T>(client: LanguageClient, method: string, params: object, title: string): Promise<T | 'none'> {
  try {
    const answer = await longRequest<T>(client, method, params, title);
    return answer === 'cancelled' ? 'none' : answer;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(vscode.l10n.t('Foresay could not summarise: {0}', reason));
    return 'none';
  }
}

/** True once the summary is where the writer wants it; false if it is to stay open. */
async function placed(
  { client, previews }: SummaryContext,
  editor: vscode.TextEditor,
  result: SummarizeResult,
  placement: SummaryPlacement | undefined,
): Promise<boolean> {
  const { document } = editor;
  const text = result.sentences.map((sentence) => sentence.text).join(' ');
  const title = howMade(result);
  const places = first(result.places, ({ placement: each }) => each === placement);
  let choice = await pickPlace(places, title);
  while (choice?.kind === 'preview') {
    const { place } = choice;
    const comparison = vscode.l10n.t('{0}: without and with the summary', document.uri.path.split('/').at(-1) ?? '');
    const close = await previews.show(document, await editOf(client, place), comparison);
    choice = await pickPlace(
      first(places, (each) => each === place),
      title,
    );
    await close();
  }
  switch (choice?.kind) {
    case 'place':
      return insert(client, document, result.version, choice.place);
    case 'cursor':
      return insertAtCursor(editor, result.block);
    case 'copy':
      await vscode.env.clipboard.writeText(text);
      return true;
    case 'new':
      await openNew(document.languageId, text);
      return true;
    default:
      return false;
  }
}

/** The list with what is wanted at its start. */
function first<T>(list: readonly T[], isWanted: (item: T) => boolean): T[] {
  return [...list.filter(isWanted), ...list.filter((item) => !isWanted(item))];
}

async function editOf(client: LanguageClient, { edit }: PlacedSummary): Promise<vscode.TextEdit> {
  return client.protocol2CodeConverter.asTextEdit(edit);
}

/** Puts it there in one undoable edit; false, with a word, if the text has changed meanwhile. */
async function insert(
  client: LanguageClient,
  document: vscode.TextDocument,
  version: number,
  place: PlacedSummary,
): Promise<boolean> {
  const uri = client.protocol2CodeConverter.asUri(place.uri);
  const edit = new vscode.WorkspaceEdit();
  if (place.placement === 'file') edit.createFile(uri);
  else if (document.version !== version) {
    sayChanged();
    return false;
  }
  edit.set(uri, [await editOf(client, place)]);
  if (!(await applied(edit))) return false;
  if (place.placement === 'file') await vscode.window.showTextDocument(uri);
  return true;
}

async function insertAtCursor({ document, selection }: vscode.TextEditor, block: string): Promise<boolean> {
  const [before, after] = blankLines(document, selection.active);
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, selection.active, `${before}${block}${after}`);
  return applied(edit);
}

async function applied(edit: vscode.WorkspaceEdit): Promise<boolean> {
  const done = await vscode.workspace.applyEdit(edit);
  if (!done) void vscode.window.showErrorMessage(vscode.l10n.t('Foresay: the editor refused the edit.'));
  return done;
}

function sayChanged(): void {
  const message = vscode.l10n.t('Foresay: the text has changed since it was summarised; ask again.');
  void vscode.window.showWarningMessage(message);
}

/** What must stand before and after a block at `at` so that it is a paragraph of its own. */
function blankLines(document: vscode.TextDocument, at: vscode.Position): [before: string, after: string] {
  const isBlank = (line: number): boolean =>
    line < 0 || line >= document.lineCount || document.lineAt(line).isEmptyOrWhitespace;
  const line = document.lineAt(at.line).text;
  const startsLine = line.slice(0, at.character).trim() === '';
  const endsLine = line.slice(at.character).trim() === '';
  const before = startsLine ? (isBlank(at.line - 1) ? '' : '\n') : '\n\n';
  const after = endsLine ? (isBlank(at.line + 1) ? '' : '\n') : '\n\n';
  return [before, after];
}

async function openNew(language: string, content: string): Promise<void> {
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language, content }));
}

async function editorFor(uri: vscode.Uri): Promise<vscode.TextEditor> {
  const visible = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
  return visible ?? vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
}
