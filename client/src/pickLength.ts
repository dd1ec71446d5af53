/** The list that asks how long a summary should be, and remembers the answer. */
import * as vscode from 'vscode';
import { asSummaryLength, parseSummaryLength, type SummaryLength } from '../../server/src/base/summaryLength.ts';

const storageKey = 'summaryLength';

const offered: readonly SummaryLength[] = [
  { unit: 'sentences', count: 1 },
  { unit: 'sentences', count: 2 },
  { unit: 'sentences', count: 3 },
  { unit: 'sentences', count: 5 },
  { unit: 'sentences', count: 8 },
  { unit: 'percent', count: 10 },
  { unit: 'percent', count: 20 },
  { unit: 'words', count: 50 },
  { unit: 'words', count: 150 },
];

interface LengthItem extends vscode.QuickPickItem {
  readonly length: SummaryLength;
}

/** The length that was chosen or typed; `undefined` if the list was dismissed. `usual`: sentences, by the settings. */
export function pickLength(memory: vscode.Memento, usual: number): Promise<SummaryLength | undefined> {
  const { unit, count } = memory.get<Partial<SummaryLength>>(storageKey) ?? {};
  const last = asSummaryLength(unit, count);
  const setting: SummaryLength = { unit: 'sentences', count: usual };
  // Enter takes the first: what was chosen last, or what the settings say.
  const first: LengthItem = last
    ? { label: lengthName(last), description: vscode.l10n.t('as last time'), length: last }
    : { label: lengthName(setting), description: vscode.l10n.t('as in the settings'), length: setting };
  const others = [setting, ...offered].filter(
    (each, i, all) => !isSame(each, first.length) && all.findIndex((other) => isSame(other, each)) === i,
  );
  const items = [first, ...others.map((length) => ({ label: lengthName(length), length }))];
  const picker = vscode.window.createQuickPick<LengthItem>();
  picker.title = vscode.l10n.t('Length of the summary');
  picker.placeholder = vscode.l10n.t('Pick a length, or type one: 4, 15 %, 120 words');
  picker.items = items;
  picker.onDidChangeValue((value) => {
    const length = parseSummaryLength(value);
    const typed = length && {
      label: lengthName(length),
      description: vscode.l10n.t('as typed'),
      length,
      alwaysShow: true,
    };
    picker.items = typed ? [typed, ...items.filter((item) => !isSame(item.length, typed.length))] : items;
  });
  picker.show();
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      const length = picker.activeItems[0]?.length;
      if (length) void memory.update(storageKey, length);
      resolve(length);
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
  });
}

function lengthName({ unit, count }: SummaryLength): string {
  if (unit === 'percent') return vscode.l10n.t('{0} % of the text', count);
  if (unit === 'words') return vscode.l10n.t('{0} words', count);
  return count === 1 ? vscode.l10n.t('1 sentence') : vscode.l10n.t('{0} sentences', count);
}

function isSame(a: SummaryLength, b: SummaryLength): boolean {
  return a.unit === b.unit && a.count === b.count;
}
