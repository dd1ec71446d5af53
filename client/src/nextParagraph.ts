/** "Next Paragraph…": sentences come one by one into a list, seen in place; those up to the picked one are inserted. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { type LanguageClient, ProgressType } from 'vscode-languageclient/node';
import {
  type NextParagraphParams,
  type NextParagraphResult,
  nextParagraphRequest,
  type ParagraphSentence,
} from '../../server/src/protocol.ts';
import { Preview } from './preview.ts';
import { settingsFor } from './settings.ts';
import type { SuggestContext } from './suggest.ts';
import { twoLines } from './wrap.ts';

interface Row extends vscode.QuickPickItem {
  /** Sentences up to this one, itself included. */
  readonly count: number;
}

/** Writes ahead at the cursor; what the writer takes of it is inserted in one undoable edit. */
export async function nextParagraph({ client, accepted }: SuggestContext): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const { version } = editor.document;
  const position = editor.selection.active;
  const { seed } = settingsFor(editor.document.uri).suggest;
  const list = new ParagraphList(client, editor, position);
  try {
    const insertText = await list.picked;
    if (insertText) await accepted.insert(editor, { insertText, position, seed }, version);
  } finally {
    list.dispose();
  }
}

class ParagraphList implements vscode.Disposable {
  /** The text that the writer takes, or nothing. */
  readonly picked: Promise<string | undefined>;
  readonly #client: LanguageClient;
  readonly #editor: vscode.TextEditor;
  readonly #position: vscode.Position;
  readonly #picker = vscode.window.createQuickPick<Row>();
  readonly #preview: Preview;
  readonly #sentences: ParagraphSentence[] = [];
  #asking: vscode.CancellationTokenSource | undefined;
  readonly #stop = { iconPath: new vscode.ThemeIcon('debug-stop'), tooltip: vscode.l10n.t('Stop here') };
  readonly #further = { iconPath: new vscode.ThemeIcon('add'), tooltip: vscode.l10n.t('One more sentence') };

  constructor(client: LanguageClient, editor: vscode.TextEditor, position: vscode.Position) {
    this.#client = client;
    this.#editor = editor;
    this.#position = position;
    this.#preview = new Preview(editor);
    const picker = this.#picker;
    picker.title = vscode.l10n.t('Next paragraph');
    picker.onDidTriggerButton((button) => (button === this.#stop ? this.#asking?.cancel() : void this.#ask(1)));
    picker.onDidChangeActive(([active]) => this.#preview.show(this.#text(active?.count ?? 0), position));
    this.picked = new Promise((resolve) => {
      picker.onDidAccept(() => {
        const row = picker.selectedItems[0] ?? picker.activeItems[0];
        if (row) resolve(this.#text(row.count));
      });
      picker.onDidHide(() => resolve(undefined));
    });
    picker.show();
    void this.#ask(null);
  }

  dispose(): void {
    this.#asking?.cancel();
    this.#preview.dispose();
    this.#picker.dispose();
  }

  /** The first `count` sentences, as they are inserted. */
  #text(count: number): string {
    const taken = this.#sentences.slice(0, count);
    return `${taken.map(({ insertText }) => insertText).join('')}${taken.at(-1)?.tail ?? ''}`;
  }

  /** Asks for so many more sentences, as many as the setting says for null; stopped, what has come stays. */
  async #ask(sentences: number | null): Promise<void> {
    const picker = this.#picker;
    const asking = new vscode.CancellationTokenSource();
    this.#asking = asking;
    const partialResultToken = `foresay-paragraph-${randomUUID()}`;
    const told = this.#client.onProgress(new ProgressType<ParagraphSentence>(), partialResultToken, (sentence) => {
      if (!asking.token.isCancellationRequested) this.#add(sentence);
    });
    const params: NextParagraphParams = {
      textDocument: { uri: this.#client.code2ProtocolConverter.asUri(this.#editor.document.uri) },
      position: this.#client.code2ProtocolConverter.asPosition(this.#position),
      sentences,
      after: this.#sentences.map(({ insertText }) => insertText),
      partialResultToken,
    };
    picker.busy = true;
    picker.buttons = [this.#stop];
    picker.placeholder = vscode.l10n.t('Writing ahead…');
    let silence = '';
    try {
      const result = await this.#client.sendRequest<NextParagraphResult>(nextParagraphRequest, params, asking.token);
      ({ silence } = result);
    } catch (error) {
      if (!asking.token.isCancellationRequested) silence = error instanceof Error ? error.message : String(error);
    } finally {
      told.dispose();
      asking.dispose();
    }
    if (this.#asking !== asking) return;
    this.#asking = undefined;
    picker.busy = false;
    picker.buttons = [this.#further];
    if (this.#sentences.length === 0) {
      if (silence)
        void vscode.window.showInformationMessage(vscode.l10n.t('Foresay cannot write ahead here: {0}', silence));
      picker.hide();
      return;
    }
    picker.placeholder = silence
      ? vscode.l10n.t('It ends here: {0}', silence)
      : vscode.l10n.t('Pick the last sentence to insert');
  }

  #add(sentence: ParagraphSentence): void {
    const picker = this.#picker;
    // Who has moved up to an earlier sentence stays there.
    const atEnd = picker.activeItems[0]?.count === this.#sentences.length || this.#sentences.length === 0;
    const active = picker.activeItems[0]?.count;
    this.#sentences.push(sentence);
    picker.items = this.#sentences.map(({ insertText, score }, i): Row => {
      const [label, detail] = twoLines(insertText.trim());
      const description = vscode.l10n.t('score {0}', score.toFixed(2));
      return { label, ...(detail && { detail }), description, alwaysShow: true, count: i + 1 };
    });
    const chosen = picker.items.find(({ count }) => count === (atEnd ? this.#sentences.length : active));
    if (chosen) picker.activeItems = [chosen];
  }
}
