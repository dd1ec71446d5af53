/** Commands the server executes, for clients without a Foresay extension; arguments are checked, stale ones refused. */
import type { CancellationToken, WorkspaceEdit } from 'vscode-languageserver';
import { t } from '../base/l10n.ts';
import { commands, type SummarizeFolderResult } from '../protocol.ts';
import { EngineUnavailableError } from '../service/index.ts';
import type { OpenDocument } from './documents.ts';
import { placingEdit, versionedEdit } from './edits.ts';
import { checkedExpandParams, expandNote } from './expansions.ts';
import { find } from './find.ts';
import { checkedFolderParams, summarizeFolder } from './folderSummaries.ts';
import { gapInsertion, type Insertion, paragraphInsertion } from './insertions.ts';
import { asRecord, rangeOf, spanOf } from './positions.ts';
import type { Progress } from './progress.ts';
import type { Session } from './session.ts';
import { showMessage } from './showMessage.ts';
import type { SuggestionRequests } from './suggestions.ts';
import { checkedSummarizeParams, refreshSummaries, summarizeRange } from './summaries.ts';
import type { WorkspaceIndex } from './workspaceIndex.ts';

/** Most answer null: what there is to say goes to the writer as a message. `progress` is the client's, if it gave one. */
export async function executeCommand(
  session: Session,
  suggestions: SuggestionRequests,
  index: WorkspaceIndex | undefined,
  params: unknown,
  token: CancellationToken,
  restart: () => Promise<void>,
  progress?: Progress,
): Promise<unknown> {
  const { command, arguments: given } = asRecord(params);
  const list: readonly unknown[] = Array.isArray(given) ? given : [];
  if (command === commands.insert) await insert(session, list);
  else if (command === commands.summarize) await summarizeCommand(session, list, token, progress);
  else if (command === commands.refreshSummaries) await refreshCommand(session, list, token, progress);
  else if (command === commands.summarizeFolder) return folderCommand(session, list, token, progress);
  else if (command === commands.expand) await expandCommand(session, list, token, progress);
  else if (command === commands.fillGap) {
    await insertNew(session, list, token, (document, position) => gapInsertion(suggestions, document, position, token));
  } else if (command === commands.nextParagraph) {
    await insertNew(session, list, token, (document, position) =>
      paragraphInsertion(session, document, position, list[2], token, progress),
    );
  } else if (command === commands.show) await show(session, list);
  else if (command === commands.find && index) return find(session, index, list[0], token);
  else if (command === commands.clearSearchIndex && index) await clearSearchIndex(session, index);
  else if (command === commands.accepted) accepted(session, list);
  else if (command === commands.showStatistics) say(session, await session.statistics.summary());
  else if (command === commands.clearStatistics) await session.statistics.clear();
  else if (command === commands.restart) await restart();
  return null;
}

function accepted({ statistics }: Session, [id]: readonly unknown[]): void {
  if (typeof id === 'string') statistics.offers.reportAccepted(id, 0);
}

async function insert(session: Session, [uri, range, version, newText]: readonly unknown[]): Promise<void> {
  const document = typeof uri === 'string' ? session.documents.get(uri) : undefined;
  if (!document || typeof newText !== 'string') return say(session, t('Nothing to insert: the document is not open.'));
  if (version !== document.snapshot.version) return sayStale(session);
  const edit = { range: rangeOf(document.text, spanOf(document.text, range)), newText };
  await apply(session, versionedEdit(session, document, document.snapshot.version, [edit]));
}

/** Works out what to insert at the position that a command names, and inserts it where the document is as it was. */
async function insertNew(
  session: Session,
  [uri, position]: readonly unknown[],
  token: CancellationToken,
  workOut: (document: OpenDocument, position: unknown) => Promise<Insertion>,
): Promise<void> {
  const document = typeof uri === 'string' ? session.documents.get(uri) : undefined;
  if (!document) return say(session, t('Nothing to insert: the document is not open.'));
  const { snapshot } = document;
  const { version } = snapshot;
  await session.service.prepare(snapshot, token);
  const insertion = await orUnavailable(workOut(document, position));
  if (insertion instanceof Error) return say(session, insertion.message);
  if (insertion.newText === undefined) return say(session, insertion.silence);
  if (!isStill(session, document, version)) return sayStale(session);
  const span = spanOf(document.text, { start: insertion.position });
  const edit = { range: rangeOf(document.text, span), newText: insertion.newText };
  await apply(session, versionedEdit(session, document, version, [edit]));
}

/** The answer, or that no model can run. */
async function orUnavailable<T>(answer: Promise<T>): Promise<T | EngineUnavailableError> {
  return answer.catch((error: unknown) => {
    if (!(error instanceof EngineUnavailableError)) throw error;
    return error;
  });
}

async function summarizeCommand(
  session: Session,
  [raw, placement]: readonly unknown[],
  token: CancellationToken,
  progress: Progress | undefined,
): Promise<void> {
  const params = checkedSummarizeParams(raw);
  const document = params && session.documents.get(params.textDocument.uri);
  if (!params || !document) return say(session, t('Nothing to summarise: the document is not open.'));
  await session.service.prepare(document.snapshot, token);
  const result = await orUnavailable(summarizeRange(session, document, params, token, progress));
  if (result instanceof Error) return say(session, result.message);
  if (!result) return say(session, t('There is no prose to summarise here.'));
  // Whatever happened to the document meanwhile, the summary itself is not lost.
  say(session, result.sentences.map(({ text }) => text).join(' '));
  const place = result.places.find((each) => each.placement === placement);
  if (!place) return;
  if (!isStill(session, document, result.version)) return sayStale(session);
  const edit = placingEdit(session, document, result.version, place);
  if (edit) await apply(session, edit);
  else say(session, t('This editor cannot create a file.'));
}

async function show(session: Session, [uri, range]: readonly unknown[]): Promise<void> {
  const document = typeof uri === 'string' ? session.documents.get(uri) : undefined;
  if (!document) return say(session, t('Nothing to show: the document is not open.'));
  const selection = rangeOf(document.text, spanOf(document.text, range));
  const shown = await session.connection.window.showDocument({ uri: document.uri, selection, takeFocus: true });
  if (!shown.success) say(session, t('It is in line {0}.', selection.start.line + 1));
}

async function folderCommand(
  session: Session,
  [raw]: readonly unknown[],
  token: CancellationToken,
  progress: Progress | undefined,
): Promise<SummarizeFolderResult | null> {
  const params = checkedFolderParams(raw);
  const result = params && (await orUnavailable(summarizeFolder(session, params, token, progress)));
  if (result instanceof Error) say(session, result.message);
  else if (!result) say(session, t('Nothing to summarise: this is no folder on this machine.'));
  else if (result.files === 0) say(session, t('There is no prose to summarise here.'));
  else return result;
  return null;
}

async function expandCommand(
  session: Session,
  [raw, placement]: readonly unknown[],
  token: CancellationToken,
  progress: Progress | undefined,
): Promise<void> {
  const params = checkedExpandParams(raw);
  const document = params && session.documents.get(params.textDocument.uri);
  if (!params || !document) return say(session, t('Nothing to expand: the document is not open.'));
  await session.service.prepare(document.snapshot, token);
  const result = await orUnavailable(expandNote(session, document, params, token, progress));
  if (result instanceof Error) return say(session, result.message);
  if (!result) return say(session, t('There is no note to expand here.'));
  const [first, ...others] = result.places;
  if (!first) return say(session, result.silence);
  if (!isStill(session, document, result.version)) return sayStale(session);
  const { edit } = others.find((each) => each.placement === placement) ?? first;
  await apply(session, versionedEdit(session, document, result.version, [edit]));
}

async function refreshCommand(
  session: Session,
  [uri, range]: readonly unknown[],
  token: CancellationToken,
  progress: Progress | undefined,
): Promise<void> {
  const document = typeof uri === 'string' ? session.documents.get(uri) : undefined;
  if (!document) return say(session, t('Nothing to refresh: the document is not open.'));
  await session.service.prepare(document.snapshot, token);
  const result = await orUnavailable(refreshSummaries(session, document, range, token, progress));
  if (result instanceof Error) return say(session, result.message);
  const { version, edits } = result;
  if (edits.length === 0) return say(session, t('Every summary in this document is as its text is.'));
  if (!isStill(session, document, version)) return sayStale(session);
  await apply(session, versionedEdit(session, document, version, [...edits]));
}

function isStill(session: Session, document: OpenDocument, version: number): boolean {
  return session.documents.get(document.uri) === document && document.snapshot.version === version;
}

async function apply(session: Session, edit: WorkspaceEdit): Promise<void> {
  const result = await session.connection.workspace.applyEdit(edit);
  if (!result.applied) say(session, t('The editor did not apply the edit.'));
}

async function clearSearchIndex(session: Session, index: WorkspaceIndex): Promise<void> {
  const megabytes = ((await index.clear()) / 1e6).toFixed(1);
  say(session, t('The search index was deleted ({0} MB).', megabytes));
}

function sayStale(session: Session): void {
  say(session, t('The document changed or was closed in the meantime; nothing was inserted.'));
}

function say(session: Session, message: string): void {
  showMessage(session.connection, 'info', message);
}
