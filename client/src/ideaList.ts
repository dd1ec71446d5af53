/** The list of ideas: each with its name and score, seen in place, and led from there: more like this, closer to the text. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { shortened } from '../../server/src/base/shortened.ts';
import {
  type NextSentencesParams,
  type NextSentencesResult,
  nextSentencesRequest,
  type SuggestedSentence,
} from '../../server/src/protocol.ts';
import { closer, moreAdventurous } from './guidance.ts';
import { Preview } from './preview.ts';
import { twoLines } from './wrap.ts';

/** Where a list starts from. */
export interface IdeaRequest {
  readonly position: vscode.Position;
  readonly towards: string;
  readonly gap: boolean;
  readonly seed: number;
  /** The guidance scale in use without a word of the writer. */
  readonly guidanceScale: number;
}

/** The idea that was picked, the place it is for, and the seed that gives it again. */
export interface PickedIdea {
  readonly insertText: string;
  readonly position: vscode.Position;
  readonly version: number;
  readonly seed: number;
}

/** UTF-16 units of the sentence that names an idea. */
const nameLength = 40;
/** UTF-16 units of the goal that the title has room for. */
const goalLength = 24;
/** While it is set, the list's commands have keys. */
const shownContext = 'foresay.ideasShown';

interface Row extends vscode.QuickPickItem {
  readonly idea?: KnownIdea;
}

/** An idea with the seed it came from. */
interface KnownIdea extends SuggestedSentence {
  readonly seed: number;
}

/** What the writer can ask of the list, beside picking. */
export type IdeaWish = 'more' | 'less' | 'closer' | 'adventurous' | 'other';

/** The lists of ideas, of which one is open at a time. */
export class IdeaLists {
  readonly #client: LanguageClient;
  #open: IdeaList | undefined;

  constructor(client: LanguageClient) {
    this.#client = client;
  }

  /** Lists the ideas for a place until one is picked or the list is dismissed; `undefined` then. */
  async pick(editor: vscode.TextEditor, request: IdeaRequest): Promise<PickedIdea | undefined> {
    const list = new IdeaList(this.#client, editor, request);
    this.#open = list;
    void vscode.commands.executeCommand('setContext', shownContext, true);
    try {
      return await list.picked;
    } finally {
      if (this.#open === list) {
        this.#open = undefined;
        void vscode.commands.executeCommand('setContext', shownContext, false);
      }
      list.dispose();
    }
  }

  /** What a key asks of the open list, for the idea that is active there. */
  wish(wish: IdeaWish): void {
    this.#open?.wish(wish);
  }
}

class IdeaList implements vscode.Disposable {
  /** The idea, or nothing once the list is dismissed. */
  readonly picked: Promise<PickedIdea | undefined>;
  readonly #client: LanguageClient;
  readonly #editor: vscode.TextEditor;
  readonly #request: IdeaRequest;
  readonly #picker = vscode.window.createQuickPick<Row>();
  readonly #preview: Preview;
  readonly #like: KnownIdea[] = [];
  readonly #unlike: KnownIdea[] = [];
  #seed: number;
  #guidanceScale: number;
  #found: readonly KnownIdea[] = [];
  /** Where the ideas go, and in which version of the document. */
  #place: Pick<PickedIdea, 'position' | 'version'>;
  #asking: vscode.CancellationTokenSource | undefined;
  readonly #buttons = {
    more: { iconPath: new vscode.ThemeIcon('thumbsup'), tooltip: vscode.l10n.t('More like this (Alt+M)') },
    less: { iconPath: new vscode.ThemeIcon('thumbsdown'), tooltip: vscode.l10n.t('Less like this (Alt+L)') },
    closer: { iconPath: new vscode.ThemeIcon('magnet'), tooltip: vscode.l10n.t('Closer to the text (Alt+C)') },
    adventurous: { iconPath: new vscode.ThemeIcon('rocket'), tooltip: vscode.l10n.t('More adventurous (Alt+A)') },
    other: { iconPath: new vscode.ThemeIcon('refresh'), tooltip: vscode.l10n.t('Other ideas (Alt+O)') },
  } as const;

  constructor(client: LanguageClient, editor: vscode.TextEditor, request: IdeaRequest) {
    this.#client = client;
    this.#editor = editor;
    this.#request = request;
    this.#place = { position: request.position, version: editor.document.version };
    this.#seed = request.seed;
    this.#guidanceScale = request.guidanceScale;
    this.#preview = new Preview(editor);
    const picker = this.#picker;
    picker.buttons = [this.#buttons.closer, this.#buttons.adventurous, this.#buttons.other];
    const wishes = Object.keys(this.#buttons) as IdeaWish[];
    const wishOf = (button: vscode.QuickInputButton): IdeaWish | undefined =>
      wishes.find((each) => this.#buttons[each] === button);
    picker.onDidTriggerButton((button) => this.#follow(wishOf(button), undefined));
    picker.onDidTriggerItemButton(({ button, item }) => this.#follow(wishOf(button), item.idea));
    picker.onDidChangeActive(([active]) => this.#preview.show(active?.idea?.insertText ?? '', this.#place.position));
    this.picked = new Promise((resolve) => {
      picker.onDidAccept(() => {
        const idea = (picker.selectedItems[0] ?? picker.activeItems[0])?.idea;
        if (idea) resolve({ ...this.#place, insertText: idea.insertText, seed: idea.seed });
      });
      picker.onDidHide(() => resolve(undefined));
    });
    picker.show();
    void this.#ask();
  }

  wish(wish: IdeaWish): void {
    this.#follow(wish, this.#picker.activeItems[0]?.idea);
  }

  dispose(): void {
    this.#asking?.cancel();
    this.#preview.dispose();
    this.#picker.dispose();
  }

  #follow(wish: IdeaWish | undefined, idea: KnownIdea | undefined): void {
    switch (wish) {
      case 'more':
      case 'less': {
        if (!idea) return;
        const [to, from] = wish === 'more' ? [this.#like, this.#unlike] : [this.#unlike, this.#like];
        if (!to.includes(idea)) to.push(idea);
        if (from.includes(idea)) from.splice(from.indexOf(idea), 1);
        this.#seed++;
        break;
      }
      case 'closer':
        this.#guidanceScale = closer(this.#guidanceScale);
        break;
      case 'adventurous':
        this.#guidanceScale = moreAdventurous(this.#guidanceScale);
        break;
      case 'other':
        this.#seed++;
        break;
      default:
        return;
    }
    void this.#ask();
  }

  /** Asks for ideas under the wishes of now, and fills the list with them. */
  async #ask(): Promise<void> {
    this.#asking?.cancel();
    const asking = new vscode.CancellationTokenSource();
    this.#asking = asking;
    const { uri } = this.#editor.document;
    const seed = this.#seed;
    const params: NextSentencesParams = {
      textDocument: { uri: this.#client.code2ProtocolConverter.asUri(uri) },
      position: this.#client.code2ProtocolConverter.asPosition(this.#request.position),
      candidates: null,
      towards: this.#request.towards,
      gap: this.#request.gap,
      like: this.#like.map(({ insertText }) => insertText),
      unlike: this.#unlike.map(({ insertText }) => insertText),
      seed,
      guidanceScale: this.#guidanceScale,
    };
    this.#picker.busy = true;
    this.#picker.title = this.#title();
    this.#picker.placeholder = vscode.l10n.t('Working out where the text could go…');
    try {
      const result = await this.#client.sendRequest<NextSentencesResult>(nextSentencesRequest, params, asking.token);
      if (asking.token.isCancellationRequested) return;
      const position = this.#client.protocol2CodeConverter.asPosition(result.position);
      this.#place = { position, version: result.version };
      this.#fill(
        result.items.map((item) => ({ ...item, seed })),
        result.silence,
      );
    } catch (error) {
      if (asking.token.isCancellationRequested) return;
      const reason = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(vscode.l10n.t('Foresay could not suggest a sentence: {0}', reason));
      this.#picker.hide();
    } finally {
      asking.dispose();
    }
  }

  #fill(found: readonly KnownIdea[], silence: string): void {
    const picker = this.#picker;
    picker.busy = false;
    // Where nothing else was found, what was there before stays, without what the writer wants less of.
    this.#found = (found.length > 0 ? found : this.#found).filter(
      (idea) => !this.#like.includes(idea) && !this.#unlike.includes(idea),
    );
    picker.placeholder = found.length > 0 ? vscode.l10n.t('Pick the idea to continue with') : noSuggestion(silence);
    if (this.#found.length + this.#like.length === 0 && this.#unlike.length === 0) {
      void vscode.window.showInformationMessage(noSuggestion(silence));
      picker.hide();
      return;
    }
    const kept = this.#like.map((idea) => this.#row(idea));
    picker.items = [
      ...this.#found.map((idea) => this.#row(idea)),
      ...(kept.length > 0
        ? [{ label: vscode.l10n.t('more like these'), kind: vscode.QuickPickItemKind.Separator }, ...kept]
        : []),
    ];
  }

  #row(idea: KnownIdea): Row {
    const [label, rest] = twoLines(idea.insertText.trim());
    const detail = rest ? `${rest}  —  ${nameOf(idea)}` : nameOf(idea);
    const description = vscode.l10n.t('score {0}', idea.score.toFixed(2));
    const buttons = [this.#buttons.more, this.#buttons.less];
    return { label, detail, description, buttons, alwaysShow: true, idea };
  }

  /** What the ideas are for, and everything that gives the same ones again. */
  #title(): string {
    const { towards, gap } = this.#request;
    const what = gap
      ? vscode.l10n.t('Filling the gap')
      : towards
        ? vscode.l10n.t('Next sentence, towards “{0}”', shortened(towards, goalLength))
        : vscode.l10n.t('Next sentence');
    const facts = vscode.l10n.t(
      'line {0} · seed {1} · guidance {2}',
      this.#request.position.line + 1,
      this.#seed,
      this.#guidanceScale,
    );
    return `${what} · ${facts}`;
  }
}

/** The section and the sentence that an idea is closest to: the shortest name for it. */
function nameOf({ heading, near }: SuggestedSentence): string {
  if (near === '') return vscode.l10n.t('near nothing in this document');
  const closest = vscode.l10n.t('near “{0}”', shortened(near, nameLength));
  return heading === '' ? closest : `${heading} · ${closest}`;
}

function noSuggestion(silence: string): string {
  return silence
    ? vscode.l10n.t('Foresay has no suggestion here: {0}', silence)
    : vscode.l10n.t('Foresay has no suggestion here.');
}
