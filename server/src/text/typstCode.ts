/** Where code ends in Typst source: statements, calls and their brackets, comments, raw text. */
import { lineEnd } from './lines.ts';

/** Keywords whose statement goes on to the end of its line, or of the brackets open there. */
const keywords = new Set('let set show import include if else for while return break continue context'.split(' '));
const name = /[\p{L}_][\p{L}\p{N}_-]*/uy;

/** What follows a `#`. */
export interface TypstCode {
  /** Behind the code; the text's end where a bracket is never closed. */
  readonly end: number;
  /** Where the content in square brackets that the call ends with begins, behind its bracket; -1 without any. */
  readonly content: number;
  readonly name: string;
  /** True where the code has a line of its own to its end. */
  readonly statement: boolean;
}

/** The code whose `#` stands at `at`; `undefined` where none does. */
export function typstCode(text: string, at: number): TypstCode | undefined {
  const mark = text.charAt(at + 1);
  if (mark === '(' || mark === '{') {
    return { end: bracketEnd(text, at + 1), content: -1, name: '', statement: false };
  }
  if (mark === '[') return { end: at + 2, content: at + 2, name: '', statement: false };
  name.lastIndex = at + 1;
  const first = name.exec(text)?.[0];
  if (first === undefined) return undefined;
  let end = at + 1 + first.length;
  if (keywords.has(first)) return { end: statementEnd(text, end), content: -1, name: first, statement: true };
  for (;;) {
    if (text[end] === '(') end = bracketEnd(text, end);
    else if (text[end] === '[') return { end: end + 1, content: end + 1, name: first, statement: false };
    else {
      name.lastIndex = end + 1;
      const field = text[end] === '.' ? name.exec(text)?.[0] : undefined;
      if (field === undefined) break;
      end += 1 + field.length;
    }
  }
  return { end: text[end] === ';' ? end + 1 : end, content: -1, name: first, statement: false };
}

/** To the end of the line on which no bracket is open. */
function statementEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length) {
    const mark = text.charAt(end);
    if (mark === '\n' || mark === ';') break;
    if (mark === '(' || mark === '{' || mark === '[') end = bracketEnd(text, end);
    else end = skip(text, end);
  }
  return end;
}

/** Behind the bracket that closes the one at `at`, or the text's end. */
export function bracketEnd(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; ) {
    const mark = text.charAt(i);
    if (mark === '(' || mark === '{' || mark === '[') depth++;
    else if ((mark === ')' || mark === '}' || mark === ']') && --depth === 0) return i + 1;
    i = skip(text, i);
  }
  return text.length;
}

/** Behind the string, comment, raw text or escape at `at`, or the one character there. */
function skip(text: string, at: number): number {
  const mark = text.charAt(at);
  if (mark === '\\') return Math.min(text.length, at + 2);
  if (mark === '"') return stringEnd(text, at);
  if (mark === '`') return rawEnd(text, at);
  if (mark === '/' && text[at + 1] === '/' && text[at - 1] !== ':') return lineEnd(text, at);
  if (mark === '/' && text[at + 1] === '*') return commentEnd(text, at);
  return at + 1;
}

function stringEnd(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i + 1;
    // A quotation mark in content is text: strings end with their line.
    else if (text[i] === '\n') return i;
  }
  return text.length;
}

/** Behind the raw text whose first backquote stands at `at`; the text's end if it is never closed. */
export function rawEnd(text: string, at: number): number {
  let open = at;
  while (text[open] === '`') open++;
  const marks = open - at;
  if (marks === 2) return open;
  const close = text.indexOf('`'.repeat(marks), open);
  return close < 0 ? text.length : close + marks;
}

/** Behind the comment at `at`, comments in it minded; the text's end if it is never closed. */
export function commentEnd(text: string, at: number): number {
  const mark = /\/\*|\*\//gu;
  mark.lastIndex = at;
  let depth = 0;
  for (let found = mark.exec(text); found; found = mark.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return text.length;
}
