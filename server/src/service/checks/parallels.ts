/** Sentences that are alike because they say the same of different things: a text that enumerates does not repeat itself. */
import { contentWords, wordsOf } from '../../base/words.ts';

/** What two sentences that say the same must have in common, however they are worded. */
export interface Particulars {
  /** Names, numbers and identifiers, in lower case. */
  readonly names: ReadonlySet<string>;
  readonly negated: boolean;
  /** The words that carry the content, without their inflection, in order. */
  readonly content: readonly string[];
}

const negations = new Set(['no', 'not', 'never', 'none', 'nothing', 'nobody', 'neither', 'nor', 'without', 'cannot']);
/** In a sentence as long as another, word by word the same but for so many: a word was exchanged, and on purpose. */
const mostExchanged = 2;

export function particularsOf(text: string): Particulars {
  const tokens = text.match(/[\p{L}\p{N}_][\p{L}\p{N}_.'’/:-]*/gu) ?? [];
  const named = tokens.filter((token, i) => /[\p{N}_]|\p{Ll}\p{Lu}/u.test(token) || (i > 0 && /^\p{Lu}/u.test(token)));
  return {
    names: new Set(named.map((token) => token.replace(/[.'’/:-]+$/u, '').toLowerCase()).filter((name) => name !== 'i')),
    negated: wordsOf(text).filter(isDenial).length % 2 === 1,
    content: contentWords(text).filter((word) => !isDenial(word)),
  };
}

/** Whether two sentences speak of different things: of other names each, one with a denial, or with a word exchanged. */
export function areParallel(a: Particulars, b: Particulars): boolean {
  if (a.negated !== b.negated) return true;
  if (hasOther(a.names, b.names) && hasOther(b.names, a.names)) return true;
  if (a.content.length !== b.content.length) return false;
  const exchanged = a.content.filter((word, i) => word !== b.content[i]).length;
  return exchanged > 0 && exchanged <= mostExchanged;
}

function isDenial(word: string): boolean {
  return negations.has(word) || /n['’]t$/u.test(word);
}

function hasOther(these: ReadonlySet<string>, those: ReadonlySet<string>): boolean {
  for (const name of these) if (!those.has(name)) return true;
  return false;
}
