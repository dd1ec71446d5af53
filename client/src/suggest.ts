/** "Suggest Next Sentence…" and "Suggest Towards…": the candidate ideas at the cursor, seen in place, to pick one. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { shortened } from '../../server/src/base/shortened.ts';
import { type NextSentencesParams, type NextSentencesResult, nextSentencesRequest } from '../../server/src/protocol.ts';
import { twoLines } from './wrap.ts';

/** UTF-16 units of the sentence that names an idea. */
const nameLength = 40;

interface Idea extends vscode.QuickPickItem {
  readonly insertText: string;
}

/** Lists the candidates for the position of the cursor, led towards `towards`, and inserts the one that is picked. */
export async function suggestNextSentence(client: LanguageClient, towards = ''): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const position = editor.selection.active;
  const params: NextSentencesParams = {
    textDocument: { uri: client.code2ProtocolConverter.asUri(editor.document.uri) },
    position: client.code2ProtocolConverter.asPosition(position),
    candidates: null,
    towards,
  };
  // One picker from the question to the choice: it is busy while the server works, and dismissing it cancels the work.
  const picker = vscode.window.createQuickPick<Idea>();
  const preview = new Preview(editor, position);
  const cancellation = new vscode.CancellationTokenSource();
  const hidden = picker.onDidHide(() => cancellation.cancel());
  picker.title = towards
    ? vscode.l10n.t('Next sentence, towards “{0}”', shortened(towards, nameLength))
    : vscode.l10n.t('Next sentence');
  picker.placeholder = vscode.l10n.t('Working out where the text could go…');
  picker.busy = true;
  picker.show();
  try {
    const result = await client.sendRequest<NextSentencesResult>(nextSentencesRequest, params, cancellation.token);
    if (cancellation.token.isCancellationRequested) return;
    if (result.items.length === 0) {
      void vscode.window.showInformationMessage(noSuggestion(result.silence));
      return;
    }
    const picked = await pick(picker, result, preview);
    if (!picked) return;
    if (editor.document.version !== result.version) {
      void vscode.window.showWarningMessage(vscode.l10n.t('Foresay: the text has changed meanwhile; ask again.'));
      return;
    }
    await editor.edit((edit) => edit.insert(position, picked.insertText));
  } catch (error) {
    if (cancellation.token.isCancellationRequested) return;
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(vscode.l10n.t('Foresay could not suggest a sentence: {0}', reason));
  } finally {
    hidden.dispose();
    preview.dispose();
    picker.dispose();
    cancellation.dispose();
  }
}

/** The same, after asking what the sentence should be about; what is selected is the first answer. */
export async function suggestTowards(client: LanguageClient): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const selected = editor.document.getText(editor.selection).replace(/\s+/g, ' ').trim();
  const towards = await vscode.window.showInputBox({
    title: vscode.l10n.t('Suggest towards…'),
    prompt: vscode.l10n.t('A phrase, a heading or a sentence that the next sentence should lead to'),
    value: selected,
    validateInput: (value) => (value.trim() === '' ? vscode.l10n.t('Say where the text should go.') : undefined),
  });
  if (towards !== undefined) await suggestNextSentence(client, towards.trim());
}

function noSuggestion(silence: string): string {
  return silence
    ? vscode.l10n.t('Foresay has no suggestion here: {0}', silence)
    : vscode.l10n.t('Foresay has no suggestion here.');
}

/** Fills the picker; resolves with the idea that was accepted, or with nothing once it is dismissed. */
function pick(
  picker: vscode.QuickPick<Idea>,
  { items }: NextSentencesResult,
  preview: Preview,
): Promise<Idea | undefined> {
  picker.onDidChangeActive(([active]) => preview.show(active?.insertText ?? ''));
  picker.items = items.flatMap(({ insertText, score, near }) => {
    const [label, detail] = twoLines(insertText.trim());
    const description = vscode.l10n.t('score {0}', score.toFixed(2));
    const idea: Idea = { label, ...(detail && { detail }), description, insertText };
    // A heading over each idea: what it is closest to in the document is the shortest name for it.
    const name = {
      label: vscode.l10n.t('near “{0}”', shortened(near, nameLength)),
      kind: vscode.QuickPickItemKind.Separator,
      insertText: '',
    };
    return near ? [name, idea] : [idea];
  });
  picker.placeholder = vscode.l10n.t('Pick the idea to continue with');
  picker.busy = false;
  return new Promise((resolve) => {
    picker.onDidAccept(() => resolve(picker.selectedItems[0] ?? picker.activeItems[0]));
    picker.onDidHide(() => resolve(undefined));
  });
}

/** A text shown at a position as ghost text is, without being in the document. */
class Preview implements vscode.Disposable {
  readonly #editor: vscode.TextEditor;
  readonly #position: vscode.Position;
  readonly #type = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor('editorGhostText.foreground'), fontStyle: 'italic' },
  });

  constructor(editor: vscode.TextEditor, position: vscode.Position) {
    this.#editor = editor;
    this.#position = position;
  }

  show(text: string): void {
    // Decorations have no line breaks, and trim plain spaces at their start.
    const contentText = text
      .trimEnd()
      .replace(/^ /, '\u00a0')
      .replace(/\s*\n\s*/g, ' ');
    const range = new vscode.Range(this.#position, this.#position);
    this.#editor.setDecorations(this.#type, [{ range, renderOptions: { after: { contentText } } }]);
  }

  dispose(): void {
    this.#type.dispose();
  }
}
