/** Code actions: quick fixes, ideas for the next sentence, gaps, and summaries. */
import { type CancellationToken, type CodeAction, CodeActionKind, CodeActionTriggerKind } from 'vscode-languageserver';
import { CancellationError } from '../base/cancellation.ts';
import { t } from '../base/l10n.ts';
import { errorMessage } from '../base/log.ts';
import { shortened } from '../base/shortened.ts';
import { commands } from '../protocol.ts';
import type { Suggestions } from '../service/index.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { OpenDocument } from './documents.ts';
import { versionedEdit } from './edits.ts';
import { asRecord, rangeOf, spanOf } from './positions.ts';
import { quickFixes } from './quickFixes.ts';
import { type Session, suggestOptions } from './session.ts';
import { offReason } from './settings.ts';
import { placeIn } from './suggestionPlace.ts';
import type { SuggestionRequests } from './suggestions.ts';
import { summaryActions } from './summaryActions.ts';

export const actionKinds = {
  fix: CodeActionKind.QuickFix,
  next: 'refactor.rewrite.foresay.next',
  gap: 'refactor.rewrite.foresay.gap',
} as const;

const titleLength = 72;

export async function codeActions(
  session: Session,
  suggestions: SuggestionRequests,
  diagnostics: Diagnostics,
  document: OpenDocument,
  params: unknown,
  token: CancellationToken,
): Promise<CodeAction[]> {
  const settings = await session.settings.of(document.uri);
  if (offReason(settings, document.uri, document.snapshot.languageId) !== undefined) return [];
  const { range, context } = asRecord(params);
  const { only, triggerKind } = asRecord(context);
  const wanted = (kind: string): boolean =>
    !Array.isArray(only) || only.some((filter) => kind === filter || kind.startsWith(`${filter}.`));
  const span = spanOf(document.text, range);
  const isSelection = span.start !== span.end;
  // Editors ask on every move of the cursor too, and show a lightbulb for what they get. A section can be summarised
  // from each of its lines, and a model takes its time: both are for a writer who asked.
  const asked = triggerKind !== CodeActionTriggerKind.Automatic;
  const fixes = wanted(actionKinds.fix) ? quickFixes(session, diagnostics, document, span) : [];
  const summaries =
    asked || isSelection
      ? summaryActions(session, document, span, settings.summary.sentences).filter(({ kind }) => wanted(kind))
      : [];
  const rest =
    wanted(actionKinds.gap) && asked && !isSelection
      ? [...gapActions(session, document, span.end), ...summaries]
      : summaries;
  if (!wanted(actionKinds.next) || isSelection) return [...fixes, ...rest];
  const next = await nextActions(session, suggestions, document, span.end, asked, token).catch((error: unknown) => {
    // The summaries are worth having without them.
    if (!(error instanceof CancellationError)) {
      session.guard.logger.error(`codeAction ${document.uri}: ${errorMessage(error)}`);
    }
    return [];
  });
  return [...fixes, ...next, ...rest];
}

/** On an empty line between two paragraphs: a command, so that no model runs for who only looks what there is. */
function gapActions({ service }: Session, document: OpenDocument, cursor: number): CodeAction[] {
  const { snapshot, uri } = document;
  if (!service.isBetweenParagraphs(snapshot, cursor)) return [];
  const title = t('Fill the gap between these paragraphs');
  const position = document.text.positionAt(cursor);
  return [{ title, kind: actionKinds.gap, command: { title, command: commands.fillGap, arguments: [uri, position] } }];
}

async function nextActions(
  session: Session,
  suggestions: SuggestionRequests,
  document: OpenDocument,
  cursor: number,
  asked: boolean,
  token: CancellationToken,
): Promise<CodeAction[]> {
  const { service, settings } = session;
  const { snapshot, uri } = document;
  const offset = service.suggestionOffset(snapshot, cursor);
  if (offset === undefined) return [];
  const set = await settings.of(uri);
  const known = service.suggested(snapshot, offset, { ...suggestOptions(set, set.suggest.candidates), least: 1 });
  const result: Suggestions | undefined =
    known ?? (asked ? await suggestions.suggest(document, placeIn(document, offset), false, null, token) : undefined);
  return (result?.items ?? []).map(({ insertText }) => ({
    title: t('Next sentence: {0}', shortened(insertText.trim(), titleLength)),
    kind: actionKinds.next,
    edit: versionedEdit(session, document, snapshot.version, [
      { range: rangeOf(document.text, { start: offset, end: offset }), newText: insertText },
    ]),
  }));
}
