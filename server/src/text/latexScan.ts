/** Where things end in LaTeX source: comments, arguments, formulas, environments. Bounded, so that broken markup stays cheap. */

/** Longest argument and formula looked for, in UTF-16 units; beyond it the opening mark counts as not closed. */
const longestArgument = 5000;

/** Start of the line behind the one at `at`. */
export function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline + 1;
}

/** Behind the bracket that closes the one at `at`, with nested braces minded, or -1. */
export function closingBracket(text: string, at: number, to: number): number {
  const close = text[at] === '[' ? ']' : '}';
  const limit = Math.min(to, at + longestArgument);
  let depth = 0;
  for (let i = at + 1; i < limit; i++) {
    const mark = text[i];
    if (mark === '\\') i++;
    else if (mark === '%') i = lineEnd(text, i) - 1;
    else if (depth === 0 && mark === close) return i + 1;
    else if (mark === '{') depth++;
    else if (mark === '}' && --depth < 0) return -1;
  }
  return -1;
}

/** Where the next argument's bracket opens: directly here or behind white space inside the paragraph; -1 if none does. */
export function argumentStart(text: string, at: number, to: number): number {
  let i = at;
  let newlines = 0;
  while (i < to && /\s/u.test(text[i] as string)) if (text[i++] === '\n' && ++newlines > 1) return -1;
  const mark = i < to ? text[i] : '';
  // A bracket behind a space is more often text than an optional argument.
  return mark === '{' || (mark === '[' && i === at) ? i : -1;
}

/** Start of the mark that closes the formula opened before `at`, or -1. `$` may be escaped inside. */
export function closingMath(text: string, at: number, to: number, close: string): number {
  const limit = Math.min(to, at + longestArgument);
  for (let i = at; i < limit; i++) {
    if (text.startsWith(close, i)) return i + close.length <= to ? i : -1;
    if (text[i] === '\\') i++;
  }
  return -1;
}

/** True where the mark at `at` is escaped by an odd number of backslashes. */
export function isEscaped(text: string, at: number): boolean {
  let i = at;
  while (i > 0 && text[i - 1] === '\\') i--;
  return (at - i) % 2 === 1;
}
