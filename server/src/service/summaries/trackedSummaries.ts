/** Summaries that were put into the document: what each is of, and whether that has changed since. */
import { familyOf } from '../../base/languages.ts';
import { commented } from '../../base/markup.ts';
import { asSummaryLength, type SummaryLength } from '../../base/summaryLength.ts';
import { contentHash } from '../../text/contentHash.ts';
import { closingMark, type InsertedSummary, insertedSummaries, openingMark } from '../../text/insertedSummaries.ts';
import type { DocumentSnapshot } from '../../text/snapshot.ts';
import { type SummarySubject, sentencesIn, subjectAt, subjectOfLevel } from '../scope.ts';
import type { SummaryForm } from './summaryForms.ts';

export interface TrackedSummary {
  readonly inserted: InsertedSummary;
  readonly form: SummaryForm;
  /** The field of the front matter that it stands in. */
  readonly field: string | undefined;
  readonly subject: SummarySubject;
  readonly length: SummaryLength;
  /** True if the subject's sentences are others than those that were summarised. */
  readonly isStale: boolean;
}

/** What an inserted summary is known by later. */
export type Tracked = Pick<TrackedSummary, 'form' | 'field' | 'subject' | 'length'>;

const forms: ReadonlySet<string> = new Set<SummaryForm>(['quote', 'abstract', 'comment', 'description']);

/** In the document's order; those whose subject is gone are left out. */
export function trackedSummaries(snapshot: DocumentSnapshot): TrackedSummary[] {
  return insertedSummaries(snapshot.text).flatMap((inserted) => {
    const { attributes, start } = inserted;
    const form = attributes.get('as');
    const subject = subjectOf(snapshot, start, attributes);
    const length = lengthOf(attributes);
    if (!form || !forms.has(form) || !subject || !length) return [];
    const isStale = attributes.get('hash') !== subjectHash(snapshot, subject);
    return { inserted, form: form as SummaryForm, field: attributes.get('field'), subject, length, isStale };
  });
}

/**
 * The summary's lines between comments by which it is found again, `\n` between them. Without comments where the
 * language has none, where they would not last, and for a selection, which nothing in the text marks.
 */
export function withMarks(snapshot: DocumentSnapshot, text: string, { form, field, subject, length }: Tracked): string {
  const { scope, level } = subject;
  const family = familyOf(snapshot.languageId);
  if (scope === 'selection' || family === 'gitCommit') return text;
  const attributes = {
    scope,
    ...(scope !== 'document' && { level }),
    as: form,
    ...(field !== undefined && { field }),
    [length.unit]: length.count,
    hash: subjectHash(snapshot, subject),
  };
  const comment = (mark: string): string | undefined =>
    field === undefined ? commented(snapshot.languageId, mark) : `# ${mark}`;
  const [open, close] = [comment(openingMark(attributes)), comment(closingMark)];
  if (open === undefined || close === undefined) return text;
  // Elsewhere a comment ends with its line whatever follows.
  const gap = field === undefined && (family === 'mdx' || family === 'restructuredtext') ? '\n\n' : '\n';
  return [open, text, close].join(gap);
}

function subjectOf(
  snapshot: DocumentSnapshot,
  offset: number,
  attributes: ReadonlyMap<string, string>,
): SummarySubject | undefined {
  const scope = attributes.get('scope');
  if (scope === 'document') return subjectAt(snapshot, { start: 0, end: 0 }, scope);
  if (scope !== 'section' && scope !== 'subtree') return undefined;
  return subjectOfLevel(snapshot, offset, Number(attributes.get('level')), scope);
}

function lengthOf(attributes: ReadonlyMap<string, string>): SummaryLength | undefined {
  for (const unit of ['sentences', 'words', 'percent']) {
    const length = asSummaryLength(unit, Number(attributes.get(unit)));
    if (length) return length;
  }
  return undefined;
}

/** Of the sentences' ids: where one is added, taken away, moved or changed, it is another. */
function subjectHash(snapshot: DocumentSnapshot, { span }: SummarySubject): string {
  const ids = sentencesIn(snapshot, span).map(({ id }) => id);
  return contentHash(ids.join(' '));
}
