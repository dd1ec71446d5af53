/** Code actions: quick fixes, ideas for the next sentence, gaps, notes to expand, and summaries. */
import { type CancellationToken, type CodeAction, CodeActionKind, CodeActionTriggerKind } from 'vscode-languageserver';
import { CancellationError } from '../base/cancellation.ts';
import { t } from '../base/l10n.ts';
import { errorMessage } from '../base/log.ts';
import { shortened } from '../base/shortened.ts';
import { commands, type ExpandParams } from '../protocol.ts';
import { noteAt, type Span, type Suggestions } from '../service/index.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { OpenDocument } from './documents.ts';
import { versionedEdit } from './edits.ts';
import { lateAction } from './lateActions.ts';
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
  expand: 'refactor.rewrite.foresay.expand',
} as const;

const titleLength = 72;
/** UTF-16 units of the longest selection that is taken for a note. */
const noteLength = 240;

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
  const expansions = wanted(actionKinds.expand) && isSelection ? expandActions(session, document, span) : [];
  const gaps = wanted(actionKinds.gap) && asked && !isSelection ? gapActions(session, document, span.end) : [];
  const rest = [...gaps, ...expansions, ...summaries];
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

/** Of a selection that is short enough to be a note. */
function expandActions(session: Session, document: OpenDocument, selected: Span): CodeAction[] {
  const { snapshot, uri } = document;
  const note = noteAt(snapshot, selected);
  if (!note || note.text.length > noteLength) return [];
  const params: ExpandParams = {
    textDocument: { uri },
    range: rangeOf(document.text, selected),
    sentences: null,
  };
  const title = t('Expand “{0}” into a paragraph', shortened(note.text, titleLength / 2));
  return [lateAction(session, document, actionKinds.expand, title, commands.expand, [params, 'after'])];
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
