/** Code actions: quick fixes, ideas for the next sentence, and what is worked out only when it is chosen: gaps and summaries. */
import {
  type CancellationToken,
  type CodeAction,
  CodeActionKind,
  CodeActionTriggerKind,
  LSPErrorCodes,
  ResponseError,
} from 'vscode-languageserver';
import { CancellationError } from '../base/cancellation.ts';
import { t } from '../base/l10n.ts';
import { errorMessage } from '../base/log.ts';
import { shortened } from '../base/shortened.ts';
import { commands, type SummarizeParams, type SummaryPlacement } from '../protocol.ts';
import type { Suggestions } from '../service/index.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { OpenDocument } from './documents.ts';
import { asRecord, rangeOf, spanOf } from './positions.ts';
import { quickFixes } from './quickFixes.ts';
import { type Session, suggestOptions } from './session.ts';
import { offReason } from './settings.ts';
import type { SuggestionRequests } from './suggestions.ts';
import { checkedSummarizeParams, summarizeRange, summaryEdit, versionedEdit } from './summaries.ts';

export const actionKinds = {
  fix: CodeActionKind.QuickFix,
  next: 'refactor.rewrite.foresay.next',
  gap: 'refactor.rewrite.foresay.gap',
  summarize: 'refactor.rewrite.foresay.summarize',
} as const;

const titleLength = 72;
/** Lengths offered beside the one in the settings. */
const offeredLengths = [1, 3, 5];

/** What an unresolved summary action carries. */
interface SummaryData {
  readonly params: SummarizeParams;
  readonly version: number;
  readonly placement: SummaryPlacement;
}

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
    wanted(actionKinds.summarize) && (asked || isSelection)
      ? summaryActions(session, document, span, settings.summary.sentences)
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
    known ?? (asked ? await suggestions.suggest(document, offset, false, null, token) : undefined);
  return (result?.items ?? []).map(({ insertText }) => ({
    title: t('Next sentence: {0}', shortened(insertText.trim(), titleLength)),
    kind: actionKinds.next,
    edit: versionedEdit(session, document, snapshot.version, [
      { range: rangeOf(document.text, { start: offset, end: offset }), newText: insertText },
    ]),
  }));
}

function summaryActions(
  session: Session,
  document: OpenDocument,
  selected: { readonly start: number; readonly end: number },
  usual: number,
): CodeAction[] {
  const { service, client } = session;
  const { snapshot, uri } = document;
  const scope = selected.start === selected.end ? 'section' : 'selection';
  const span = service.summarySpan(snapshot, selected, scope);
  if (!span) return [];
  const sentences = service.sentenceCount(snapshot, span);
  const lengths = [...new Set([...offeredLengths, usual])].filter((length) => length < sentences).sort((a, b) => a - b);
  // What resolves to an edit needs a client that waits for one; for others the command does the same.
  const resolves = client.textDocument?.codeAction?.resolveSupport?.properties.includes('edit') === true;
  return lengths.map((length) => {
    const params: SummarizeParams = {
      textDocument: { uri },
      range: rangeOf(document.text, selected),
      scope,
      sentences: length,
    };
    const placement: SummaryPlacement = scope === 'section' ? 'before' : 'after';
    const data: SummaryData = { params, version: snapshot.version, placement };
    const title = summaryTitle(scope, length);
    const kind = actionKinds.summarize;
    return resolves
      ? { title, kind, data }
      : { title, kind, command: { title, command: commands.summarize, arguments: [params, placement] } };
  });
}

function summaryTitle(scope: SummarizeParams['scope'], length: number): string {
  if (scope === 'section') {
    return length === 1 ? t('Summarise section in one sentence') : t('Summarise section in {0} sentences', length);
  }
  return length === 1 ? t('Summarise selection in one sentence') : t('Summarise selection in {0} sentences', length);
}

/** Fills in the edit of a summary action; the action as it came where there is nothing to fill in. */
export async function resolveCodeAction(
  session: Session,
  action: CodeAction,
  token: CancellationToken,
): Promise<CodeAction | ResponseError> {
  const data = asRecord(action.data);
  const params = checkedSummarizeParams(data.params);
  if (!params) return action;
  const document = session.documents.get(params.textDocument.uri);
  if (!document) return action;
  if (document.snapshot.version !== data.version) {
    return new ResponseError(LSPErrorCodes.ContentModified, t('the document changed since the action was offered'));
  }
  const answer = await summarizeRange(session, document, params, token);
  if (!answer) return action;
  const edit = summaryEdit(document, answer.summary, data.placement === 'after' ? 'after' : 'before');
  return { ...action, edit: versionedEdit(session, document, answer.summary.version, [edit]) };
}
