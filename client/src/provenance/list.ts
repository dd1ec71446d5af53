/** "Show Accepted Text…": what was accepted from suggestions and still stands, by file; a pick goes there. */
import * as vscode from 'vscode';
import type { AcceptedText } from './acceptedText.ts';

interface Row extends vscode.QuickPickItem {
  readonly location?: { readonly uri: vscode.Uri; readonly range: vscode.Range };
}

export async function showAcceptedText(accepted: AcceptedText): Promise<void> {
  const rows = await rowsOf(accepted);
  if (rows.length === 0) {
    const none = vscode.l10n.t(
      'Foresay knows of no accepted text here. It is noted while foresay.provenance.mark is on.',
    );
    void vscode.window.showInformationMessage(none);
    return;
  }
  const picker = vscode.window.createQuickPick<Row>();
  const forget = { iconPath: new vscode.ThemeIcon('clear-all'), tooltip: vscode.l10n.t('Forget all; the text stays') };
  picker.title = vscode.l10n.t('Accepted text');
  picker.placeholder = vscode.l10n.t('Pick one to go there');
  picker.matchOnDescription = true;
  picker.buttons = [forget];
  picker.items = rows;
  picker.onDidTriggerButton(async () => {
    await accepted.clear();
    picker.hide();
  });
  picker.onDidAccept(async () => {
    const { location } = picker.selectedItems[0] ?? {};
    picker.hide();
    if (location) await vscode.window.showTextDocument(location.uri, { selection: location.range });
  });
  picker.onDidHide(() => picker.dispose());
  picker.show();
}

async function rowsOf(accepted: AcceptedText): Promise<Row[]> {
  const rows: Row[] = [];
  let file = '';
  for (const { uri, mark } of await accepted.all()) {
    const document = await vscode.workspace.openTextDocument(uri);
    const [first, last] = [mark.pieces[0], mark.pieces.at(-1)];
    if (!first || !last) continue;
    const name = vscode.workspace.asRelativePath(uri);
    if (name !== file) rows.push({ label: name, kind: vscode.QuickPickItemKind.Separator });
    file = name;
    const range = new vscode.Range(document.positionAt(first.start), document.positionAt(last.end));
    const day = new Date(mark.at).toLocaleDateString(vscode.env.language);
    rows.push({
      label: document.getText(range).replace(/\s+/g, ' '),
      description: vscode.l10n.t('line {0} · seed {1} · {2}', range.start.line + 1, mark.seed, day),
      location: { uri, range },
    });
  }
  return rows;
}
