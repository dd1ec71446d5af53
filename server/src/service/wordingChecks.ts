/** Checks on a worded sentence beside others: does it break the markup, does it repeat what the document says? */
import { count } from '../base/count.ts';
import { familyOf } from '../base/languages.ts';
import { markupOf } from '../base/markup.ts';
import { contentWords, wordsOf } from '../base/words.ts';

/** Why this text must not be inserted into a document of this language; `undefined` if it may. */
export function markupFault(text: string, languageId: string): string | undefined {
  if (text.trim() === '') return 'empty';
  if (/\p{Cc}|\p{Cs}|\u2028|\u2029/u.test(text)) return 'control character or line break';
  const family = familyOf(languageId);
  if (family === 'latex') return latexFault(text);
  if (family === 'markdown') return markdownFault(text);
  return markupOf(languageId).escape(text) === text ? undefined : 'mark of the language';
}

function markdownFault(text: string): string | undefined {
  if (/^\s*(?:#|>|[-*+]\s|\d{1,9}[.)]\s|={3,}|-{3,})/u.test(text)) return 'block mark at the start';
  // Within a word it is a letter (CommonMark 0.31, 6.2).
  const marks = text.replace(/(?<=[\p{L}\p{N}])_+(?=[\p{L}\p{N}])/gu, '');
  for (const mark of ['`', '$', '*', '_', '~'] as const) if (count(marks, mark) % 2 === 1) return `unbalanced ${mark}`;
  if (text.includes('|')) return 'table mark';
  if (/<[a-z!/]/iu.test(text)) return 'HTML';
  return unbalancedPair(text, '[', ']') ?? unbalancedPair(text, '(', ')');
}

function latexFault(text: string): string | undefined {
  const special = /(?<!\\)[%&#_^~]/u.exec(text);
  if (special) return `unescaped ${special[0]}`;
  if (count(text, '$') % 2 === 1) return 'unbalanced $';
  if (text.includes('\\')) return 'command';
  return unbalancedPair(text, '{', '}');
}

function unbalancedPair(text: string, open: string, close: string): string | undefined {
  return count(text, open) === count(text, close) ? undefined : `unbalanced ${open}${close}`;
}

/** The runs of `n` words in these texts, joined by a space. */
export function ngramSet(texts: Iterable<string>, n: number): Set<string> {
  const grams = new Set<string>();
  for (const text of texts) for (const gram of ngrams(wordsOf(text), n)) grams.add(gram);
  return grams;
}

/** Share in [0, 1] of the text's runs of `n` words that are in `grams`; 0 for a text shorter than `n` words. */
export function ngramOverlap(text: string, grams: ReadonlySet<string>, n: number): number {
  const own = ngrams(wordsOf(text), n);
  if (own.length === 0) return 0;
  return own.filter((gram) => grams.has(gram)).length / own.length;
}

/** Share in [0, 1] of the text's runs of three words that it says twice itself. */
export function selfRepetition(text: string): number {
  const own = ngrams(wordsOf(text), 3);
  return own.length === 0 ? 0 : 1 - new Set(own).size / own.length;
}

function ngrams(words: readonly string[], n: number): string[] {
  const grams: string[] = [];
  for (let i = 0; i + n <= words.length; i++) grams.push(words.slice(i, i + n).join(' '));
  return grams;
}

/** Share in [0, 1] of the text's content words found among `support`; 1 for a text without any. */
export function supportedShare(text: string, support: ReadonlySet<string>): number {
  const own = contentWords(text);
  return own.length === 0 ? 1 : own.filter((word) => support.has(word)).length / own.length;
}
