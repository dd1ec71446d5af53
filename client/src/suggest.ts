/** "Suggest Next Sentence…": the candidate ideas at the cursor, to pick one. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { type NextSentencesParams, type NextSentencesResult, nextSentencesRequest } from '../../server/src/protocol.ts';
import { twoLines } from './wrap.ts';

interface Idea extends vscode.QuickPickItem {
  readonly insertText: string;
}

/** Lists the candidates for the position of the cursor and inserts the one that is picked. */
export async function suggestNextSentence(client: LanguageClient): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const position = editor.selection.active;
  const params: NextSentencesParams = {
    textDocument: { uri: client.code2ProtocolConverter.asUri(editor.document.uri) },
    position: client.code2ProtocolConverter.asPosition(position),
    candidates: null,
  };
  // One picker from the question to the choice: it is busy while the server works, and dismissing it cancels the work.
  const picker = vscode.window.createQuickPick<Idea>();
  const cancellation = new vscode.CancellationTokenSource();
  const hidden = picker.onDidHide(() => cancellation.cancel());
  picker.title = 'Next sentence';
  picker.placeholder = 'Working out where the text could go…';
  picker.busy = true;
  picker.show();
  try {
    const result = await client.sendRequest<NextSentencesResult>(nextSentencesRequest, params, cancellation.token);
    if (cancellation.token.isCancellationRequested) return;
    if (result.items.length === 0) {
      void vscode.window.showInformationMessage(noSuggestion(result.silence));
      return;
    }
    const picked = await pick(picker, result);
    if (!picked) return;
    if (editor.document.version !== result.version) {
      void vscode.window.showWarningMessage('Foresay: the text has changed meanwhile; ask again.');
      return;
    }
    await editor.edit((edit) => edit.insert(position, picked.insertText));
  } catch (error) {
    if (cancellation.token.isCancellationRequested) return;
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`Foresay could not suggest a sentence: ${reason}`);
  } finally {
    hidden.dispose();
    picker.dispose();
    cancellation.dispose();
  }
}

function noSuggestion(silence: string): string {
  return silence ? `Foresay has no suggestion here: ${silence}` : 'Foresay has no suggestion here.';
}

/** Fills the picker; resolves with the idea that was accepted, or with nothing once it is dismissed. */
function pick(picker: vscode.QuickPick<Idea>, { items }: NextSentencesResult): Promise<Idea | undefined> {
  picker.items = items.map(({ insertText, score }) => {
    const [label, detail] = twoLines(insertText.trim());
    return { label, ...(detail && { detail }), description: `score ${score.toFixed(2)}`, insertText };
  });
  picker.placeholder = 'Pick the idea to continue with';
  picker.busy = false;
  return new Promise((resolve) => {
    picker.onDidAccept(() => resolve(picker.selectedItems[0] ?? picker.activeItems[0]));
    picker.onDidHide(() => resolve(undefined));
  });
}
