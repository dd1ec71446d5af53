/** Summarising from the editor: length, progress with a Cancel button, the summary beside, and where to put it. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import {
  type LanguageClient,
  LSPErrorCodes,
  ResponseError,
  WorkDoneProgress,
  type WorkDoneProgressReport,
} from 'vscode-languageclient/node';
import { endsWithin } from '../../server/src/base/endsWithin.ts';
import { summaryBlock } from '../../server/src/base/summaryBlock.ts';
import {
  type SummarizeParams,
  type SummarizeResult,
  type SummaryPlacement,
  summarizeRequest,
} from '../../server/src/protocol.ts';
import { settingsFor } from './settings.ts';
import type { StatusView } from './status.ts';
import { howMade, type SummaryDocuments } from './summaryDocument.ts';

/** What summarising works with. */
export interface SummaryContext {
  readonly client: LanguageClient;
  readonly documents: SummaryDocuments;
  readonly status: StatusView;
}

/** A summary that takes no longer than this many milliseconds is shown without a progress notification before it. */
const patience = 400;

/** Where the writer can put a summary. */
type Place = 'above' | 'below' | 'cursor' | 'copy' | 'new' | 'keep';

/** Asks for a length, summarises the section or selection, and lets the writer choose the place. */
export async function summarizeFromEditor(context: SummaryContext, scope: SummarizeParams['scope']): Promise<void> {
  const { client } = context;
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  if (scope === 'selection' && editor.selection.isEmpty) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Foresay: select the text to summarise first.'));
    return;
  }
  const sentences = await pickLength(settingsFor(editor.document.uri).summary.sentences);
  if (sentences === undefined) return;
  const range = client.code2ProtocolConverter.asRange(editor.selection);
  const textDocument = { uri: client.code2ProtocolConverter.asUri(editor.document.uri) };
  await summarizeAndPlace(context, { textDocument, range, scope, sentences }, 'show');
}

/** Summarises with progress, shows the summary, and puts it where the writer says; `placement` is offered first. */
export async function summarizeAndPlace(
  { client, documents, status }: SummaryContext,
  params: SummarizeParams,
  placement: SummaryPlacement,
): Promise<void> {
  const uri = client.protocol2CodeConverter.asUri(params.textDocument.uri);
  const result = await requestSummary(client, params);
  if (result === 'none') return;
  if (!result || result.sentences.length === 0) {
    const { state, message } = status.current;
    // Without a model the answer is empty too, and then that is what the writer has to know.
    const reason =
      state === 'error' ? `Foresay: ${message}` : vscode.l10n.t('Foresay: there is no prose to summarise here.');
    void vscode.window.showInformationMessage(reason);
    return;
  }
  const editor = await editorFor(uri);
  const shown = await documents.show(result, editor);
  const place = await pickPlace(result, placement === 'after' ? 'below' : 'above');
  if (!place || place === 'keep') return;
  const text = result.sentences.map((sentence) => sentence.text).join(' ');
  if (place === 'copy') await vscode.env.clipboard.writeText(text);
  else if (place === 'new') await openNew(editor.document.languageId, text);
  else if (!(await insert(client, editor, result, place))) return;
  await documents.close(shown);
}

/** The summary; null if there is no prose; 'none' if the writer cancelled, or was told that it failed. */
async function requestSummary(
  client: LanguageClient,
  params: SummarizeParams,
): Promise<SummarizeResult | null | 'none'> {
  const cancellation = new vscode.CancellationTokenSource();
  // The server's own progress has no Cancel button in VS Code: it is shown in a notification of ours instead.
  const workDoneToken = `foresay-summary-${randomUUID()}`;
  let onReport: (report: WorkDoneProgressReport) => void = () => {};
  const reports = client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
    if (value.kind === 'report') onReport(value);
  });
  const request = { ...params, workDoneToken };
  const answer = client.sendRequest<SummarizeResult | null>(summarizeRequest, request, cancellation.token);
  try {
    if (!(await endsWithin(answer, patience))) {
      await showProgress(params.scope, answer, cancellation, (listener) => {
        onReport = listener;
      });
    }
    return await answer;
  } catch (error) {
    if (isCancelled(error)) return 'none';
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(vscode.l10n.t('Foresay could not summarise: {0}', reason));
    return 'none';
  } finally {
    reports.dispose();
    cancellation.dispose();
  }
}

/** A notification with a Cancel button that stands until the answer is there; `listen` takes who hears the reports. */
function showProgress(
  scope: SummarizeParams['scope'],
  answer: Promise<unknown>,
  cancellation: vscode.CancellationTokenSource,
  listen: (listener: (report: WorkDoneProgressReport) => void) => void,
): Thenable<unknown> {
  const title =
    scope === 'section'
      ? vscode.l10n.t('Foresay: summarising the section')
      : vscode.l10n.t('Foresay: summarising the selection');
  const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title };
  return vscode.window.withProgress(options, (progress, token) => {
    token.onCancellationRequested(() => cancellation.cancel());
    let shown = 0;
    listen(({ message = '', percentage = shown }) => {
      progress.report({ message, increment: Math.max(0, percentage - shown) });
      shown = Math.max(shown, percentage);
    });
    return answer;
  });
}

function isCancelled(error: unknown): boolean {
  if (error instanceof vscode.CancellationError) return true;
  const codes: readonly number[] = [LSPErrorCodes.RequestCancelled, LSPErrorCodes.ServerCancelled];
  return error instanceof ResponseError && codes.includes(error.code);
}

async function pickLength(usual: number): Promise<number | undefined> {
  const lengths = [...new Set([usual, 1, 2, 3, 5, 8])].sort((a, b) => a - b);
  const items = lengths.map((sentences) => ({
    label: sentences === 1 ? vscode.l10n.t('1 sentence') : vscode.l10n.t('{0} sentences', sentences),
    description: sentences === usual ? vscode.l10n.t('as in the settings') : '',
    sentences,
  }));
  // The usual length first: Enter takes it.
  items.sort((a, b) => Number(b.sentences === usual) - Number(a.sentences === usual));
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Length of the summary') });
  return picked?.sentences;
}

async function pickPlace(result: SummarizeResult, first: Place): Promise<Place | undefined> {
  const items: (vscode.QuickPickItem & { place: Place })[] = [
    {
      place: 'above',
      label: `$(arrow-up) ${vscode.l10n.t('Insert above')}`,
      description: vscode.l10n.t('before what was summarised'),
    },
    {
      place: 'below',
      label: `$(arrow-down) ${vscode.l10n.t('Insert below')}`,
      description: vscode.l10n.t('after what was summarised'),
    },
    { place: 'cursor', label: `$(edit) ${vscode.l10n.t('Insert at the cursor')}` },
    { place: 'copy', label: `$(copy) ${vscode.l10n.t('Copy')}` },
    { place: 'new', label: `$(new-file) ${vscode.l10n.t('Open as a new document')}` },
    { place: 'keep', label: `$(book) ${vscode.l10n.t('Only keep it open')}` },
  ];
  items.sort((a, b) => Number(b.place === first) - Number(a.place === first));
  const title = howMade(result);
  const placeHolder = vscode.l10n.t('Where should the summary go?');
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder, ignoreFocusOut: true });
  return picked?.place;
}

/** Puts the block into the document in one undoable edit; false, with a word, if the text has changed meanwhile. */
async function insert(
  client: LanguageClient,
  editor: vscode.TextEditor,
  result: SummarizeResult,
  place: 'above' | 'below' | 'cursor',
): Promise<boolean> {
  const { document } = editor;
  if (place !== 'cursor' && document.version !== result.version) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        'Foresay: the text has changed since it was summarised. Insert the summary at the cursor, or take it from its own document.',
      ),
    );
    return false;
  }
  const at = place === 'cursor' ? editor.selection.active : client.protocol2CodeConverter.asPosition(result[place]);
  const block = summaryBlock(
    document.languageId,
    result.sentences.map((sentence) => sentence.text),
  );
  const [before, after] = blankLines(document, at);
  const done = await editor.edit((edit) => edit.insert(at, `${before}${block}${after}`));
  if (!done)
    void vscode.window.showErrorMessage(
      vscode.l10n.t('Foresay: the editor refused the edit; the summary is in its own document.'),
    );
  return done;
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
