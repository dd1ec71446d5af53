/** Summaries for the editor: asked for with progress and cancel, and turned into edits of the document. */
import type { CancellationToken, TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import { CancellationSource } from '../base/cancellationSource.ts';
import { t } from '../base/l10n.ts';
import { summaryBlock } from '../base/summaryBlock.ts';
import type { SummarizeParams, SummarizeResult, SummaryPlacement } from '../protocol.ts';
import type { Span, Summary } from '../service/index.ts';
import type { OpenDocument } from './documents.ts';
import { asRecord, rangeOf, spanOf } from './positions.ts';
import { createProgress, type Progress } from './progress.ts';
import type { Session } from './session.ts';

/** Most sentences a summary may be asked to have. */
const mostSentences = 30;

export interface SummaryAnswer {
  readonly summary: Summary;
  readonly result: SummarizeResult;
}

/** The parameters with everything wrong in them replaced; `undefined` if they name no document. */
export function checkedSummarizeParams(params: unknown): SummarizeParams | undefined {
  const { textDocument, range, scope, sentences, workDoneToken } = asRecord(params);
  const { uri } = asRecord(textDocument);
  if (typeof uri !== 'string') return undefined;
  const count = typeof sentences === 'number' && sentences >= 1 ? Math.min(mostSentences, Math.trunc(sentences)) : null;
  return {
    textDocument: { uri },
    range: range as SummarizeParams['range'],
    scope: scope === 'selection' ? 'selection' : 'section',
    sentences: count,
    ...(typeof workDoneToken === 'string' || typeof workDoneToken === 'number' ? { workDoneToken } : {}),
  };
}

/** The summary, with progress shown in the editor; `undefined` when there is no prose in the range. */
export async function summarizeRange(
  session: Session,
  document: OpenDocument,
  params: SummarizeParams,
  token: CancellationToken,
  given?: Progress,
): Promise<SummaryAnswer | undefined> {
  const { service, settings, status } = session;
  const { snapshot } = document;
  const span = service.summarySpan(snapshot, spanOf(document.text, params.range), params.scope);
  if (!span) return undefined;
  const set = await settings.of(document.uri);
  const source = new CancellationSource(token);
  const progress = given ?? (await createProgress(session, source));
  const working = status.working(t('Summarising…'));
  progress?.begin(t('Foresay: summarising'), 0, '', true);
  try {
    const summary = await service.summarize(
      snapshot,
      span,
      { sentences: params.sentences ?? set.summary.sentences, method: set.summary.method, seed: set.suggest.seed },
      source.token,
      (step, done, total) => progress?.report(percentage(step, done, total), stepName(step)),
    );
    return summary && { summary, result: asResult(document, summary) };
  } finally {
    progress?.done();
    working();
    source.dispose();
  }
}

type SummaryStep = 'reading' | 'planning' | 'wording';

function stepName(step: SummaryStep): string {
  switch (step) {
    case 'reading':
      return t('Reading…');
    case 'planning':
      return t('Planning…');
    case 'wording':
      return t('Wording…');
  }
}

/** Reading takes about the first half of the time, planning a little, wording the rest. */
function percentage(step: SummaryStep, done: number, total: number): number {
  const share = total > 0 ? done / total : 0;
  if (step === 'reading') return Math.round(50 * share);
  return step === 'planning' ? 50 : Math.round(60 + 40 * share);
}

function asResult(document: OpenDocument, summary: Summary): SummarizeResult {
  const { version, heading, method, sourceWords, summaryWords } = summary;
  return {
    version,
    range: rangeOf(document.text, summary.span),
    above: document.text.positionAt(placeFor(document, summary.span, 'before')),
    below: document.text.positionAt(placeFor(document, summary.span, 'after')),
    heading,
    method,
    sentences: summary.sentences.map(({ text, sources }) => ({
      text,
      sources: sources.map((source) => ({
        range: rangeOf(document.text, source.span),
        text: source.text,
        similarity: source.similarity,
      })),
    })),
    sourceWords,
    summaryWords,
  };
}

/** The edit that writes the summary as a paragraph of its own before or after what it summarises. */
export function summaryEdit(document: OpenDocument, summary: Summary, placement: SummaryPlacement): TextEdit {
  const { text, languageId } = document.snapshot;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const sentences = summary.sentences.map((sentence) => sentence.text);
  const block = summaryBlock(languageId, sentences).replaceAll('\n', newline);
  const start = document.text.positionAt(placeFor(document, summary.span, placement));
  return {
    range: { start, end: start },
    newText: placement === 'after' ? `${newline}${newline}${block}` : `${block}${newline}${newline}`,
  };
}

/** Offset for a block before or after a span: a summary of a few sentences must not split the paragraph they stand in. */
function placeFor(document: OpenDocument, span: Span, placement: SummaryPlacement): number {
  const { text, paragraphs } = document.snapshot;
  if (placement === 'after') {
    const last = paragraphs.findLast(({ start }) => start < span.end) ?? span;
    return lineEnd(text, Math.max(last.end, span.start));
  }
  const first = paragraphs.find(({ end }) => end > span.start) ?? span;
  return text.lastIndexOf('\n', first.start - 1) + 1;
}

/** The end of the line of the last visible character before the offset. */
function lineEnd(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && /\s/u.test(text.charAt(at - 1))) at--;
  const end = text.indexOf('\n', at);
  if (end < 0) return text.length;
  return text.charAt(end - 1) === '\r' ? end - 1 : end;
}

/** A workspace edit that names the version it was made for where the client understands that. */
export function versionedEdit(
  session: Session,
  document: OpenDocument,
  version: number,
  edits: TextEdit[],
): WorkspaceEdit {
  const { uri } = document;
  return session.client.workspace?.workspaceEdit?.documentChanges === true
    ? { documentChanges: [{ textDocument: { uri, version }, edits }] }
    : { changes: { [uri]: edits } };
}
