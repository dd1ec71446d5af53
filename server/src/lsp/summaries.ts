/** Summaries for the editor: asked for with progress and cancel, placed in the document, and made again when stale. */
import type { CancellationToken } from '../base/cancellation.ts';
import { CancellationSource } from '../base/cancellationSource.ts';
import { t } from '../base/l10n.ts';
import { asSummaryLength } from '../base/summaryLength.ts';
import type {
  PlacedText,
  RefreshSummariesResult,
  SummarizeParams,
  SummarizeResult,
  SummaryScope,
} from '../protocol.ts';
import {
  replacement,
  type Summary,
  type SummaryOptions,
  type SummaryProgress,
  summaryParagraph,
  summaryPlaces,
  summaryProse,
} from '../service/index.ts';
import type { OpenDocument } from './documents.ts';
import { fileBeside } from './fileBeside.ts';
import { asRecord, rangeOf, spanOf } from './positions.ts';
import { createProgress, type Progress } from './progress.ts';
import type { Session } from './session.ts';

const scopes: readonly SummaryScope[] = ['selection', 'section', 'subtree', 'document'];

/** The parameters with everything wrong in them replaced; `undefined` if they name no document. */
export function checkedSummarizeParams(params: unknown): SummarizeParams | undefined {
  const { textDocument, range, scope, length } = asRecord(params);
  const { uri } = asRecord(textDocument);
  if (typeof uri !== 'string') return undefined;
  const { unit, count } = asRecord(length);
  return {
    textDocument: { uri },
    range: range as SummarizeParams['range'],
    scope: scopes.find((each) => each === scope) ?? 'section',
    length: asSummaryLength(unit, count) ?? null,
  };
}

/** The summary, with progress shown in the editor; `undefined` when there is no prose in the range. */
export async function summarizeRange(
  session: Session,
  document: OpenDocument,
  params: SummarizeParams,
  token: CancellationToken,
  given?: Progress,
): Promise<SummarizeResult | undefined> {
  const { service } = session;
  const { snapshot } = document;
  const subject = service.summarySubject(snapshot, spanOf(document.text, params.range), params.scope);
  if (!subject) return undefined;
  const options = await optionsFor(session, document);
  return withProgress(session, token, given, async (working, progress) => {
    const length = params.length ?? options.length;
    const summary = await service.summarize(snapshot, subject, { ...options, length }, working, progress);
    return summary && asResult(document, summary, await fileBeside(document.uri, 'summary'));
  });
}

/** The edits that make the stale summaries again: those that the range touches, or all. */
export async function refreshSummaries(
  session: Session,
  document: OpenDocument,
  range: unknown,
  token: CancellationToken,
  given?: Progress,
): Promise<RefreshSummariesResult> {
  const { service } = session;
  const { snapshot, text } = document;
  const within = range === undefined ? { start: 0, end: snapshot.text.length } : spanOf(text, range);
  const stale = service
    .trackedSummaries(snapshot)
    .filter(({ inserted, isStale }) => isStale && inserted.start <= within.end && inserted.end >= within.start);
  const { version } = snapshot;
  if (stale.length === 0) return { version, edits: [] };
  const options = await optionsFor(session, document);
  return withProgress(session, token, given, async (working, progress) => {
    const edits = [];
    for (const old of stale) {
      const { subject, length } = old;
      const summary = await service.summarize(snapshot, subject, { ...options, length }, working, progress);
      if (!summary) continue;
      const { span, newText } = replacement(snapshot, old, summary);
      edits.push({ range: rangeOf(text, span), newText });
    }
    return { version, edits };
  });
}

async function optionsFor({ settings }: Session, { uri }: OpenDocument): Promise<SummaryOptions> {
  const { summary, suggest } = await settings.of(uri);
  return { length: { unit: 'sentences', count: summary.sentences }, method: summary.method, seed: suggest.seed };
}

/** Work whose steps are shown in the editor's progress, at which the writer can cancel it; the given one, or a new one. */
async function withProgress<T>(
  session: Session,
  token: CancellationToken,
  given: Progress | undefined,
  work: (token: CancellationToken, progress: SummaryProgress) => Promise<T>,
): Promise<T> {
  const source = new CancellationSource(token);
  const progress = given ?? (await createProgress(session, source));
  const done = session.status.working(t('Summarising…'));
  progress?.begin(t('Foresay: summarising'), 0, '', true);
  try {
    return await work(source.token, (step, at, total) => progress?.report(percentage(step, at, total), stepName(step)));
  } finally {
    progress?.done();
    done();
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

function asResult(document: OpenDocument, summary: Summary, file: string | undefined): SummarizeResult {
  const { snapshot, text, uri } = document;
  const { version, subject, method, sourceWords, summaryWords } = summary;
  const inside = summaryPlaces(snapshot, summary).map(
    ({ placement, span, newText, replaces }): PlacedText => ({
      placement,
      uri,
      edit: { range: rangeOf(text, span), newText },
      replaces,
    }),
  );
  const start = { line: 0, character: 0 };
  const beside: PlacedText[] = file
    ? [
        {
          placement: 'file',
          uri: file,
          edit: { range: { start, end: start }, newText: summaryProse(snapshot, summary) },
          replaces: false,
        },
      ]
    : [];
  return {
    version,
    scope: subject.scope,
    range: rangeOf(text, subject.span),
    heading: subject.heading,
    method,
    sentences: summary.sentences.map(({ text: sentence, sources }) => ({
      text: sentence,
      sources: sources.map((source) => ({
        range: rangeOf(text, source.span),
        text: source.text,
        similarity: source.similarity,
      })),
    })),
    sourceWords,
    summaryWords,
    block: summaryParagraph(snapshot, summary),
    places: [...inside, ...beside],
  };
}
