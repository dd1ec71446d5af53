/** From an offset or a span to the sentences meant by it. */
import type { DocumentSnapshot, Section, SentenceSpan, Span } from '../text/snapshot.ts';
import { metadataTitle } from './metadataTitle.ts';

/** The sentence whose span holds the offset, its end included. */
export function sentenceAt(snapshot: DocumentSnapshot, offset: number): SentenceSpan | undefined {
  const { sentences } = snapshot;
  let low = 0;
  let high = sentences.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sentences[middle] as SentenceSpan).end < offset) low = middle + 1;
    else high = middle;
  }
  const sentence = sentences[low];
  // Where one ends and the next starts, the one that starts there is meant.
  const next = sentences[low + 1];
  if (next && next.start <= offset) return next;
  return sentence && sentence.start <= offset ? sentence : undefined;
}

/** The sentences that a span touches. */
export function sentencesIn(snapshot: DocumentSnapshot, span: Span): readonly SentenceSpan[] {
  return snapshot.sentences.filter(({ start, end }) => start < span.end && end > span.start);
}

/** Sentences a section must have of its own; with fewer, its subsections are what it is about. */
const leastOwnSentences = 2;

/** `section`: its own body; `subtree`: its subsections too. */
export type SubjectScope = 'selection' | 'section' | 'subtree' | 'document';

/** What is to be summarised. */
export interface SummarySubject {
  readonly scope: SubjectScope;
  readonly span: Span;
  /** The heading it stands under; of a document its title. '' where there is none. */
  readonly heading: string;
  /** The level of the section; 0 for a document, and before the first heading. */
  readonly level: number;
}

/**
 * What a summary covers: the whole sentences of a selection, the section around the span's start, or the document. A
 * section is its own body, and where that is only a line or none, its subsections too. `undefined` without prose.
 */
export function subjectAt(snapshot: DocumentSnapshot, span: Span, scope: SubjectScope): SummarySubject | undefined {
  const { sections, text } = snapshot;
  if (scope === 'selection') {
    const sentences = sentencesIn(snapshot, span);
    const [first, last] = [sentences[0], sentences.at(-1)];
    if (!first || !last) return undefined;
    const heading = sections[first.section]?.heading ?? '';
    return { scope, span: { start: first.start, end: last.end }, heading, level: 0 };
  }
  if (scope === 'document') {
    const heading = titleOf(snapshot)?.heading ?? metadataTitle(snapshot);
    return withProse(snapshot, { scope, span: { start: 0, end: text.length }, heading, level: 0 });
  }
  const index = Math.max(
    0,
    sections.findLastIndex(({ start }) => start <= span.start),
  );
  return sectionSubject(snapshot, index, scope);
}

/** The section that a place is in, or the one of this level that it is under. */
export function subjectOfLevel(
  snapshot: DocumentSnapshot,
  offset: number,
  level: number,
  scope: 'section' | 'subtree',
): SummarySubject | undefined {
  const { sections } = snapshot;
  let index = sections.findLastIndex(({ start }) => start <= offset);
  while (index > 0 && (sections[index]?.level ?? 0) > level) index--;
  return sections[index]?.level === level ? sectionSubject(snapshot, index, scope) : undefined;
}

/** The heading that names the whole document: its first, before any prose, if none other is as high. */
export function titleOf({ sections }: DocumentSnapshot): Section | undefined {
  const [preamble, first, ...others] = sections;
  if (!preamble || !first || preamble.endSentence > 0) return undefined;
  return others.every(({ level }) => level > first.level) ? first : undefined;
}

/** True if the section at this offset has subsections with prose, which a summary may take in or leave out. */
export function hasSubsections(snapshot: DocumentSnapshot, offset: number): boolean {
  const own = subjectAt(snapshot, { start: offset, end: offset }, 'section');
  const all = subjectAt(snapshot, { start: offset, end: offset }, 'subtree');
  if (!own || !all) return false;
  return sentencesIn(snapshot, all.span).length > sentencesIn(snapshot, own.span).length;
}

function sectionSubject(
  snapshot: DocumentSnapshot,
  index: number,
  scope: 'section' | 'subtree',
): SummarySubject | undefined {
  const { sections } = snapshot;
  const section = sections[index];
  if (!section) return undefined;
  const { bodyStart, heading, level } = section;
  let { end } = section;
  const short = section.endSentence - section.firstSentence < leastOwnSentences;
  if ((scope === 'subtree' || short) && level > 0) {
    for (let i = index + 1; (sections[i]?.level ?? 0) > level; i++) end = sections[i]?.end ?? end;
  }
  return withProse(snapshot, { scope, span: { start: bodyStart, end }, heading, level });
}

function withProse(snapshot: DocumentSnapshot, subject: SummarySubject): SummarySubject | undefined {
  return sentencesIn(snapshot, subject.span).length > 0 ? subject : undefined;
}
