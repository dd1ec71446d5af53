/** When no ghost text comes by itself for a reason that only the editor knows: a pause, an undo, another provider. */
import * as vscode from 'vscode';
import { yieldsToCopilot } from './yielding.ts';

const hour = 60 * 60 * 1000;
/** Says to menus whether there is a pause. */
const contextKey = 'foresay.paused';

export class Quiet implements vscode.Disposable {
  readonly #undone = new WeakSet<vscode.TextDocument>();
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires when a pause begins or ends. */
  readonly onDidChange = this.#changed.event;
  #pause: { readonly until: Date; readonly timer: ReturnType<typeof setTimeout> } | undefined;
  readonly #listener = vscode.workspace.onDidChangeTextDocument(({ document, reason, contentChanges }) => {
    // Also told when only the dirty state changes.
    if (contentChanges.length === 0) return;
    if (reason === undefined) this.#undone.delete(document);
    else this.#undone.add(document);
  });

  /** When the pause under way ends. */
  get pausedUntil(): Date | undefined {
    return this.#pause?.until;
  }

  /** Why nothing comes by itself in this document, a sentence for the writer; `undefined` if it may. */
  reasonToWait(document: vscode.TextDocument): string | undefined {
    if (this.#pause) return vscode.l10n.t('Ghost text is paused.');
    if (this.#undone.has(document)) return vscode.l10n.t('You have just undone or redone something.');
    if (yieldsToCopilot(document)) return vscode.l10n.t('Left to GitHub Copilot (foresay.suggest.yieldToCopilot).');
    return undefined;
  }

  /** Nothing for an hour from now, in any document. */
  pauseForAnHour(): void {
    clearTimeout(this.#pause?.timer);
    this.#pause = { until: new Date(Date.now() + hour), timer: setTimeout(() => this.resume(), hour) };
    this.#tell();
  }

  resume(): void {
    clearTimeout(this.#pause?.timer);
    this.#pause = undefined;
    this.#tell();
  }

  #tell(): void {
    void vscode.commands.executeCommand('setContext', contextKey, this.#pause !== undefined);
    this.#changed.fire();
  }

  dispose(): void {
    clearTimeout(this.#pause?.timer);
    this.#listener.dispose();
    this.#changed.dispose();
  }
}
