/** The sentence gold set: marked paragraphs, and how a segmenter does on them. */
import type { Span } from '../../server/src/text/snapshot.ts';

/** `test/fixtures/sentences/gold.json`. */
export interface GoldSet {
  /** Cases by what they are about; `¦` marks a boundary. */
  readonly cases: Readonly<Record<string, readonly string[]>>;
  /** Those of them that the segmenter gets wrong today. */
  readonly missed: readonly string[];
}

export interface Scores {
  readonly cases: number;
  /** Cases without a wrong or missing boundary. */
  readonly right: number;
  readonly boundaries: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** The paragraph without its marks, and where its sentences end: the last character of each that is not white space. */
export function unmarked(marked: string): { readonly text: string; readonly ends: readonly number[] } {
  let text = '';
  const ends: number[] = [];
  for (const part of marked.split('¦')) {
    text += part;
    ends.push(text.trimEnd().length);
  }
  return { text, ends };
}

/** Boundaries between sentences, found against expected, over all cases. The end of a paragraph is nobody's merit. */
export function scores(cases: readonly string[], segment: (text: string) => readonly Span[]): Scores {
  let found = 0;
  let expected = 0;
  let both = 0;
  let right = 0;
  for (const marked of cases) {
    const { text, ends } = unmarked(marked);
    const gold = new Set(ends.slice(0, -1));
    const own = segment(text).slice(0, -1);
    const hits = own.filter(({ end }) => gold.has(end)).length;
    found += own.length;
    expected += gold.size;
    both += hits;
    if (hits === own.length && hits === gold.size) right++;
  }
  const precision = found > 0 ? both / found : 1;
  const recall = expected > 0 ? both / expected : 1;
  const f1 = both > 0 ? (2 * precision * recall) / (precision + recall) : 0;
  return { cases: cases.length, right, boundaries: expected, precision, recall, f1 };
}

/** Intl.Segmenter alone, the baseline: what UAX #29 says without a rule of ours. */
export function intlSentences(text: string): Span[] {
  const spans: Span[] = [];
  for (const { index, segment } of new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text)) {
    const start = index + segment.length - segment.trimStart().length;
    const end = index + segment.trimEnd().length;
    if (end > start) spans.push({ start, end });
  }
  return spans;
}
