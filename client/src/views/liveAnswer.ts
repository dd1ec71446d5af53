/** What the server says about the followed document, asked again whenever that changes, as long as somebody looks. */
import * as vscode from 'vscode';
import { type LanguageClient, LSPErrorCodes, ResponseError } from 'vscode-languageclient/node';
import type { FollowedDocument } from './followedDocument.ts';

/** Milliseconds without an edit before the server is asked: it reads new sentences only on a pause, too. */
const pause = 500;

/** `reading`: the server is not through with the document yet; `problem`: why there will be no answer, for the writer. */
export type LiveState<R> =
  | { readonly kind: 'none' }
  | { readonly kind: 'reading'; readonly document: vscode.TextDocument }
  | { readonly kind: 'answer'; readonly document: vscode.TextDocument; readonly answer: R }
  | { readonly kind: 'problem'; readonly document: vscode.TextDocument; readonly problem: string };

export class LiveAnswer<R> implements vscode.Disposable {
  readonly #followed: FollowedDocument;
  readonly #ask: (document: vscode.TextDocument, token: vscode.CancellationToken) => Promise<R | null>;
  readonly #changed = new vscode.EventEmitter<LiveState<R>>();
  readonly onDidChange = this.#changed.event;
  #state: LiveState<R> = { kind: 'none' };
  #wanted = false;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #asking: vscode.CancellationTokenSource | undefined;
  readonly #disposables: vscode.Disposable[];

  /** `params` of the request are about the document, and may hold more. */
  constructor(
    client: LanguageClient,
    followed: FollowedDocument,
    method: string,
    more: (document: vscode.TextDocument) => object = () => ({}),
  ) {
    this.#followed = followed;
    this.#ask = (document, token) => {
      const textDocument = { uri: client.code2ProtocolConverter.asUri(document.uri) };
      return client.sendRequest<R | null>(method, { textDocument, ...more(document) }, token);
    };
    this.#disposables = [
      this.#changed,
      followed.onDidChange(() => this.refresh()),
      followed.onDidEdit(() => this.#schedule()),
      vscode.workspace.onDidChangeConfiguration((change) => change.affectsConfiguration('foresay') && this.refresh()),
    ];
  }

  get state(): LiveState<R> {
    return this.#state;
  }

  /** Whether somebody looks. */
  set wanted(wanted: boolean) {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.refresh();
  }

  /** Asks anew, at once. */
  refresh(): void {
    this.#stop();
    const document = this.#followed.current;
    if (!document || !this.#wanted) return this.#set({ kind: 'none' });
    void this.#get(document);
  }

  /** The server can be asked again, after it could not. */
  recovered(): void {
    if (this.#state.kind === 'problem') this.refresh();
  }

  dispose(): void {
    this.#stop();
    for (const each of this.#disposables.splice(0)) each.dispose();
  }

  #schedule(): void {
    if (!this.#wanted) return;
    this.#stop();
    const document = this.#followed.current;
    if (document) this.#waiting = setTimeout(() => void this.#get(document), pause);
  }

  async #get(document: vscode.TextDocument): Promise<void> {
    const asking = new vscode.CancellationTokenSource();
    this.#asking = asking;
    // An older answer about the same document is better than none.
    if (this.#state.kind === 'none' || this.#state.document !== document) this.#set({ kind: 'reading', document });
    try {
      const answer = await this.#ask(document, asking.token);
      if (this.#asking !== asking) return;
      // The server has not heard of it yet.
      if (answer === null) this.#schedule();
      else this.#set({ kind: 'answer', document, answer });
    } catch (error) {
      if (this.#asking !== asking || asking.token.isCancellationRequested) return;
      // Asked for an older text: the edit that made it old asks again, or has been missed here.
      if (isOutdated(error)) this.#schedule();
      else this.#set({ kind: 'problem', document, problem: error instanceof Error ? error.message : String(error) });
    } finally {
      asking.dispose();
    }
  }

  #stop(): void {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    const asking = this.#asking;
    this.#asking = undefined;
    asking?.cancel();
  }

  #set(state: LiveState<R>): void {
    this.#state = state;
    this.#changed.fire(state);
  }
}

function isOutdated(error: unknown): boolean {
  const codes: readonly number[] = [
    LSPErrorCodes.ContentModified,
    LSPErrorCodes.RequestCancelled,
    LSPErrorCodes.ServerCancelled,
  ];
  return error instanceof vscode.CancellationError || (error instanceof ResponseError && codes.includes(error.code));
}
