/** From the length that is wanted of a summary to what that means for one text. */
import type { SummaryLength } from '../../base/summaryLength.ts';
import { wordsOf } from '../../base/words.ts';

/** Both hold, but one sentence is always allowed. */
export interface SummaryBounds {
  readonly sentences: number;
  readonly words: number;
}

/** A summary of one sentence, however long. */
export const oneSentence: SummaryBounds = { sentences: 1, words: Number.POSITIVE_INFINITY };

interface Text {
  readonly text: string;
}

/** Sentences of a summary whose length is counted in words. */
const mostSentences = 100;

export function boundsFor({ unit, count }: SummaryLength, texts: readonly Text[]): SummaryBounds {
  if (unit === 'sentences') return { sentences: count, words: Number.POSITIVE_INFINITY };
  const all = countWords(texts);
  const words = unit === 'words' ? count : (count / 100) * all;
  const usual = all / Math.max(1, texts.length);
  return { sentences: Math.min(mostSentences, Math.max(1, Math.round(words / Math.max(1, usual)))), words };
}

/** The texts that fit, each looked at in its turn; the first always does. */
export function fitting<T>(texts: readonly T[], textOf: (item: T) => string, bounds: SummaryBounds): T[] {
  let words = 0;
  const kept: T[] = [];
  for (const each of texts) {
    const own = wordsOf(textOf(each)).length;
    if (kept.length === bounds.sentences) break;
    if (kept.length > 0 && words + own > bounds.words) continue;
    kept.push(each);
    words += own;
  }
  return kept;
}

export function countWords(texts: readonly Text[]): number {
  return texts.reduce((sum, { text }) => sum + wordsOf(text).length, 0);
}
