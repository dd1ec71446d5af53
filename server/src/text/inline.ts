/** Reads running text with its marks, by the rules of its language, into prose. */
import { decodeHTML } from 'entities';
import { type PlacedPiece, prosePieces } from './pieces.ts';
import { type Mask, ProseBuilder } from './prose.ts';

/** How `[at, end)` reads; `at` is where it was found. */
export type Reading = { readonly end: number } & (
  | { /** Marks that leave nothing, next to the words they belong to. */ readonly as: 'markup' }
  | { /** What a reader sees at this place but does not read: a citation, an image. */ readonly as: 'silent' }
  | { /** A line break, or a mark where prose may begin. */ readonly as: 'space' }
  | { /** Not prose, and reads as `text`: code, a formula, a URL. */ readonly as: 'word'; text: string; mask: Mask }
  | { /** Prose that is written in another way. */ readonly as: 'text'; text: string }
  | { /** A displayed formula. */ readonly as: 'display'; stop: '' | '.' }
  | { /** Marks round the prose `[from, to)`; a target is more than marks. */ as: 'inner'; from: number; to: number }
  | { /** Marks and a target round the prose `[from, to)`. */ as: 'link'; from: number; to: number }
);

export interface InlineSyntax {
  /** Global: what may begin something else than a letter that stands for itself. */
  readonly special: RegExp;
  /** What begins at `at`; `undefined` where the character stands for itself. Looks no further than `to`. */
  read(text: string, at: number, to: number): Reading | undefined;
}

/** The character that an HTML entity at `at` stands for; `entity` is sticky, and says what one looks like. */
export function characterReference(entity: RegExp, text: string, at: number, to: number): Reading | undefined {
  entity.lastIndex = at;
  const source = entity.exec(text)?.[0];
  if (source === undefined || at + source.length > to) return undefined;
  const decoded = decodeHTML(source);
  return decoded === source ? undefined : { as: 'text', text: decoded, end: at + source.length };
}

/** Reads `[from, to)` into the builder. */
export function readInline(builder: ProseBuilder, text: string, from: number, to: number, syntax: InlineSyntax): void {
  const { special } = syntax;
  // Without the text behind: a search that finds nothing would read all of it, again and again.
  const searched = text.slice(0, to);
  for (let at = from; at < to; ) {
    special.lastIndex = at;
    const next = Math.min(to, special.exec(searched)?.index ?? to);
    builder.copy(at, next);
    at = next;
    if (at >= to) return;
    const reading = syntax.read(text, at, to);
    if (!reading) builder.copy(at, at + 1);
    else take(builder, text, at, reading, syntax);
    at = reading?.end ?? at + 1;
  }
}

function take(builder: ProseBuilder, text: string, at: number, reading: Reading, syntax: InlineSyntax): void {
  const { end } = reading;
  switch (reading.as) {
    case 'markup':
      return builder.markup(at, end);
    case 'silent':
      builder.island(at, end);
      return builder.drop(at, end);
    case 'space':
      builder.island(at, end, true);
      return builder.space(at, end);
    case 'word':
      builder.island(at, end);
      return builder.replace(reading.text, at, end, reading.mask);
    case 'text':
      return builder.replace(reading.text, at, end);
    case 'display':
      builder.island(at, end);
      return builder.display(reading.stop, at, end);
    case 'link':
      if (reading.from > at) builder.island(at, reading.from);
      builder.markup(at, reading.from);
      readInline(builder, text, reading.from, reading.to, syntax);
      if (end > reading.to) builder.island(reading.to, end);
      return builder.markup(reading.to, end);
    case 'inner':
      builder.markup(at, reading.from);
      readInline(builder, text, reading.from, reading.to, syntax);
      return builder.markup(reading.to, end);
  }
}

/** One paragraph of `source` from `from` on, behind a mark that ends at `text` (a bullet; `from` where there is none). */
export function paragraphPieces(
  source: string,
  from: number,
  text: number,
  to: number,
  syntax: InlineSyntax,
): PlacedPiece[] {
  const builder = new ProseBuilder(source);
  const mark = source.slice(from, text).trimEnd().length;
  if (mark > 0) builder.island(from, from + mark, true);
  readInline(builder, source, text, to, syntax);
  return prosePieces(builder);
}

/** The words of a heading. */
export function inlineText(source: string, from: number, to: number, syntax: InlineSyntax): string {
  const builder = new ProseBuilder(source);
  readInline(builder, source, from, to, syntax);
  return builder.finish().text;
}

/** Longest emphasis, and longest target, formula or code looked for: broken markup stays cheap. */
const longestEmphasis = 400;
const longestTarget = 2000;

/** Start of `mark` at or behind `at`, or -1. */
export function closing(text: string, at: number, to: number, mark: string): number {
  const found = text.slice(at, Math.min(to, at + longestTarget)).indexOf(mark);
  return found < 0 ? -1 : at + found;
}

/** Behind the bracket that closes the one at `at`, brackets of its kind inside minded, or -1. */
export function closingPair(text: string, at: number, to: number): number {
  const open = text.charAt(at);
  const close = { '[': ']', '(': ')', '{': '}', '<': '>' }[open];
  const limit = Math.min(to, at + longestTarget);
  let depth = 0;
  for (let i = at; i < limit; i++) {
    const mark = text[i];
    if (mark === '\\') i++;
    else if (mark === open) depth++;
    else if (mark === close && --depth === 0) return i + 1;
  }
  return -1;
}

/** Emphasis by marks that touch their words, from outside and inside a word's edge; `undefined` where it is none. */
export function emphasis(text: string, at: number, to: number, mark: string): Reading | undefined {
  const from = at + mark.length;
  if (isWord(text, at - 1) || from >= to || isSpaceAt(text, from)) return undefined;
  const limit = Math.min(to, from + longestEmphasis);
  for (let i = text.indexOf(mark, from + 1); i >= 0 && i + mark.length <= limit; i = text.indexOf(mark, i + 1)) {
    const end = i + mark.length;
    if (!isSpaceAt(text, i - 1) && !isWord(text, end) && text[end] !== mark[0])
      return { as: 'inner', from, to: i, end };
  }
  return undefined;
}

/** Whether a letter or a digit stands at `at`. */
export function isWord(text: string, at: number): boolean {
  return /[\p{L}\p{N}]/u.test(text.charAt(at));
}

export function isSpaceAt(text: string, at: number): boolean {
  return /\s/u.test(text.charAt(at));
}

const url = /[^\s<>[\]"'`{}|\\^]+/y;

/** The URL that begins at `at`, without the marks behind it that belong to the text round it. */
export function urlEnd(text: string, at: number, to: number): number {
  url.lastIndex = at;
  let end = at + (url.exec(text.slice(0, Math.min(to, at + longestTarget)))?.[0].length ?? 0);
  while (end > at && '.,;:!?)*_~+=/'.includes(text.charAt(end - 1))) end--;
  return end;
}
