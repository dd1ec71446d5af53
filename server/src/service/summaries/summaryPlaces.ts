/** Where a summary can be put into its document, and the one edit that puts it there. */
import { familyOf } from '../../base/languages.ts';
import { markupOf } from '../../base/markup.ts';
import type { DocumentSnapshot, Span } from '../../text/snapshot.ts';
import { frontMatterField, frontMatterSlot } from '../frontMatter.ts';
import type { SubjectScope, SummarySubject } from '../scope.ts';
import { filled, lineEnd, lineStart, paragraphAt, replacing, type Slot } from '../slots.ts';
import { bodyTop, metadataSlot } from './documentHead.ts';
import type { Summary } from './summary.ts';
import { type SummaryForm, summaryText } from './summaryForms.ts';
import { type Tracked, type TrackedSummary, trackedSummaries, withMarks } from './trackedSummaries.ts';

/** `metadata`: a description of the document, in its front matter or header. */
export type Placement = 'before' | 'after' | 'abstract' | 'comment' | 'metadata';

export interface SummaryPlace {
  readonly placement: Placement;
  readonly span: Span;
  readonly newText: string;
  /** True if it takes the place of something that is there. */
  readonly replaces: boolean;
}

const offered: Readonly<Record<SubjectScope, readonly Placement[]>> = {
  selection: ['before', 'after', 'comment'],
  section: ['before', 'after', 'comment'],
  subtree: ['before', 'after', 'comment'],
  document: ['abstract', 'metadata', 'before', 'after', 'comment'],
};

const formOf: Readonly<Record<Placement, SummaryForm>> = {
  before: 'quote',
  after: 'quote',
  abstract: 'abstract',
  comment: 'comment',
  metadata: 'description',
};

/** The places this document has for it. A summary of the same in the same form gives up its place. */
export function summaryPlaces(snapshot: DocumentSnapshot, summary: Summary): SummaryPlace[] {
  const there = trackedSummaries(snapshot).filter(({ subject }) => isSame(subject, summary.subject));
  return offered[summary.subject.scope].flatMap((placement) => {
    const form = formOf[placement];
    const old = there.find((each) => each.form === form);
    if (old) return placement === 'after' ? [] : { placement, ...replacement(snapshot, old, summary), replaces: true };
    const field = fieldFor(snapshot, form);
    const slot = field ? field.slot : slotFor(snapshot, summary.subject.span, placement, summary.subject.scope);
    const lines = slot && linesOf(snapshot, summary, { form, field: field?.name });
    if (!slot || lines === undefined) return [];
    const { span } = slot;
    return { placement, ...filled(snapshot.text, slot, lines), replaces: span.end > span.start };
  });
}

/** The summary in the place of an older one of the same. */
export function replacement(
  snapshot: DocumentSnapshot,
  old: TrackedSummary,
  summary: Summary,
): { readonly span: Span; readonly newText: string } {
  return filled(snapshot.text, replacing(old.inserted), linesOf(snapshot, summary, old) ?? '');
}

/** The summary as a paragraph, for a place that only the writer knows. */
export function summaryParagraph({ languageId }: DocumentSnapshot, summary: Summary): string {
  return summaryText(languageId, 'quote', textsOf(summary)) ?? '';
}

/** The summary as the text of a document of its own. */
export function summaryProse({ languageId }: DocumentSnapshot, summary: Summary): string {
  return `${markupOf(languageId).escape(textsOf(summary).join(' '))}\n`;
}

function linesOf(
  snapshot: DocumentSnapshot,
  summary: Summary,
  { form, field }: Pick<Tracked, 'form' | 'field'>,
): string | undefined {
  const texts = textsOf(summary);
  const text =
    field === undefined ? summaryText(snapshot.languageId, form, texts) : frontMatterField(field, texts.join(' '));
  return text === undefined ? undefined : withMarks(snapshot, text, { ...summary, form, field });
}

/** The field of the front matter that this form is, where documents of this language have front matter. */
function fieldFor({ languageId, text }: DocumentSnapshot, form: SummaryForm) {
  if (!markupOf(languageId).frontMatter) return undefined;
  if (form === 'description') return frontMatterSlot(text, ['description', 'summary']);
  // Quarto and R Markdown set an abstract that stands there.
  const isPaper = languageId === 'quarto' || languageId === 'rmd';
  return form === 'abstract' && isPaper ? frontMatterSlot(text, ['abstract']) : undefined;
}

function slotFor(snapshot: DocumentSnapshot, span: Span, placement: Placement, scope: SubjectScope): Slot | undefined {
  if (placement === 'metadata') return metadataSlot(snapshot);
  if (placement === 'after') return paragraphAt(snapshot.text, endOfLast(snapshot, span));
  if (placement === 'abstract') return abstractSlot(snapshot);
  return scope === 'document' ? bodyTop(snapshot) : paragraphAt(snapshot.text, startOfFirst(snapshot, span, scope));
}

/** Some languages have one abstract at most: an older one gives up its place. */
function abstractSlot(snapshot: DocumentSnapshot): Slot {
  const { text, languageId } = snapshot;
  const one = {
    latex: /^\\begin\{abstract\}.*?\\end\{abstract\}/msu,
    org: /^#\+begin_abstract.*?^#\+end_abstract/imsu,
  };
  const family = familyOf(languageId);
  const match = family === 'latex' || family === 'org' ? one[family].exec(text) : null;
  return match ? replacing({ start: match.index, end: match.index + match[0].length }) : bodyTop(snapshot);
}

/** A summary of a few sentences must not split the paragraph they stand in. */
function startOfFirst({ text, paragraphs, languageId }: DocumentSnapshot, span: Span, scope: SubjectScope): number {
  const first = paragraphs.find(({ end }) => end > span.start) ?? span;
  const start = lineStart(text, first.start);
  if (scope === 'selection' || span.start === 0) return start;
  // A label that belongs to a heading stays with it, but what an environment holds stays together.
  const isOutside = familyOf(languageId) === 'latex' && depthOf(text.slice(span.start, start)) === 0;
  return isOutside ? start : span.start;
}

function endOfLast({ text, paragraphs, languageId }: DocumentSnapshot, span: Span): number {
  const last = paragraphs.findLast(({ start }) => start < span.end) ?? span;
  let end = lineEnd(text, Math.max(last.end, span.start));
  if (familyOf(languageId) !== 'latex') return end;
  // Not inside the list or quotation that the last paragraph may stand in.
  const closing = /\\end\{(?!document\})[^}]*\}.*/gu;
  closing.lastIndex = end;
  while (depthOf(text.slice(span.start, end)) > 0 && closing.test(text)) end = lineEnd(text, closing.lastIndex);
  return end;
}

/** How many environments are open at the end of this text that were not at its start. */
function depthOf(text: string): number {
  return (text.match(/\\begin\{(?!document\})/gu)?.length ?? 0) - (text.match(/\\end\{(?!document\})/gu)?.length ?? 0);
}

function isSame(a: SummarySubject, b: SummarySubject): boolean {
  return a.scope === b.scope && a.span.start === b.span.start && a.span.end === b.span.end;
}

function textsOf({ sentences }: Summary): string[] {
  return sentences.map(({ text }) => text);
}
