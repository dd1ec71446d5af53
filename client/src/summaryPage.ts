/** A summary as it is shown beside its text. */
import * as vscode from 'vscode';
import type { SummarizeResult } from '../../server/src/protocol.ts';
import type { MadePage } from './madeDocuments.ts';

export function summaryPage(result: SummarizeResult): MadePage {
  const { sentences } = result;
  return { name: vscode.l10n.t('Summary'), title: titleOf(result), facts: howMade(result), sentences };
}

/** How the summary was made and how short it is, for a reader. */
export function howMade({ method, sourceWords, summaryWords }: SummarizeResult): string {
  return method === 'lcm'
    ? vscode.l10n.t('Planned by the concept model · {0} words to {1}', sourceWords, summaryWords)
    : vscode.l10n.t('Extractive: sentences picked from the text · {0} words to {1}', sourceWords, summaryWords);
}

/** What the summary is of. */
function titleOf({ scope, heading }: SummarizeResult): string {
  if (scope === 'document')
    return heading ? vscode.l10n.t('Summary of the document “{0}”', heading) : vscode.l10n.t('Summary of the document');
  if (!heading) return vscode.l10n.t('Summary');
  return scope === 'subtree'
    ? vscode.l10n.t('Summary of “{0}” with its subsections', heading)
    : vscode.l10n.t('Summary of “{0}”', heading);
}
