/** Code lenses: over each summary in the text whose text has changed since. */
import type { CodeLens } from 'vscode-languageserver';
import { t } from '../base/l10n.ts';
import { commands } from '../protocol.ts';
import type { OpenDocument } from './documents.ts';
import { rangeOf } from './positions.ts';
import type { Session } from './session.ts';
import { offReason } from './settings.ts';

export async function codeLenses({ service, settings }: Session, document: OpenDocument): Promise<CodeLens[]> {
  const { snapshot, text, uri } = document;
  const set = await settings.of(uri);
  if (!set.summary.staleLens || offReason(set, uri, snapshot.languageId) !== undefined) return [];
  return service
    .trackedSummaries(snapshot)
    .filter(({ isStale }) => isStale)
    .map(({ inserted }) => {
      const range = rangeOf(text, inserted);
      const title = t('Summary is stale – refresh');
      return { range, command: { title, command: commands.refreshSummaries, arguments: [uri, range] } };
    });
}
