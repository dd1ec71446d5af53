/** "Open Concept Report": the server's report beside the text, with links from its places into the text. */
import * as vscode from 'vscode';
import { reportScheme } from '../../../server/src/protocol.ts';
import { supportedDocument } from '../supported.ts';

/** A place as the server writes it: `L12` where an entry begins, or behind a heading. */
const place = /(?<=^ {2}[ =] |^## .* {2})L(\d+)\b/u;

/** True for reports: they show something of another document. */
export function isReport(document: vscode.TextDocument): boolean {
  return document.uri.scheme === reportScheme;
}

/** Opens the report on the document in front, beside it. */
export async function openReport(): Promise<void> {
  const source = supportedDocument();
  if (!source) return;
  const name = source.uri.path.split('/').at(-1) ?? '';
  const path = `/${vscode.l10n.t('Concept report of {0}', name)}.foresay-report`;
  const uri = vscode.Uri.from({ scheme: reportScheme, path, query: source.uri.toString() });
  // A long document has to be read first.
  const location = vscode.ProgressLocation.Window;
  const title = vscode.l10n.t('Foresay: writing the concept report');
  const document = await vscode.window.withProgress({ location, title }, () => vscode.workspace.openTextDocument(uri));
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: false });
}

/** Makes the places of reports links to their lines. */
export function linkReports(): vscode.Disposable {
  return vscode.languages.registerDocumentLinkProvider(
    { scheme: reportScheme },
    {
      provideDocumentLinks(document) {
        const source = vscode.Uri.parse(document.uri.query);
        const links: vscode.DocumentLink[] = [];
        for (let line = 0; line < document.lineCount; line++) {
          const found = place.exec(document.lineAt(line).text);
          if (!found) continue;
          const range = new vscode.Range(line, found.index, line, found.index + found[0].length);
          links.push(new vscode.DocumentLink(range, source.with({ fragment: `L${found[1]}` })));
        }
        return links;
      },
    },
  );
}
