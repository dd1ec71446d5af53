/** Whether Foresay works in a document, and the context key that says so of the one in front to menus and keys. */
import * as vscode from 'vscode';
import { documentSelector } from './languages.ts';

const contextKey = 'foresay.supported';
const commentsSetting = 'foresay.comments.enable';

/** The documents that Foresay works in as the settings are, whether or not it is switched off in them. */
export function supportedDocuments(): ReturnType<typeof documentSelector> {
  return documentSelector(vscode.workspace.getConfiguration().get(commentsSetting) === true);
}

export function isSupported(document: vscode.TextDocument): boolean {
  return vscode.languages.match(supportedDocuments(), document) > 0;
}

/** The document of the active editor, if Foresay works in it. */
export function supportedDocument(): vscode.TextDocument | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document && isSupported(document) ? document : undefined;
}

/** Calls when source files come under what Foresay works in, or go. */
export function onDidChangeSupported(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(commentsSetting)) listener();
  });
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
    onDidChangeSupported(update),
  );
}
