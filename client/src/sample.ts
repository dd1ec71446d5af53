/** A text to try Foresay on, as the walkthrough offers it. */
import * as vscode from 'vscode';

export class Sample {
  readonly #file: vscode.Uri;
  #document: vscode.TextDocument | undefined;

  constructor(extensionUri: vscode.Uri) {
    this.#file = vscode.Uri.joinPath(extensionUri, 'samples', 'community-garden.md');
  }

  /** Opens it beside the walkthrough, unsaved and with the cursor at its end, or comes back to it; then runs `then`. */
  async open(then?: unknown): Promise<void> {
    if (!this.#document || this.#document.isClosed) {
      const content = new TextDecoder().decode(await vscode.workspace.fs.readFile(this.#file)).trimEnd();
      this.#document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
      const editor = await vscode.window.showTextDocument(this.#document, { viewColumn: vscode.ViewColumn.Beside });
      const end = this.#document.positionAt(content.length);
      editor.selection = new vscode.Selection(end, end);
      editor.revealRange(new vscode.Range(end, end));
    } else {
      const shown = vscode.window.visibleTextEditors.find(({ document }) => document === this.#document);
      await vscode.window.showTextDocument(this.#document, {
        viewColumn: shown?.viewColumn ?? vscode.ViewColumn.Beside,
      });
    }
    // The walkthrough's links name a command of ours to try on it.
    if (typeof then === 'string' && then.startsWith('foresay.')) await vscode.commands.executeCommand(then);
  }
}
