/** The status item in the status bar and in the language status, fed by the server's status notification. */
import * as vscode from 'vscode';
import type { StatusParams } from '../../server/src/protocol.ts';
import type { Quiet } from './quiet.ts';
import { enabledFor } from './settings.ts';
import { describeStatus, type FrontDocument, type StatusText } from './statusText.ts';
import { onDidChangeSupported, supportedDocument, supportedDocuments } from './supported.ts';
import { yieldsToCopilot } from './yielding.ts';

/** Work shorter than this many milliseconds is not shown: the icon would flicker at every pause in the typing. */
const patience = 200;

/** The command for ghost text in spite of Copilot's. */
export const besideCopilot = 'foresay.ghostTextBesideCopilot';

/** Shows the newest status; a click opens the menu. */
export class StatusView implements vscode.Disposable {
  readonly #languageItem = vscode.languages.createLanguageStatusItem('foresay.status', supportedDocuments());
  readonly #barItem = vscode.window.createStatusBarItem('foresay.status', vscode.StatusBarAlignment.Right, 100);
  readonly #disposables: vscode.Disposable[] = [this.#languageItem, this.#barItem];
  #status: StatusParams = { state: 'starting', message: '' };
  /** Runs from the first word of work; what comes before it has rung is held back. */
  #holdingBack: ReturnType<typeof setTimeout> | undefined;
  #workShown = false;

  readonly #quiet: Quiet;

  constructor(quiet: Quiet) {
    this.#quiet = quiet;
    this.#languageItem.name = 'Foresay';
    this.#barItem.name = 'Foresay';
    this.#barItem.command = 'foresay.showMenu';
    this.#disposables.push(
      quiet.onDidChange(() => this.#render()),
      onDidChangeSupported(() => {
        this.#languageItem.selector = supportedDocuments();
      }),
      vscode.window.onDidChangeActiveTextEditor(() => this.#render()),
      vscode.extensions.onDidChange(() => this.#render()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('foresay') || change.affectsConfiguration('github.copilot')) this.#render();
      }),
    );
    this.#render();
  }

  /** The last status told. */
  get current(): StatusParams {
    return this.#status;
  }

  /** What there is to say to the writer, for the document in front. */
  get text(): StatusText {
    return describeStatus(this.#status, documentInFront(), this.#quiet.pausedUntil);
  }

  update(status: StatusParams): void {
    this.#status = status;
    if (status.state !== 'working') {
      clearTimeout(this.#holdingBack);
      this.#holdingBack = undefined;
      this.#workShown = false;
    } else if (!this.#workShown) {
      this.#holdingBack ??= setTimeout(() => {
        this.#workShown = true;
        this.#render();
      }, patience);
      return;
    }
    this.#render();
  }

  /** No ghost text came by itself, for a reason that the server does not know. */
  silent(reason: string): void {
    if (this.#status.lastSilence === reason) return;
    this.#status = { ...this.#status, lastSilence: reason };
    this.#render();
  }

  dispose(): void {
    clearTimeout(this.#holdingBack);
    for (const each of this.#disposables.splice(0)) each.dispose();
  }

  #render(): void {
    const document = documentInFront();
    const { text } = this;
    this.#languageItem.command = document?.yields
      ? { command: besideCopilot, title: vscode.l10n.t('Show Ghost Text Anyway') }
      : { command: 'foresay.showMenu', title: vscode.l10n.t('Options') };
    const severities = {
      information: vscode.LanguageStatusSeverity.Information,
      warning: vscode.LanguageStatusSeverity.Warning,
      error: vscode.LanguageStatusSeverity.Error,
    };
    this.#languageItem.text = text.label;
    this.#languageItem.detail = text.summary;
    this.#languageItem.accessibilityInformation = { label: `Foresay, ${text.summary}` };
    this.#languageItem.severity = severities[text.severity];
    this.#languageItem.busy = this.#status.state === 'working' || this.#status.state === 'starting';
    this.#barItem.text = text.label;
    this.#barItem.tooltip = [`Foresay, ${text.summary}`, ...text.facts].join('\n');
    this.#barItem.accessibilityInformation = { label: `Foresay, ${text.summary}` };
    // In error it stays in sight wherever the writer is; else it belongs to prose.
    if (this.#status.state === 'error' || document) this.#barItem.show();
    else this.#barItem.hide();
  }
}

/** The document of the active editor, if Foresay works in it. */
function documentInFront(): FrontDocument | undefined {
  const document = supportedDocument();
  if (!document) return undefined;
  const { uri, languageId } = document;
  return { uri: uri.toString(), languageId, enabled: enabledFor(document), yields: yieldsToCopilot(document) };
}
