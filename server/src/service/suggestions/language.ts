/** Which language a text is in, where that is plain enough to say. */
import { eld } from 'eld/extrasmall';

/** Letters below which nothing is said; words of Latin letters are alike in many languages. */
const leastLetters = 4;
const leastLatinLetters = 12;
/** How much less likely than the best the likeliest known language is, at least: names make English look like others. */
const clearlyLess = 0.75;

const letters = /\p{L}/gu;
const latinLetters = /\p{Script=Latin}/gu;

/** Tag of the language the text is in if it is plainly none of the `known` ones (such as `en`); else `undefined`. */
export function foreignLanguage(text: string, known: readonly string[]): string | undefined {
  const count = text.match(letters)?.length ?? 0;
  const latin = text.match(latinLetters)?.length ?? 0;
  if (count < leastLetters || (latin > count / 2 && count < leastLatinLetters)) return undefined;
  const result = eld.detect(text);
  const scores = result.getScores();
  const best = scores[result.language] ?? 0;
  const likeliestKnown = Math.max(0, ...known.map((tag) => scores[tag] ?? 0));
  return best > 0 && likeliestKnown < best * clearlyLess ? result.language : undefined;
}
