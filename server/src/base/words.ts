/** The words of a text, and those that carry its content. */

/** Lower-case words without punctuation, as repetition and support are counted in. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’][\p{L}]+)*/gu) ?? [];
}

export const lightWords = new Set(
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
