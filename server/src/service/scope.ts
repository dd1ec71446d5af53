/** From an offset or a span to the sentences meant by it. */
import type { DocumentSnapshot, SentenceSpan, Span } from '../text/snapshot.ts';

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

/**
 * What a summary covers: the whole sentences of a selection, or the section around the span's start: its own body, and
 * where that is only a line or none, its subsections too. `undefined` when there is no prose.
 */
export function spanToSummarize(
  snapshot: DocumentSnapshot,
  span: Span,
  scope: 'section' | 'selection',
): Span | undefined {
  return scope === 'section' ? sectionSpan(snapshot, span.start) : around(sentencesIn(snapshot, span));
}

function sectionSpan(snapshot: DocumentSnapshot, offset: number): Span | undefined {
  const { sections } = snapshot;
  const index = sections.findLastIndex(({ start }) => start <= offset);
  const section = sections[Math.max(0, index)];
  if (!section) return undefined;
  let { end } = section;
  if (section.endSentence - section.firstSentence < leastOwnSentences && section.level > 0) {
    for (let i = index + 1; (sections[i]?.level ?? 0) > section.level; i++) end = sections[i]?.end ?? end;
  }
  return around(sentencesIn(snapshot, { start: section.bodyStart, end })) && { start: section.bodyStart, end };
}

function around(sentences: readonly SentenceSpan[]): Span | undefined {
  const first = sentences[0];
  const last = sentences.at(-1);
  return first && last ? { start: first.start, end: last.end } : undefined;
}
