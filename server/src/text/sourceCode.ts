/** Where code ends in a source file: strings and patterns may hold what looks like a comment. */
import { lineEnd } from './lines.ts';
import type { SourceSyntax } from './sourceSyntax.ts';

/** A mark that opens something else than code. */
export interface Opening {
  readonly kind: 'line' | 'block' | 'long';
  readonly mark: string;
  /** What closes it: a line's end, a mark. */
  readonly close: string;
}

const indent = /[^\S\n]*/y;
const character = /'(?:\\[^\n]{1,8}?|[^'\\\n])'/y;
const docstring = /[rRuUbB]{0,2}(?="""|''')/y;

/** The comment or docstring that is first on the line at `at`, and where its mark stands. */
export function ownComment(
  text: string,
  at: number,
  syntax: SourceSyntax,
): { readonly opening: Opening; readonly at: number } | undefined {
  indent.lastIndex = at;
  const first = at + (indent.exec(text)?.[0].length ?? 0);
  const opening = openingAt(text, first, syntax);
  if (opening && opening.kind !== 'long') return { opening, at: first };
  if (!syntax.docstrings) return undefined;
  docstring.lastIndex = first;
  const prefix = docstring.exec(text)?.[0].length ?? 0;
  const string = openingAt(text, first + prefix, syntax);
  return string?.kind === 'long' ? { opening: string, at: first + prefix } : undefined;
}

function openingAt(text: string, at: number, { line, block, long }: SourceSyntax): Opening | undefined {
  const pair = block.find(([open]) => text.startsWith(open, at));
  if (pair) return { kind: 'block', mark: pair[0], close: pair[1] };
  const mark = line.find((each) => text.startsWith(each, at));
  if (mark !== undefined) return { kind: 'line', mark, close: '\n' };
  const quote = long.find((each) => text.startsWith(each, at));
  return quote === undefined ? undefined : { kind: 'long', mark: quote, close: quote };
}

/** Behind the line at `at` and behind every string and comment that opens in it; the text's end if one is not closed. */
export function codeLineEnd(text: string, at: number, syntax: SourceSyntax): number {
  let previous = '';
  for (let i = at; i < text.length; ) {
    const mark = text.charAt(i);
    if (mark === '\n') return i + 1;
    const end = skip(text, i, syntax, previous);
    if (!/\s/u.test(mark)) previous = mark;
    i = end;
  }
  return text.length;
}

/** Behind what stands at `at`: a string, a comment, a pattern, or one character. */
function skip(text: string, at: number, syntax: SourceSyntax, previous: string): number {
  const mark = text.charAt(at);
  const opening = openingAt(text, at, syntax);
  if (opening?.kind === 'line' && !(syntax.apart && previous !== '' && !/\s/u.test(text.charAt(at - 1))))
    return withoutBreak(text, at);
  if (opening && opening.kind !== 'line') return closeOf(text, at, opening);
  if (syntax.strings.includes(mark)) return stringEnd(text, at, mark);
  if (mark === "'") {
    character.lastIndex = at;
    return at + (character.exec(text)?.[0].length ?? 1);
  }
  if (mark === '/' && syntax.patterns && /^[(,=:[!&|?{};+*%~^<>-]?$/u.test(previous)) return patternEnd(text, at);
  return at + 1;
}

/** Behind the mark that closes it; the text's end without one. A long string may hold escapes. */
export function closeOf(text: string, at: number, { kind, mark, close }: Opening): number {
  for (let from = at + mark.length; ; ) {
    const found = text.indexOf(close, from);
    if (found < 0) return text.length;
    if (kind === 'block' || !isEscaped(text, found, at + mark.length)) return found + close.length;
    from = found + 1;
  }
}

function isEscaped(text: string, at: number, from: number): boolean {
  let i = at;
  while (i > from && text[i - 1] === '\\') i--;
  return (at - i) % 2 === 1;
}

function stringEnd(text: string, at: number, quote: string): number {
  for (let i = at + 1; i < text.length; i++) {
    const mark = text[i];
    if (mark === '\n') return i;
    if (mark === '\\' && text[i + 1] !== '\n') i++;
    else if (mark === quote) return i + 1;
  }
  return text.length;
}

/** Behind a regular expression; behind the mark alone where the line does not close it. */
function patternEnd(text: string, at: number): number {
  let inClass = false;
  for (let i = at + 1; i < text.length && text[i] !== '\n'; i++) {
    const mark = text[i];
    if (mark === '\\') i++;
    else if (mark === '[') inClass = true;
    else if (mark === ']') inClass = false;
    else if (mark === '/' && !inClass) return i + 1;
  }
  return at + 1;
}

function withoutBreak(text: string, at: number): number {
  const end = lineEnd(text, at);
  return text[end - 1] === '\n' ? end - 1 : end;
}
