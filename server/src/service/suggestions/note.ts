/** A note that is to become more: a line, a list item, a phrase, and where among the sentences it stands. */
import type { DocumentSnapshot, SentenceSpan, Span } from '../../text/snapshot.ts';
import { sentencesIn } from '../scope.ts';
import { lineStart } from '../slots.ts';

export interface Note {
  /** As a reader reads it. */
  readonly text: string;
  readonly span: Span;
  /** True if it is whole sentences, which others can take the place of. */
  readonly isWhole: boolean;
  /** Sentences `[0, before)` stand before it, those from `after` on behind it. */
  readonly before: number;
  readonly after: number;
}

/** UTF-16 units of a note that count; the encoder reads about a sentence. */
const longestNote = 600;

/** The note in this span, or where that is empty the one on its line; `undefined` where there are no words. */
export function noteAt(snapshot: DocumentSnapshot, selected: Span): Note | undefined {
  const { text, sentences } = snapshot;
  const span = trimmed(text, selected.start < selected.end ? selected : lineAround(text, selected.start));
  const inside = sentencesIn(snapshot, span);
  const [first, last] = [inside[0], inside.at(-1)];
  const isWhole =
    first !== undefined && last !== undefined && span.start <= first.start && span.end >= wordsEnd(text, last);
  const words = isWhole
    ? inside.map((sentence) => sentence.text).join(' ')
    : unmarked(text.slice(span.start, span.end));
  if (!/\p{L}{2}/u.test(words)) return undefined;
  const next = sentences.findIndex(({ end }) => end > span.start);
  const before = next < 0 ? sentences.length : next;
  return {
    text: words.slice(0, longestNote),
    span: isWhole ? { start: first.start, end: last.end } : span,
    isWhole,
    before,
    after: before + inside.length,
  };
}

/** Who selects a sentence may leave out its last mark. */
function wordsEnd(text: string, { start, end }: SentenceSpan): number {
  return start + text.slice(start, end).replace(/[^\p{L}\p{N}]+$/u, '').length;
}

/** On one line, without the marks that comments, headings and list items begin with. */
function unmarked(source: string): string {
  return source
    .replace(/^(?:[^\p{L}\p{N}"'“‘([]|\d{1,9}[.)]\s)+/u, '')
    .replace(/\s*(?:-->|\*\/)\s*$/u, '')
    .replace(/\s+/gu, ' ');
}

function lineAround(text: string, offset: number): Span {
  const end = text.indexOf('\n', offset);
  return { start: lineStart(text, offset), end: end < 0 ? text.length : end };
}

function trimmed(text: string, { start, end }: Span): Span {
  const source = text.slice(start, end);
  const from = end - source.trimStart().length;
  return { start: from, end: Math.max(from, start + source.trimEnd().length) };
}
