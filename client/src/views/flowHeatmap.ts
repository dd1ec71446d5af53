/** The flow heatmap: sentences tinted by how close they are to the one before; off until it is switched on. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { type FlowResult, flowRequest } from '../../../server/src/protocol.ts';
import type { FollowedDocument } from './followedDocument.ts';
import { LiveAnswer, type LiveState } from './liveAnswer.ts';

/** The bands that are drawn: most sentences are as usual, and stay as they are. */
const drawnBands = ['jump', 'apart', 'close', 'same'] as const;

export class FlowHeatmap implements vscode.Disposable {
  readonly #live: LiveAnswer<FlowResult>;
  readonly #client: LanguageClient;
  readonly #followed: FollowedDocument;
  readonly #types = drawnBands.map((band) => ({
    band,
    type: vscode.window.createTextEditorDecorationType({
      backgroundColor: new vscode.ThemeColor(`foresay.flow.${band}Background`),
      overviewRulerColor: new vscode.ThemeColor(`foresay.flow.${band}`),
      overviewRulerLane: vscode.OverviewRulerLane.Left,
      borderRadius: '2px',
    }),
  }));
  readonly #disposables: vscode.Disposable[];
  #on = false;
  /** The problem told last: each is told once. */
  #told = '';

  constructor(client: LanguageClient, followed: FollowedDocument) {
    this.#client = client;
    this.#followed = followed;
    this.#live = new LiveAnswer(client, followed, flowRequest);
    this.#disposables = [
      this.#live,
      ...this.#types.map(({ type }) => type),
      this.#live.onDidChange((state) => this.#show(state)),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#draw()),
    ];
  }

  /** On or off, for all documents until the window is closed. */
  toggle(): void {
    this.#on = !this.#on;
    this.#live.wanted = this.#on;
    const message = this.#on
      ? vscode.l10n.t('Flow heatmap: orange is far from the sentence before, blue is close to it')
      : vscode.l10n.t('Flow heatmap is off');
    vscode.window.setStatusBarMessage(message, 6000);
  }

  /** The server can be asked again. */
  recovered(): void {
    this.#live.recovered();
  }

  dispose(): void {
    for (const each of this.#disposables.splice(0)) each.dispose();
  }

  #show(state: LiveState<FlowResult>): void {
    const problem = state.kind === 'problem' ? state.problem : '';
    // While it is asked for again, the problem is still the last one.
    if (problem !== '' && problem !== this.#told) {
      void vscode.window.showInformationMessage(vscode.l10n.t('Foresay has no flow to show: {0}', problem));
    }
    if (problem !== '' || state.kind === 'answer') this.#told = problem;
    this.#draw();
  }

  /** The followed document's sentences in every editor that shows it; nothing in the others. */
  #draw(): void {
    const { state } = this.#live;
    const steps = state.kind === 'answer' && state.document === this.#followed.current ? state.answer.steps : [];
    for (const editor of vscode.window.visibleTextEditors) {
      const own = state.kind === 'answer' && editor.document === state.document ? steps : [];
      for (const { band, type } of this.#types) {
        const ranges = own.filter((step) => step.band === band).map(({ range }) => range);
        editor.setDecorations(
          type,
          ranges.map((range) => this.#client.protocol2CodeConverter.asRange(range)),
        );
      }
    }
  }
}
