/** The document that the views are about: the one in front, or the last one while what is in front is no text. */
import * as vscode from 'vscode';
import { supportedDocument } from '../supported.ts';

/** True for views that have something to be about; unlike `foresay.supported` it stays while a webview has the focus. */
const contextKey = 'foresay.followed';

export class FollowedDocument implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.TextDocument | undefined>();
  /** Another document is followed, or none; also told of one that changed its language. */
  readonly onDidChange = this.#changed.event;
  readonly #edited = new vscode.EventEmitter<void>();
  /** Its text changed. */
  readonly onDidEdit = this.#edited.event;
  readonly #moved = new vscode.EventEmitter<vscode.Position>();
  /** The cursor in it moved. */
  readonly onDidMoveCursor = this.#moved.event;
  #document: vscode.TextDocument | undefined;
  readonly #disposables: vscode.Disposable[];

  /** `isView`: documents that show something of another one, and leave it followed. */
  constructor(isView: (document: vscode.TextDocument) => boolean) {
    const look = (): void => {
      const front = vscode.window.activeTextEditor?.document;
      if (!front || isView(front)) return;
      this.#follow(supportedDocument());
    };
    this.#disposables = [
      this.#changed,
      this.#edited,
      this.#moved,
      vscode.window.onDidChangeActiveTextEditor(look),
      vscode.workspace.onDidOpenTextDocument(look),
      vscode.workspace.onDidCloseTextDocument((closed) => closed === this.#document && this.#follow(undefined)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (document === this.#document && contentChanges.length > 0) this.#edited.fire();
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections: [first] }) => {
        if (textEditor.document === this.#document && first) this.#moved.fire(first.active);
      }),
    ];
    look();
  }

  get current(): vscode.TextDocument | undefined {
    return this.#document;
  }

  /** An editor that shows it. */
  get editor(): vscode.TextEditor | undefined {
    return vscode.window.visibleTextEditors.find(({ document }) => document === this.#document);
  }

  dispose(): void {
    for (const each of this.#disposables.splice(0)) each.dispose();
  }

  #follow(document: vscode.TextDocument | undefined): void {
    if (document === this.#document) return;
    this.#document = document;
    void vscode.commands.executeCommand('setContext', contextKey, document !== undefined);
    this.#changed.fire(document);
  }
}
