/** "Find by Meaning…": sentences like the phrase that is typed, or like the one at the cursor, seen in place while one chooses. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  type FindItem,
  type FindParams,
  type FindResult,
  findRequest,
  type SearchIndexParams,
  type SearchIndexState,
  searchIndexRequest,
} from '../../server/src/protocol.ts';

type Scope = FindParams['scope'];

/** Milliseconds without a letter before the search follows. */
const typingPause = 150;
/** Milliseconds between two looks at how far the workspace is read. */
const betweenLooks = 1000;

/** A sentence to go to, or something to do instead. */
interface Row extends vscode.QuickPickItem {
  readonly found?: FindItem;
  readonly run?: () => Promise<unknown>;
}

/** Asks for a phrase and lists the sentences that are closest to it; what is selected is the first one. */
export async function findByMeaning(client: LanguageClient, scope: Scope): Promise<void> {
  const finder = new Finder(client, scope);
  try {
    await finder.done;
  } finally {
    finder.dispose();
  }
}

/** Deletes the index of all workspaces, after a question that says how much it is. */
export async function clearSearchIndex(client: LanguageClient): Promise<void> {
  const { bytes, sentences, files } = await askIndex(client, {});
  const size = megabytes(bytes);
  const question =
    sentences > 0
      ? vscode.l10n.t(
          'The search index takes {0} MB on this disk. It holds {1} sentences of {2} files of this workspace, and those of other workspaces. Delete it?',
          size,
          sentences,
          files,
        )
      : vscode.l10n.t('The search index takes {0} MB on this disk. Delete it?', size);
  const yes = vscode.l10n.t('Delete');
  if ((await vscode.window.showWarningMessage(question, { modal: true }, yes)) !== yes) return;
  const after = await askIndex(client, { action: 'clear' });
  const message = vscode.l10n.t('Search index deleted; it takes {0} MB now.', megabytes(after.bytes));
  vscode.window.setStatusBarMessage(message, 5000);
}

function askIndex(client: LanguageClient, params: SearchIndexParams): Promise<SearchIndexState> {
  return client.sendRequest<SearchIndexState>(searchIndexRequest, params);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

/** One list from the first letter to the choice. */
class Finder implements vscode.Disposable {
  /** Settled when the list is gone. */
  readonly done: Promise<void>;
  readonly #client: LanguageClient;
  readonly #scope: Scope;
  readonly #picker = vscode.window.createQuickPick<Row>();
  readonly #preview = new Preview();
  /** Where the writer came from: the query when nothing is typed. */
  readonly #from = vscode.window.activeTextEditor;
  #asking: vscode.CancellationTokenSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking: ReturnType<typeof setTimeout> | undefined;

  constructor(client: LanguageClient, scope: Scope) {
    this.#client = client;
    this.#scope = scope;
    const picker = this.#picker;
    picker.title = this.#title();
    picker.placeholder = vscode.l10n.t('A phrase; nothing for the sentence at the cursor');
    picker.value = this.#from?.document.getText(this.#from.selection).replace(/\s+/g, ' ').trim() ?? '';
    picker.onDidChangeValue(() => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#search(), typingPause);
    });
    picker.onDidChangeActive(([row]) => this.#preview.show(row?.found));
    this.done = new Promise((resolve) => {
      picker.onDidAccept(() => this.#accept());
      picker.onDidHide(() => resolve());
    });
    picker.show();
    this.#search();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#looking);
    this.#asking?.cancel();
    this.#preview.dispose();
    this.#picker.dispose();
  }

  #title(more = ''): string {
    const title =
      this.#scope === 'document' ? vscode.l10n.t('Find by meaning in this document') : vscode.l10n.t('Find by meaning');
    return more ? `${title}: ${more}` : title;
  }

  async #search(): Promise<void> {
    this.#asking?.cancel();
    const asking = new vscode.CancellationTokenSource();
    this.#asking = asking;
    const { token } = asking;
    this.#picker.busy = true;
    try {
      const result = await this.#client.sendRequest<FindResult | null>(findRequest, this.#params(), token);
      if (token.isCancellationRequested || !result) return;
      this.#show(result);
    } catch (error) {
      if (token.isCancellationRequested) return;
      // Such as: why there is no model.
      this.#picker.items = [{ label: error instanceof Error ? error.message : String(error), alwaysShow: true }];
    } finally {
      if (this.#asking === asking) this.#picker.busy = false;
      asking.dispose();
    }
  }

  #params(): FindParams {
    const { code2ProtocolConverter: converter } = this.#client;
    const query = this.#picker.value.trim();
    const textDocument = this.#from && { uri: converter.asUri(this.#from.document.uri) };
    return {
      query,
      scope: this.#scope,
      ...(textDocument && { textDocument }),
      ...(this.#from && query === '' && { position: converter.asPosition(this.#from.selection.active) }),
    };
  }

  #show({ query, items, index }: FindResult): void {
    const rows: Row[] = items.map((found) => ({
      label: placeOf(found),
      description: vscode.l10n.t('similarity {0}', found.similarity.toFixed(2)),
      detail: found.text,
      // The server has chosen: no letter of the phrase need be in them.
      alwaysShow: true,
      found,
    }));
    const empty =
      query === '' ? vscode.l10n.t('No sentence at the cursor: type a phrase') : vscode.l10n.t('Nothing found');
    if (rows.length === 0) rows.push({ label: empty, alwaysShow: true });
    const all = [...this.#offers(index), ...rows];
    // Set anew, the list would go back to its first sentence under the writer's hands.
    if (contents(all) !== contents(this.#picker.items)) {
      this.#picker.items = all;
      this.#picker.activeItems = rows.slice(0, 1);
    }
    this.#follow(index);
  }

  /** What can be done about files that are not searched, in view above the sentences: one key up from the first. */
  #offers({ state, files, waiting }: SearchIndexState): Row[] {
    if (this.#scope === 'document' || !vscode.workspace.workspaceFolders) return [];
    const heading: Row = { label: vscode.l10n.t('sentences'), kind: vscode.QuickPickItemKind.Separator };
    const offer = (label: string, detail: string, run: () => Promise<unknown>): Row[] => [
      { label, detail, alwaysShow: true, run },
      heading,
    ];
    const turn = (action: 'pause' | 'resume') => () => askIndex(this.#client, { action });
    if (state === 'off' && !isSwitchedOn()) {
      const detail = vscode.l10n.t(
        'Reads the documents of this workspace in the background; keeps hashes and vectors on this disk, no text',
      );
      return offer(`$(book) ${vscode.l10n.t('Search the whole workspace')}`, detail, switchOn);
    }
    if (state === 'reading') {
      const detail = vscode.l10n.t('{0} files are read, {1} are still to be read', files, waiting);
      return offer(`$(debug-pause) ${vscode.l10n.t('Pause reading the workspace')}`, detail, turn('pause'));
    }
    if (state === 'paused') {
      const detail = vscode.l10n.t('{0} files are read', files);
      return offer(`$(debug-continue) ${vscode.l10n.t('Go on reading the workspace')}`, detail, turn('resume'));
    }
    return [];
  }

  /** Says in the title how far the workspace is read, and searches again when it is. */
  #follow({ state, files, sentences, waiting }: SearchIndexState): void {
    clearTimeout(this.#looking);
    // Switched on, it opens once the settings have come to the server and the model is loaded.
    const underWay = state === 'reading' || (state === 'off' && isSwitchedOn());
    if (this.#scope === 'document' || state === 'off') this.#picker.title = this.#title();
    else if (state === 'reading') this.#picker.title = this.#title(vscode.l10n.t('reading {0} more files…', waiting));
    else this.#picker.title = this.#title(vscode.l10n.t('{0} sentences of {1} files', sentences, files));
    if (!underWay || this.#scope === 'document') return;
    this.#looking = setTimeout(async () => {
      const now = await askIndex(this.#client, {}).catch(() => undefined);
      if (!now) return;
      if (now.state === state) this.#follow(now);
      else void this.#search();
    }, betweenLooks);
  }

  async #accept(): Promise<void> {
    const row = this.#picker.selectedItems[0] ?? this.#picker.activeItems[0];
    if (row?.found) {
      const { uri, range } = row.found;
      this.#preview.keep();
      this.#picker.hide();
      const { start } = asRange(range);
      await vscode.window.showTextDocument(vscode.Uri.parse(uri), { selection: new vscode.Range(start, start) });
    } else if (row?.run) {
      await row.run();
      void this.#search();
    }
  }
}

function isSwitchedOn(): boolean {
  return vscode.workspace.getConfiguration('foresay').get<boolean>('search.workspace') === true;
}

/** Lets the server read this workspace's documents. */
async function switchOn(): Promise<void> {
  const settings = vscode.workspace.getConfiguration('foresay');
  await settings.update('search.workspace', true, vscode.ConfigurationTarget.Workspace);
}

function contents(rows: readonly Row[]): string {
  return JSON.stringify(rows.map(({ label, description, detail }) => [label, description, detail]));
}

function placeOf({ uri, range, heading }: FindItem): string {
  const place = `${vscode.workspace.asRelativePath(vscode.Uri.parse(uri))}:${range.start.line + 1}`;
  return heading ? `${place} · ${heading}` : place;
}

function asRange({ start, end }: FindItem['range']): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

/** The sentence one is on, shown in its document; the writer is back where they were if none is kept. */
class Preview implements vscode.Disposable {
  readonly #from = vscode.window.activeTextEditor;
  readonly #selections = this.#from?.selections;
  readonly #type = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor('editor.findMatchHighlightBackground'),
  });
  #shown: FindItem | undefined;
  #kept = false;

  async show(found: FindItem | undefined): Promise<void> {
    this.#shown = found;
    if (!found) return;
    const range = asRange(found.range);
    try {
      const options = { preview: true, preserveFocus: true, selection: new vscode.Range(range.start, range.start) };
      const editor = await vscode.window.showTextDocument(vscode.Uri.parse(found.uri), options);
      // Another one was gone to meanwhile.
      if (this.#shown !== found) return;
      for (const each of vscode.window.visibleTextEditors)
        each.setDecorations(this.#type, each === editor ? [range] : []);
    } catch {
      // A file that was deleted since: going to it will say so.
    }
  }

  /** Where the writer goes now is where they stay. */
  keep(): void {
    this.#kept = true;
  }

  dispose(): void {
    const moved = this.#shown !== undefined;
    this.#shown = undefined;
    this.#type.dispose();
    if (this.#kept || !moved || !this.#from || !this.#selections) return;
    const { document, viewColumn } = this.#from;
    const selections = this.#selections;
    vscode.window.showTextDocument(document, viewColumn).then((editor) => {
      editor.selections = selections;
      editor.revealRange(selections[0] ?? editor.selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    });
  }
}
