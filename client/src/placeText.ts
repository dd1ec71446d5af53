/** Where a text goes that was made for a document: the writer is asked, sees it as a diff, and it is put there. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { PlacedText, TextPlacement } from '../../server/src/protocol.ts';
import type { DiffPreviews } from './diffPreview.ts';
import { pickPlace } from './pickPlace.ts';

/** What placing works with. */
export interface PlacingContext {
  readonly client: LanguageClient;
  readonly previews: DiffPreviews;
}

export interface MadeText {
  /** What the writer is asked under. */
  readonly title: string;
  /** The document's version that the places are for. */
  readonly version: number;
  readonly places: readonly PlacedText[];
  /** Plain, and as a paragraph in the document's markup. */
  readonly text: string;
  readonly block: string;
}

/** True once the text is where the writer wants it; false if it is to stay open. `placement` is offered first. */
export async function placeText(
  { client, previews }: PlacingContext,
  editor: vscode.TextEditor,
  made: MadeText,
  placement: TextPlacement | undefined,
): Promise<boolean> {
  const { document } = editor;
  const places = first(made.places, (each) => each.placement === placement);
  let choice = await pickPlace(places, made.title);
  while (choice?.kind === 'preview') {
    const { place } = choice;
    const comparison = vscode.l10n.t('{0}: without and with it', document.uri.path.split('/').at(-1) ?? '');
    const close = await previews.show(document, await editOf(client, place), comparison);
    const again = first(places, (each) => each === place);
    choice = await pickPlace(again, made.title);
    await close();
  }
  switch (choice?.kind) {
    case 'place':
      return insert(client, document, made.version, choice.place);
    case 'cursor':
      return insertAtCursor(editor, made.block);
    case 'copy':
      await vscode.env.clipboard.writeText(made.text);
      return true;
    case 'new':
      await openNew(document.languageId, made.text);
      return true;
    default:
      return false;
  }
}

/** The list with what is wanted at its start. */
function first<T>(list: readonly T[], isWanted: (item: T) => boolean): T[] {
  return [...list.filter(isWanted), ...list.filter((item) => !isWanted(item))];
}

async function editOf(client: LanguageClient, { edit }: PlacedText): Promise<vscode.TextEdit> {
  return client.protocol2CodeConverter.asTextEdit(edit);
}

/** Puts it there in one undoable edit; false, with a word, if the text has changed meanwhile. */
async function insert(
  client: LanguageClient,
  document: vscode.TextDocument,
  version: number,
  place: PlacedText,
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

export async function applied(edit: vscode.WorkspaceEdit): Promise<boolean> {
  const done = await vscode.workspace.applyEdit(edit);
  if (!done) void vscode.window.showErrorMessage(vscode.l10n.t('Foresay: the editor refused the edit.'));
  return done;
}

export function sayChanged(): void {
  const message = vscode.l10n.t('Foresay: the text has changed meanwhile; ask again.');
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

export async function editorFor(uri: vscode.Uri): Promise<vscode.TextEditor> {
  const visible = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
  return visible ?? vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
}
