/** The read-only documents that show what was made of a text beside it, each sentence with links to its sources. */
import * as vscode from 'vscode';
import type { SummarySentence } from '../../server/src/protocol.ts';

const scheme = 'foresay-summary';

/** What is shown. */
export interface MadePage {
  /** The name of its tab, which a number is added to. */
  readonly name: string;
  readonly title: string;
  /** How it was made. */
  readonly facts: string;
  readonly sentences: readonly { readonly text: string; readonly sources: SummarySentence['sources'] }[];
}

interface Shown {
  readonly lines: readonly string[];
  readonly links: readonly vscode.DocumentLink[];
}

/** Serves the pages as virtual Markdown documents; keeps the ones that are open. */
export class MadeDocuments
  implements vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider, vscode.Disposable
{
  readonly #shown = new Map<string, Shown>();
  readonly #disposables: vscode.Disposable[];
  #count = 0;

  constructor() {
    this.#disposables = [
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.languages.registerDocumentLinkProvider({ scheme }, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#shown.delete(uri.toString())),
    ];
  }

  /** Opens the page under the text it is of, which keeps the focus; gives the document's address. */
  async show(page: MadePage, source: vscode.TextEditor): Promise<vscode.Uri> {
    this.#count += 1;
    const uri = vscode.Uri.from({ scheme, path: `/${page.name} ${this.#count}.md` });
    this.#shown.set(uri.toString(), layOut(page, source.document.uri));
    const document = await vscode.workspace.openTextDocument(uri);
    const backToSource = (): Thenable<unknown> =>
      vscode.window.showTextDocument(source.document, source.viewColumn && { viewColumn: source.viewColumn });
    let column = columnOfPages();
    if (column === undefined) {
      await backToSource();
      // Under the text and not beside it: lines stay long, and the list of places at the window's top covers neither.
      await vscode.commands.executeCommand('workbench.action.newGroupBelow');
      column = vscode.ViewColumn.Active;
    }
    await vscode.window.showTextDocument(document, { viewColumn: column });
    await backToSource();
    return uri;
  }

  /** Closes a page whose text has been taken over. */
  async close(uri: vscode.Uri): Promise<void> {
    const tabs = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString());
    if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#shown.get(uri.toString())?.lines.join('\n') ?? '';
  }

  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
    return [...(this.#shown.get(document.uri.toString())?.links ?? [])];
  }

  dispose(): void {
    for (const each of this.#disposables.splice(0)) each.dispose();
    this.#shown.clear();
  }
}

/** Where a page is open already: the next one goes there. */
function columnOfPages(): vscode.ViewColumn | undefined {
  const holdsPage = ({ input }: vscode.Tab): boolean =>
    input instanceof vscode.TabInputText && input.uri.scheme === scheme;
  return vscode.window.tabGroups.all.find(({ tabs }) => tabs.some(holdsPage))?.viewColumn;
}

function layOut({ title, facts, sentences }: MadePage, source: vscode.Uri): Shown {
  const lines: string[] = [`# ${title}`, ''];
  const links: vscode.DocumentLink[] = [];
  lines.push(facts, '');
  for (const sentence of sentences) {
    lines.push(sentence.text, '');
    for (const { range, text, similarity } of sentence.sources) {
      const place = vscode.l10n.t('line {0}', range.start.line + 1);
      const target = source.with({ fragment: `L${range.start.line + 1},${range.start.character + 1}` });
      const before = '- ';
      const at = new vscode.Range(lines.length, before.length, lines.length, before.length + place.length);
      links.push(new vscode.DocumentLink(at, target));
      // A sentence that was picked as it stands need not be read twice.
      const quoted =
        text === sentence.text ? '' : `, ${vscode.l10n.t('similarity {0}', similarity.toFixed(2))}: ${text}`;
      lines.push(`${before}${place}${quoted}`);
    }
    if (sentence.sources.length > 0) lines.push('');
  }
  return { lines, links };
}
