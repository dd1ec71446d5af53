/** What makes a sentence, as a text by itself, one that is not worth showing. */
import { count } from './count.ts';
import { contentWords, lightWords, wordsOf } from './words.ts';

/**
 * Why a sentence, what was typed of it included, is not worth showing; `undefined` if it may be: it is about one word
 * only ("Water is water."), stutters ("big, big"), turns in circles ("trees and trees and the trees"), or opens a quotation
 * that it does not close, or the other way round.
 */
export function sentenceFault(sentence: string): string | undefined {
  if (hasOddMark(sentence) || count(sentence, '“') !== count(sentence, '”')) return 'open quotation';
  return lastingFault(sentence) ?? (new Set(contentWords(sentence)).size < 2 ? 'empty talk' : undefined);
}

/** Of these faults, one that a sentence keeps however it goes on. */
export function lastingFault(sentence: string): string | undefined {
  if (wordsOf(sentence).some((word, i, words) => word === words[i - 1] && !lightWords.has(word))) return 'stutter';
  if (mostOften(contentWords(sentence)) >= leastInCircles) return 'in circles';
  const isClosedUnopened =
    count(sentence, '”') > count(sentence, '“') || (hasOddMark(sentence) && !opensLast(sentence));
  return isClosedUnopened ? 'open quotation' : undefined;
}

/** The mark that closes the quotation in which a text ends; `undefined` where it ends in none. */
export function closingMark(text: string): string | undefined {
  if (count(text, '“') > count(text, '”')) return '”';
  return hasOddMark(text) && opensLast(text) ? '"' : undefined;
}

/** Whether one of the marks that open and close alike has no other. */
function hasOddMark(text: string): boolean {
  return count(text, '"') % 2 === 1;
}

/** Whether the last of these marks stands where a quotation begins. */
function opensLast(text: string): boolean {
  return /(?:^|[\s([{—–-])"[^"]*$/u.test(text);
}

/** Times that a sentence says one word, from which it turns in circles. */
const leastInCircles = 3;

/** How often the commonest of the words is there. */
function mostOften(words: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
