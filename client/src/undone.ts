/** Which documents' last change took something back: no ghost text comes there by itself. */
import * as vscode from 'vscode';

export class UndoneDocuments implements vscode.Disposable {
  readonly #undone = new WeakSet<vscode.TextDocument>();
  readonly #listener = vscode.workspace.onDidChangeTextDocument(({ document, reason, contentChanges }) => {
    // Also told when only the dirty state changes.
    if (contentChanges.length === 0) return;
    if (reason === undefined) this.#undone.delete(document);
    else this.#undone.add(document);
  });

  /** Whether the last change was an undo or a redo. */
  has(document: vscode.TextDocument): boolean {
    return this.#undone.has(document);
  }

  dispose(): void {
    this.#listener.dispose();
  }
}
