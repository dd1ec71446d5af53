/** A text shown in place, before it is in the document. */
import * as vscode from 'vscode';

/**
 * Decorations neither wrap nor break lines, so that what goes behind a long line would stand beyond the window: this one
 * is a box below the line, put there by the style that may follow a text decoration.
 */
const box = [
  'none',
  'position: absolute',
  'z-index: 10',
  'top: 100%',
  'left: 0',
  'width: min(80ch, 70vw)',
  'padding: 0 1ch',
  'white-space: pre-wrap',
  'background: var(--vscode-editorHoverWidget-background)',
  'border: 1px solid var(--vscode-editorHoverWidget-border)',
].join('; ');

/** A text shown below the line of a position, as ghost text is, without being in the document. */
export class Preview implements vscode.Disposable {
  readonly #editor: vscode.TextEditor;
  readonly #type = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor('editorGhostText.foreground'), fontStyle: 'italic', textDecoration: box },
  });

  constructor(editor: vscode.TextEditor) {
    this.#editor = editor;
  }

  show(text: string, position: vscode.Position): void {
    const contentText = text.trim().replace(/\s+/g, ' ');
    const range = new vscode.Range(position, position);
    if (contentText === '') return this.#editor.setDecorations(this.#type, []);
    this.#editor.setDecorations(this.#type, [{ range, renderOptions: { after: { contentText } } }]);
    // A list covers the window's upper part, and the box needs some lines below.
    this.#editor.revealRange(range, vscode.TextEditorRevealType.InCenter);
  }

  dispose(): void {
    this.#type.dispose();
  }
}
