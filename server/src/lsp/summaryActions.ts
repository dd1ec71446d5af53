/** Code actions that summarise: a section, a selection, the document, and what is stale. */
import { t } from '../base/l10n.ts';
import { commands, type SummarizeParams, type SummaryPlacement, type SummaryScope } from '../protocol.ts';
import type { Span } from '../service/index.ts';
import type { OpenDocument } from './documents.ts';
import { type LateAction, lateAction } from './lateActions.ts';
import { rangeOf } from './positions.ts';
import type { Session } from './session.ts';

/** What stands in the text is rewriting; what is about the whole document is source. */
export const summaryKinds = {
  summarize: 'refactor.rewrite.foresay.summarize',
  comment: 'refactor.rewrite.foresay.summarize.comment',
  abstract: 'source.foresay.summarize.abstract',
  metadata: 'source.foresay.summarize.metadata',
  refresh: 'source.foresay.refreshSummaries',
} as const;

/** Lengths offered beside the one in the settings. */
const offeredLengths = [1, 3, 5];

/** A summary that can be offered. */
interface Offer {
  readonly kind: string;
  readonly title: string;
  readonly scope: SummaryScope;
  readonly placement: SummaryPlacement;
  readonly sentences: number;
}

/** What can be summarised at this place, `usual` sentences long where no length is offered. */
export function summaryActions(session: Session, document: OpenDocument, selected: Span, usual: number): LateAction[] {
  const { service } = session;
  const { snapshot, uri } = document;
  const range = rangeOf(document.text, selected);
  const isSelection = selected.start !== selected.end;
  const scopes: SummaryScope[] = isSelection ? ['selection'] : ['section'];
  if (!isSelection && service.hasSubsections(snapshot, selected.start)) scopes.push('subtree');
  const offers = [
    ...scopes.flatMap((scope) => passageOffers(session, document, selected, scope, usual)),
    ...(isSelection ? [] : documentOffers(session, document, usual)),
  ];
  const summaries = offers.map(({ kind, title, scope, placement, sentences }) => {
    const length = { unit: 'sentences', count: sentences } as const;
    const params: SummarizeParams = { textDocument: { uri }, range, scope, length };
    return lateAction(session, document, kind, title, commands.summarize, [params, placement]);
  });
  if (!service.trackedSummaries(snapshot).some(({ isStale }) => isStale)) return summaries;
  const title = t('Refresh the stale summaries');
  return [...summaries, lateAction(session, document, summaryKinds.refresh, title, commands.refreshSummaries, [uri])];
}

function passageOffers(
  { service }: Session,
  { snapshot }: OpenDocument,
  selected: Span,
  scope: SummaryScope,
  usual: number,
): Offer[] {
  const subject = service.summarySubject(snapshot, selected, scope);
  const most = subject ? service.sentenceCount(snapshot, subject.span) : 0;
  const lengths = [...new Set([...offeredLengths, usual])].filter((length) => length < most).sort((a, b) => a - b);
  const placement = scope === 'selection' ? 'after' : 'before';
  const inText = lengths.map((sentences) => {
    const title = passageTitle(scope, sentences);
    return { kind: summaryKinds.summarize, title, scope, placement, sentences } as const;
  });
  const sentences = lengths.findLast((length) => length <= usual);
  if (sentences === undefined || !service.hasForm(snapshot, 'comment')) return inText;
  const title = commentTitle(scope);
  return [...inText, { kind: summaryKinds.comment, title, scope, placement: 'comment', sentences }];
}

function passageTitle(scope: SummaryScope, sentences: number): string {
  if (scope === 'selection') {
    return sentences === 1
      ? t('Summarise selection in one sentence')
      : t('Summarise selection in {0} sentences', sentences);
  }
  if (scope === 'subtree') {
    return sentences === 1
      ? t('Summarise section and subsections in one sentence')
      : t('Summarise section and subsections in {0} sentences', sentences);
  }
  return sentences === 1 ? t('Summarise section in one sentence') : t('Summarise section in {0} sentences', sentences);
}

function commentTitle(scope: SummaryScope): string {
  if (scope === 'selection') return t('Summarise selection in a comment');
  return scope === 'subtree'
    ? t('Summarise section and subsections in a comment')
    : t('Summarise section in a comment');
}

function documentOffers({ service }: Session, { snapshot }: OpenDocument, sentences: number): Offer[] {
  if (snapshot.sentences.length <= sentences) return [];
  const scope = 'document';
  const offers: Offer[] = [];
  if (service.hasForm(snapshot, 'abstract')) {
    const title = t('Summarise the document in an abstract');
    offers.push({ kind: summaryKinds.abstract, title, scope, placement: 'abstract', sentences });
  }
  if (service.hasForm(snapshot, 'description')) {
    const title = t('Summarise the document in its description');
    offers.push({ kind: summaryKinds.metadata, title, scope, placement: 'metadata', sentences });
  }
  return offers;
}
