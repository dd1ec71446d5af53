/** A document as it would be with an edit, beside what it is: VS Code's diff editor on a read-only copy. */
import * as vscode from 'vscode';

const scheme = 'foresay-preview';

/** Serves the copies; keeps those that are open. */
export class DiffPreviews implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #disposables: vscode.Disposable[];
  #count = 0;

  constructor() {
    this.#disposables = [
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())),
    ];
  }

  /** Opens the comparison; gives back how to close it. */
  async show(document: vscode.TextDocument, edit: vscode.TextEdit, title: string): Promise<() => Promise<void>> {
    this.#count += 1;
    // The path ends in the document's name, so that the copy has its language.
    const copy = vscode.Uri.from({ scheme, path: `/${this.#count}/${document.uri.path.split('/').at(-1)}` });
    this.#texts.set(copy.toString(), edited(document, edit));
    await vscode.commands.executeCommand('vscode.diff', document.uri, copy, title, { preview: true });
    return async () => {
      const tabs = vscode.window.tabGroups.all
        .flatMap((group) => group.tabs)
        .filter(
          ({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.toString() === copy.toString(),
        );
      if (tabs.length > 0) await vscode.window.tabGroups.close(tabs);
    };
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    for (const each of this.#disposables.splice(0)) each.dispose();
    this.#texts.clear();
  }
}

function edited(document: vscode.TextDocument, { range, newText }: vscode.TextEdit): string {
  const text = document.getText();
  return text.slice(0, document.offsetAt(range.start)) + newText + text.slice(document.offsetAt(range.end));
}
