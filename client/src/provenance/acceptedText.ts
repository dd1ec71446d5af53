/** Text accepted from suggestions: told from what is typed, marked in the editor, kept with the workspace, listed. */
import * as vscode from 'vscode';
import { settingsFor } from '../settings.ts';
import { edited, extended, type Mark, restored, type StoredMark, stored } from './marks.ts';
import { afterEdit, newOffer, type Offer } from './offers.ts';

/** A suggestion that goes into a document. */
export interface Insertion {
  readonly insertText: string;
  readonly position: vscode.Position;
  /** Of the sampler, that gives it again. */
  readonly seed: number;
}

/** One accepted suggestion, as it is listed. */
export interface Accepted {
  readonly uri: vscode.Uri;
  readonly mark: Mark;
}

const setting = 'foresay.provenance.mark';
/** Key in the workspace's state, of a record by uri. */
const stateKey = 'provenance';
/** Milliseconds after an edit until what changed is kept. */
const delay = 1000;

export class AcceptedText implements vscode.Disposable {
  readonly #state: vscode.Memento;
  /** By uri, of the documents that are open. */
  readonly #marks = new Map<string, readonly Mark[]>();
  readonly #offers = new Map<string, Offer>();
  readonly #type = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor('foresay.acceptedText'),
    overviewRulerColor: new vscode.ThemeColor('foresay.acceptedText'),
    overviewRulerLane: vscode.OverviewRulerLane.Left,
  });
  readonly #subscriptions: vscode.Disposable;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(state: vscode.Memento) {
    this.#state = state;
    this.#subscriptions = vscode.Disposable.from(
      this.#type,
      vscode.workspace.onDidOpenTextDocument((document) => this.#open(document)),
      vscode.workspace.onDidChangeTextDocument((event) => this.#change(event)),
      vscode.workspace.onDidSaveTextDocument((document) => void this.#keep(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#close(document)),
      vscode.workspace.onDidRenameFiles(({ files }) => void this.#rename(files)),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#show()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(setting)) this.#openAll();
      }),
    );
    this.#openAll();
  }

  /** Ghost text is shown; what of it is inserted at once from here on was accepted. */
  offered(document: vscode.TextDocument, position: vscode.Position, texts: readonly string[]): void {
    if (!isOn() || texts.length === 0) return;
    const key = document.uri.toString();
    this.#offers.set(key, newOffer(this.#offers.get(key), document.offsetAt(position), texts));
  }

  /** Inserts a suggestion in one undoable edit; not, with a word, if the document is not at this version any more. */
  async insert(editor: vscode.TextEditor, { insertText, position, seed }: Insertion, version: number): Promise<void> {
    const { document } = editor;
    if (document.version !== version) {
      void vscode.window.showWarningMessage(vscode.l10n.t('Foresay: the text has changed meanwhile; ask again.'));
      return;
    }
    const start = document.offsetAt(position);
    if (!(await editor.edit((edit) => edit.insert(position, insertText)))) {
      void vscode.window.showErrorMessage(vscode.l10n.t('Foresay: the editor refused the edit.'));
      return;
    }
    // Not behind the line end that may part it from what follows.
    const end = start + insertText.trimEnd().length;
    const cursor = document.positionAt(end);
    editor.selection = new vscode.Selection(cursor, cursor);
    this.#add(document, start, end, seed);
  }

  /** All that is known in this workspace, documents that are not open included. */
  async all(): Promise<Accepted[]> {
    for (const document of vscode.workspace.textDocuments) await this.#keep(document);
    const found: Accepted[] = [];
    for (const [key, marks] of Object.entries(this.#stored())) {
      const uri = vscode.Uri.parse(key);
      const document = await vscode.workspace.openTextDocument(uri).then(
        (opened) => opened,
        () => undefined,
      );
      if (!document) continue;
      for (const mark of this.#marks.get(key) ?? restored(marks, document.getText())) found.push({ uri, mark });
    }
    return found;
  }

  /** Forgets all of it; the text stays. */
  async clear(): Promise<void> {
    this.#marks.clear();
    this.#offers.clear();
    await this.#state.update(stateKey, undefined);
    this.#show();
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#subscriptions.dispose();
  }

  #openAll(): void {
    for (const document of vscode.workspace.textDocuments) this.#open(document);
    this.#show();
  }

  #open(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    const known = this.#stored()[key];
    if (!isOn()) this.#marks.delete(key);
    else if (known && !this.#marks.has(key)) this.#marks.set(key, restored(known, document.getText()));
    this.#show();
  }

  #close(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#marks.delete(key);
    this.#offers.delete(key);
  }

  #change({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const key = document.uri.toString();
    const edits = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
      start: rangeOffset,
      end: rangeOffset + rangeLength,
      inserted: text.length,
      text,
    }));
    const marks = this.#marks.get(key);
    if (marks && edits.length > 0) {
      this.#marks.set(key, edited(marks, edits));
      this.#later(document);
    }
    const offer = this.#offers.get(key);
    if (!offer || edits.length === 0) return;
    const { accepted, offer: rest } = afterEdit(offer, edits);
    if (rest) this.#offers.set(key, rest);
    else this.#offers.delete(key);
    const [edit] = edits;
    if (!edit || accepted === 'no') return;
    const end = edit.start + edit.inserted;
    if (accepted === 'new') this.#add(document, edit.start, end, settingsFor(document.uri).suggest.seed);
    else this.#marks.set(key, extended(this.#marks.get(key) ?? [], end));
    this.#later(document);
  }

  /** Marks what stands from `start` to `end`, without the white space round it. */
  #add(document: vscode.TextDocument, start: number, end: number, seed: number): void {
    if (!isOn()) return;
    const text = document.getText().slice(start, end);
    const from = start + text.length - text.trimStart().length;
    const pieces = [{ start: from, end: from + text.trim().length }];
    const mark: Mark = { pieces, length: text.trim().length, seed, at: new Date().toISOString() };
    const key = document.uri.toString();
    if (mark.length > 0) this.#marks.set(key, [...(this.#marks.get(key) ?? []), mark]);
    this.#later(document);
  }

  /** Shows the marks now, and keeps them after a while. */
  #later(document: vscode.TextDocument): void {
    this.#show();
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => void this.#keep(document), delay),
    );
  }

  /** Keeps the document's marks with the workspace; of a document that has no file yet, nothing is kept. */
  async #keep(document: vscode.TextDocument): Promise<void> {
    const key = document.uri.toString();
    const marks = this.#marks.get(key);
    if (!marks || document.isUntitled || document.isClosed) return;
    const { [key]: _, ...others } = this.#stored();
    await this.#state.update(stateKey, {
      ...others,
      ...(marks.length > 0 && { [key]: stored(marks, document.getText()) }),
    });
  }

  async #rename(files: readonly { readonly oldUri: vscode.Uri; readonly newUri: vscode.Uri }[]): Promise<void> {
    const moved = Object.entries(this.#stored()).map(([key, marks]) => {
      const renamed = files.find(({ oldUri }) => key === oldUri.toString() || key.startsWith(`${oldUri.toString()}/`));
      return [renamed ? key.replace(renamed.oldUri.toString(), renamed.newUri.toString()) : key, marks] as const;
    });
    await this.#state.update(stateKey, Object.fromEntries(moved));
    this.#openAll();
  }

  #stored(): Readonly<Record<string, readonly StoredMark[]>> {
    return this.#state.get(stateKey, {});
  }

  #show(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const marks = this.#marks.get(editor.document.uri.toString()) ?? [];
      editor.setDecorations(this.#type, isOn() ? marks.flatMap((mark) => decorations(editor.document, mark)) : []);
    }
  }
}

function isOn(): boolean {
  return vscode.workspace.getConfiguration().get(setting, false);
}

function decorations(document: vscode.TextDocument, { pieces, seed, at }: Mark): vscode.DecorationOptions[] {
  const day = new Date(at).toLocaleDateString(vscode.env.language);
  const hoverMessage = vscode.l10n.t('Accepted from Foresay on {0}, seed {1}', day, seed);
  return pieces.map(({ start, end }) => ({
    range: new vscode.Range(document.positionAt(start), document.positionAt(end)),
    hoverMessage,
  }));
}
