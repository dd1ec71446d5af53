/** Asks where the ideas should lead: a typed phrase, or the selection, a heading, a sentence of the document. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { shortened } from '../../server/src/base/shortened.ts';
import { type GoalsResult, goalsRequest, type PositionParams } from '../../server/src/protocol.ts';

interface Goal extends vscode.QuickPickItem {
  /** The text that the ideas are led towards. */
  readonly goal: string;
}

/** UTF-16 units of a sentence in a row. */
const rowLength = 110;

/** The goal that was typed or picked; `undefined` if the list was dismissed. */
export async function pickGoal(client: LanguageClient, editor: vscode.TextEditor): Promise<string | undefined> {
  const { document, selection } = editor;
  const selected = document.getText(selection).replace(/\s+/g, ' ').trim();
  const picker = vscode.window.createQuickPick<Goal>();
  const cancellation = new vscode.CancellationTokenSource();
  let goals: GoalsResult | undefined;
  const fill = (): void => {
    const typed = picker.value.trim();
    picker.items = [
      ...(typed
        ? [{ label: `$(edit) ${typed}`, description: vscode.l10n.t('what you typed'), alwaysShow: true, goal: typed }]
        : []),
      ...offered(selected, goals, typed !== ''),
    ];
  };
  picker.title = vscode.l10n.t('Suggest towards…');
  picker.placeholder = vscode.l10n.t('A phrase, a heading or a sentence that the next sentence should lead to');
  picker.onDidChangeValue(fill);
  fill();
  picker.show();
  const params: PositionParams = {
    textDocument: { uri: client.code2ProtocolConverter.asUri(document.uri) },
    position: client.code2ProtocolConverter.asPosition(selection.active),
  };
  client.sendRequest<GoalsResult | null>(goalsRequest, params, cancellation.token).then(
    (found) => {
      goals = found ?? undefined;
      if (!cancellation.token.isCancellationRequested) fill();
    },
    // A phrase can be typed without them.
    () => {},
  );
  try {
    return await new Promise((resolve) => {
      picker.onDidAccept(() => {
        const picked = picker.selectedItems[0] ?? picker.activeItems[0];
        if (picked) resolve(picked.goal);
      });
      picker.onDidHide(() => resolve(undefined));
    });
  } finally {
    cancellation.cancel();
    cancellation.dispose();
    picker.dispose();
  }
}

/** What can be picked: sentences only once something is typed that finds some of them. */
function offered(selected: string, goals: GoalsResult | undefined, withSentences: boolean): Goal[] {
  const row = (icon: string, goal: string, description = ''): Goal => ({
    label: `$(${icon}) ${shortened(goal, rowLength)}`,
    description,
    goal,
  });
  const group = (label: string, rows: readonly Goal[]): Goal[] =>
    rows.length > 0 ? [{ label, kind: vscode.QuickPickItemKind.Separator, goal: '' }, ...rows] : [];
  const next = goals?.next;
  return [
    ...(selected ? [row('selection', selected, vscode.l10n.t('the selection'))] : []),
    ...group(vscode.l10n.t('the next section'), [
      ...(next?.heading ? [row('symbol-string', next.heading, vscode.l10n.t('its heading'))] : []),
      ...(next?.sentence ? [row('arrow-right', next.sentence, vscode.l10n.t('its first sentence'))] : []),
    ]),
    ...group(
      vscode.l10n.t('headings'),
      (goals?.headings ?? []).map((heading) => row('symbol-string', heading)),
    ),
    ...(withSentences
      ? group(
          vscode.l10n.t('sentences'),
          (goals?.sentences ?? []).map((sentence) => row('quote', sentence)),
        )
      : []),
  ];
}
