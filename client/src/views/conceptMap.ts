/** The concept map: a panel that draws the followed document's sentences, and goes to the one that is chosen. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { type ConceptsResult, conceptsRequest } from '../../../server/src/protocol.ts';
import type { FromMap, MapTexts, ToMap } from '../map/messages.ts';
import type { FollowedDocument } from './followedDocument.ts';
import { LiveAnswer, type LiveState } from './liveAnswer.ts';

export class ConceptMap implements vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #followed: FollowedDocument;
  readonly #dist: vscode.Uri;
  readonly #live: LiveAnswer<ConceptsResult>;
  readonly #disposables: vscode.Disposable[];
  /** Ids of the vectors that the webview has. */
  readonly #known = new Set<string>();
  #panel: vscode.WebviewPanel | undefined;

  /** `dist`: where the map's script, worker and style are. */
  constructor(client: LanguageClient, followed: FollowedDocument, dist: vscode.Uri) {
    this.#client = client;
    this.#followed = followed;
    this.#dist = dist;
    this.#live = new LiveAnswer(client, followed, conceptsRequest, () => ({ known: [...this.#known] }));
    this.#disposables = [
      this.#live,
      this.#live.onDidChange((state) => this.#show(state)),
      followed.onDidMoveCursor(() => this.#tellCursor()),
      new vscode.Disposable(() => this.#panel?.dispose()),
    ];
  }

  /** Opens the map beside the text, or brings it to the front. */
  open(): void {
    if (this.#panel) return this.#panel.reveal();
    const panel = vscode.window.createWebviewPanel(
      'foresay.map',
      vscode.l10n.t('Concept Map'),
      vscode.ViewColumn.Beside,
      // Kept while it is hidden: to lay a long document out takes seconds.
      { enableScripts: true, localResourceRoots: [this.#dist], retainContextWhenHidden: true },
    );
    this.#panel = panel;
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#live.wanted = false;
    });
    panel.webview.onDidReceiveMessage((message: FromMap) => {
      if (message.kind === 'go') return this.#go(message.sentence, message.focus);
      // A page that starts, perhaps again, has nothing yet.
      this.#known.clear();
      this.#live.wanted = true;
      this.#live.refresh();
    });
    panel.webview.html = pageOf(panel.webview, this.#dist);
  }

  /** The server can be asked again. */
  recovered(): void {
    this.#live.recovered();
  }

  dispose(): void {
    for (const each of this.#disposables.splice(0)) each.dispose();
  }

  #show(state: LiveState<ConceptsResult>): void {
    if (state.kind === 'reading') this.#tell({ kind: 'notice', text: vscode.l10n.t('Reading the document…') });
    if (state.kind === 'problem') this.#tell({ kind: 'notice', text: state.problem });
    if (state.kind === 'none') {
      this.#tell({ kind: 'notice', text: vscode.l10n.t('Open a document in a language of prose to see its map.') });
    }
    if (state.kind !== 'answer') return;
    const { sections, sentences, repeats, vectors } = state.answer;
    for (const id of vectors.ids) this.#known.add(id);
    if (this.#panel)
      this.#panel.title = vscode.l10n.t('Concept Map of {0}', state.document.uri.path.split('/').at(-1) ?? '');
    this.#tell({
      kind: 'concepts',
      concepts: {
        uri: state.document.uri.toString(),
        sections,
        sentences: sentences.map(({ id, text, section, range }) => ({ id, text, section, line: range.start.line + 1 })),
        repeats,
        vectors,
      },
    });
    this.#tellCursor();
  }

  #tell(message: ToMap): void {
    void this.#panel?.webview.postMessage(message);
  }

  #tellCursor(): void {
    const { state } = this.#live;
    const cursor = this.#followed.editor?.selection.active;
    if (state.kind !== 'answer' || !cursor || !this.#panel) return;
    const index = state.answer.sentences.findLastIndex(
      ({ range: { start } }) =>
        start.line < cursor.line || (start.line === cursor.line && start.character <= cursor.character),
    );
    this.#tell({ kind: 'cursor', sentence: index < 0 ? null : index });
  }

  /** Shows a sentence where the document is shown already, else beside the map. */
  async #go(index: number, focus: boolean): Promise<void> {
    const { state } = this.#live;
    const range = state.kind === 'answer' ? state.answer.sentences[index]?.range : undefined;
    if (state.kind !== 'answer' || !range) return;
    const viewColumn = this.#followed.editor?.viewColumn ?? vscode.ViewColumn.One;
    const selection = this.#client.protocol2CodeConverter.asRange(range);
    await vscode.window.showTextDocument(state.document, { viewColumn, selection, preserveFocus: !focus });
  }
}

function textsOfMap(): MapTexts {
  return {
    layingOut: vscode.l10n.t('Laying out {0} sentences…'),
    beforeFirstHeading: vscode.l10n.t('Before the first heading'),
    sentences: vscode.l10n.t('Sentences: {0}, repeated ideas: {1}'),
    help: vscode.l10n.t(
      'Sentences in the order of the text. Up and Down go through them, Right goes to the one nearest in meaning, Left goes back, Enter goes to the text.',
    ),
    path: vscode.l10n.t('Order of the text'),
    repeats: vscode.l10n.t('Repeated ideas'),
    again: vscode.l10n.t('Lay Out Anew'),
    line: vscode.l10n.t('line {0}'),
    nearest: vscode.l10n.t('Nearest, similarity {0}: {1}'),
    noNearest: vscode.l10n.t('No other sentence is left to go to.'),
  };
}

/** The page; nothing in it may come from elsewhere, nor run that is not the extension's own. */
function pageOf(webview: vscode.Webview, dist: vscode.Uri): string {
  const file = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
  const nonce = randomBytes(16).toString('base64url');
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `connect-src ${webview.cspSource}`,
    'worker-src blob:',
  ].join('; ');
  const texts = textsOfMap();
  // Inside a script element only the end tag could end it.
  const json = JSON.stringify(texts).replaceAll('<', '\\u003c');
  const escaped = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${file('map.css')}">
  <title>${escaped(vscode.l10n.t('Concept Map'))}</title>
</head>
<body data-worker="${file('mapWorker.js')}">
  <header>
    <span id="count"></span>
    <label><input type="checkbox" id="path" checked>${escaped(texts.path)}</label>
    <label><input type="checkbox" id="repeats" checked>${escaped(texts.repeats)}</label>
    <button id="again" type="button">${escaped(texts.again)}</button>
  </header>
  <main id="drawing">
    <canvas id="map" aria-hidden="true"></canvas>
    <canvas id="marks" aria-hidden="true"></canvas>
    <div id="tip" hidden></div>
    <div id="notice" role="status"></div>
  </main>
  <div id="list" role="listbox" tabindex="0" aria-label="${escaped(texts.help)}"></div>
  <div id="spoken" aria-live="polite"></div>
  <script type="application/json" id="texts" nonce="${nonce}">${json}</script>
  <script type="module" nonce="${nonce}" src="${file('map.js')}"></script>
</body>
</html>`;
}
