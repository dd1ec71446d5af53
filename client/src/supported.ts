/** Whether Foresay works in a document, and the context key that says so of the one in front to menus and keys. */
import * as vscode from 'vscode';
import { documentSelector } from './languages.ts';

const contextKey = 'foresay.supported';

/** The document of the active editor, if Foresay works in it at all, whatever the settings say. */
export function supportedDocument(): vscode.TextDocument | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document && vscode.languages.match(documentSelector, document) > 0 ? document : undefined;
}

/** Keeps the context key as the active editor and its language are. */
export function watchSupported(): vscode.Disposable {
  const update = (): void => {
    void vscode.commands.executeCommand('setContext', contextKey, supportedDocument() !== undefined);
  };
  update();
  return vscode.Disposable.from(
    vscode.window.onDidChangeActiveTextEditor(update),
    // Also told when a document changes its language.
    vscode.workspace.onDidOpenTextDocument(update),
  );
}
