/** Checks on a worded sentence as text: does it break the markup, does it repeat what the document says? */
import { familyOf } from '../base/languages.ts';
import { markupOf } from '../base/markup.ts';

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
  for (const mark of ['`', '$', '*', '_', '~'] as const) if (count(text, mark) % 2 === 1) return `unbalanced ${mark}`;
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

function count(text: string, mark: string): number {
  return text.split(mark).length - 1;
}

/** Lower-case words without punctuation, as repetition and support are counted in. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’][\p{L}]+)*/gu) ?? [];
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

/**
 * Why a sentence, what was typed of it included, is not worth showing; `undefined` if it may be: it is about one word
 * only ("Water is water."), stutters ("big, big"), turns in circles ("trees and trees and the trees"), or opens a quotation
 * that it does not close.
 */
export function sentenceFault(sentence: string): string | undefined {
  if (count(sentence, '"') % 2 === 1 || count(sentence, '“') !== count(sentence, '”')) return 'open quotation';
  if (wordsOf(sentence).some((word, i, words) => word === words[i - 1] && !lightWords.has(word))) return 'stutter';
  const content = contentWords(sentence);
  if (mostOften(content) >= leastInCircles) return 'in circles';
  return new Set(content).size < 2 ? 'empty talk' : undefined;
}

/** Times that a sentence says one word, from which it turns in circles. */
const leastInCircles = 3;

/** How often the commonest of the words is there. */
function mostOften(words: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

const lightWords = new Set(
  'a an the of and or to is are was were be been being in on at by for from with without as that this these those it its we our they their he she his her you your i which who whom what when where while how why not no nor but if then than so such can could may might must shall should will would do does did have has had into onto over under between among through also only just there here each other more most some any all both same very about after before because during until again further once own too'.split(
    ' ',
  ),
);

/** The words that carry the content: no function words, at least three letters, or a number; inflection cut off. */
export function contentWords(text: string): string[] {
  return wordsOf(text)
    .filter((word) => !lightWords.has(word) && (word.length > 2 || /\p{N}/u.test(word)))
    .map(stem);
}

/** Cuts the commonest English endings, so that "models" supports "model"; both sides are cut alike. */
function stem(word: string): string {
  return word.length > 4 ? word.replace(/(?:ies|es|s|ing|ed|ly)$/u, '') : word;
}

/** Share in [0, 1] of the text's content words found among `support`; 1 for a text without any. */
export function supportedShare(text: string, support: ReadonlySet<string>): number {
  const own = contentWords(text);
  return own.length === 0 ? 1 : own.filter((word) => support.has(word)).length / own.length;
}
