/** How a formula in running text reads as words. */

/** Longest formula, in UTF-16 units, that is spelled out; a longer one is an ellipsis. */
const longest = 60;

/** The formula without TeX's marks: `O(n \log n)` reads "O(n log n)". */
export function mathWords(tex: string): string {
  const words = tex
    .replace(
      /\\(?:left|right|big|Big|bigl|bigr|displaystyle|mathrm|mathbf|mathit|mathcal|mathbb|mathsf|operatorname|text)\b\*?/gu,
      '',
    )
    .replace(/\\[,;:! ]/gu, ' ')
    .replace(/\\([%$#&_{}])/gu, '$1')
    .replace(/[\\{}$]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .replace(/ ?([_^]) ?/gu, '$1')
    .replace(/([([]) | (?=[)\],.])/gu, '$1')
    .trim();
  return words.length > longest ? '…' : words;
}

/** The full stop that closes a displayed formula closes the sentence round it; '' when there is none. */
export function closingStop(tex: string): '' | '.' {
  return /\.(?:\s|\\label\s*\{[^}]*\}|\\nonumber|\\notag|\\tag\s*\{[^}]*\})*$/u.test(tex.slice(-200)) ? '.' : '';
}
