/** The tree view "Concept Outline": sections, their topics by key sentence; it follows the cursor and the edits. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  type LspRange,
  type OutlineResult,
  type OutlineSection,
  type OutlineTopic,
  outlineRequest,
} from '../../../server/src/protocol.ts';
import type { FollowedDocument } from './followedDocument.ts';
import { LiveAnswer, type LiveState } from './liveAnswer.ts';

/** Milliseconds that the cursor must rest before the tree follows. */
const rest = 150;

type Node = { readonly id: string; readonly parent: Node | undefined; readonly children: readonly Node[] } & (
  | { readonly kind: 'section'; readonly section: OutlineSection }
  | { readonly kind: 'topic'; readonly topic: OutlineTopic }
);

export class ConceptOutline implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #live: LiveAnswer<OutlineResult>;
  readonly #client: LanguageClient;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<Node>;
  readonly #disposables: vscode.Disposable[];
  #roots: readonly Node[] = [];
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor(client: LanguageClient, followed: FollowedDocument) {
    this.#client = client;
    this.#live = new LiveAnswer(client, followed, outlineRequest);
    this.#view = vscode.window.createTreeView<Node>('foresay.outline', {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    this.#disposables = [
      this.#live,
      this.#changed,
      this.#view,
      this.#live.onDidChange((state) => this.#show(state, followed)),
      this.#view.onDidChangeVisibility(({ visible }) => {
        this.#live.wanted = visible;
      }),
      followed.onDidMoveCursor((position) => {
        clearTimeout(this.#resting);
        this.#resting = setTimeout(() => void this.#followCursor(position), rest);
      }),
    ];
    this.#live.wanted = this.#view.visible;
  }

  /** The server can be asked again. */
  recovered(): void {
    this.#live.recovered();
  }

  getChildren(node?: Node): Node[] {
    return [...(node ? node.children : this.#roots)];
  }

  getParent(node: Node): Node | undefined {
    return node.parent;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const item = node.kind === 'section' ? this.#sectionItem(node.section) : this.#topicItem(node.topic);
    item.id = node.id;
    return item;
  }

  dispose(): void {
    clearTimeout(this.#resting);
    for (const each of this.#disposables.splice(0)) each.dispose();
  }

  #sectionItem({ heading, range, topics, subsections }: OutlineSection): vscode.TreeItem {
    const label = heading || vscode.l10n.t('Before the first heading');
    const state =
      topics.length + subsections.length > 0
        ? vscode.TreeItemCollapsibleState.Expanded
        : vscode.TreeItemCollapsibleState.None;
    const item = new vscode.TreeItem(label, state);
    item.command = this.#reveal({ start: range.start, end: range.start });
    return item;
  }

  #topicItem({ range, sentences, coherence, key }: OutlineTopic): vscode.TreeItem {
    const item = new vscode.TreeItem(key.text);
    const lines = { first: range.start.line + 1, last: range.end.line + 1 };
    const place =
      lines.first === lines.last
        ? vscode.l10n.t('line {0}', lines.first)
        : vscode.l10n.t('lines {0} to {1}', lines.first, lines.last);
    const size = sentences === 1 ? vscode.l10n.t('1 sentence') : vscode.l10n.t('{0} sentences', sentences);
    const unity = vscode.l10n.t('holds together {0}', coherence.toFixed(2));
    item.tooltip = [key.text, `${place}, ${size}${sentences > 1 ? `, ${unity}` : ''}`].join('\n\n');
    item.accessibilityInformation = { label: `${key.text} ${place}, ${size}` };
    item.iconPath = new vscode.ThemeIcon('lightbulb');
    item.command = this.#reveal(key.range);
    return item;
  }

  #reveal(range: LspRange): vscode.Command {
    const state = this.#live.state;
    const target = state.kind === 'none' ? undefined : state.document.uri;
    const selection = this.#client.protocol2CodeConverter.asRange(range);
    return { command: 'vscode.open', title: vscode.l10n.t('Go to'), arguments: [target, { selection }] };
  }

  #show(state: LiveState<OutlineResult>, followed: FollowedDocument): void {
    this.#roots =
      state.kind === 'answer' ? state.answer.sections.map((section) => sectionNode(section, undefined)) : [];
    this.#view.message = messageOf(state, this.#roots.length) ?? '';
    this.#changed.fire(undefined);
    const cursor = followed.editor?.selection.active;
    if (cursor) void this.#followCursor(cursor);
  }

  /** Selects where the cursor is, and leaves the focus where it is. */
  async #followCursor(position: vscode.Position): Promise<void> {
    if (!this.#view.visible) return;
    const at = nodeAt(this.#roots, position);
    // A tree that has just changed may not know the node any more.
    if (at) await this.#view.reveal(at, { select: true, focus: false }).then(undefined, () => {});
  }
}

function messageOf(state: LiveState<OutlineResult>, sections: number): string | undefined {
  if (state.kind === 'reading') return vscode.l10n.t('Reading the document…');
  if (state.kind === 'problem') return state.problem;
  return state.kind === 'answer' && sections === 0 ? vscode.l10n.t('There is no prose here yet.') : undefined;
}

function sectionNode(section: OutlineSection, parent: Node | undefined, number = 0): Node {
  const id = `${parent?.id ?? ''}/${number}#${section.heading}`;
  const children: Node[] = [];
  const node: Node = { kind: 'section', id, parent, section, children };
  // Equal sentences may each be key to a topic, so that the place is part of the name.
  for (const [i, topic] of section.topics.entries()) {
    children.push({ kind: 'topic', id: `${id}/${i}=${topic.key.text}`, parent: node, topic, children: [] });
  }
  for (const [i, each] of section.subsections.entries()) children.push(sectionNode(each, node, i));
  return node;
}

/** The innermost node whose range holds the position. */
function nodeAt(nodes: readonly Node[], { line, character }: vscode.Position): Node | undefined {
  const isAt = ({ start, end }: LspRange): boolean =>
    (start.line < line || (start.line === line && start.character <= character)) &&
    (end.line > line || (end.line === line && end.character >= character));
  const found = nodes.find((node) => isAt(node.kind === 'section' ? node.section.range : node.topic.range));
  return found && (nodeAt(found.children, { line, character } as vscode.Position) ?? found);
}
