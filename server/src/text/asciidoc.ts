/**
 * AsciiDoc: paragraphs, items and delimited blocks, one after the other. No parser from npm: Asciidoctor.js tells no
 * places inside a paragraph and reads a document only as a whole.
 */
import { asciidocInline } from './asciidocInline.ts';
import type { ScannedBlock } from './blockScanner.ts';
import { inlineText, paragraphPieces } from './inline.ts';
import { blockOf, endOfLines, indentAt, isBlank, lineAt, lineEnd, matchAt, opaqueBlock } from './lines.ts';
import type { PlacedPiece } from './pieces.ts';

/** Lines between which nothing is prose: listings, literals, passed-through text, comments, tables. */
const opaqueFence = /^(?:-{4,}|\.{4,}|\+{4,}|\/{4,}|[|,:!]={3,}|```.*)$/u;
/** Lines round prose: examples, sidebars, quotations, open blocks; and breaks, which hold nothing. */
const structure = /^(?:={4,}|\*{4,}|_{4,}|--|'{3,}|-{3}|\*{3}|<<<|\+)$/u;
const title = /^(={1,6}|#{1,6})\s+(\S.*)$/u;
/** A comment, an attribute, a block's attributes or anchor, its title, a macro on a line of its own, a directive. */
const silentLine =
  /^(?:\/\/(?!\/).*|:!?[\w-]+!?:(?:\s.*)?|\[.*\]|\.[^\s.].*|(?:image|video|audio|include|toc|ifdef|ifndef|ifeval|endif)::[^\s[]*\[.*\])$/u;
/** Attributes that make the paragraph under them something else than prose. */
const opaqueStyle = /^\[(?:source|listing|literal|stem|latexmath|asciimath|pass|comment|subs|,)\b/u;
const mark =
  /[^\S\n]*(?:(?:\*{1,5}|-|\.{1,5}|\d{1,9}\.|[a-zA-Z]\.|<(?:\d{1,3}|\.)>)[^\S\n]+(?:\[[ *xX]\][^\S\n]+)?|(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION):[^\S\n]+)/y;
/** The term of a description; the description may follow on its line. */
const term = /[^\S\n]*[^\s:][^\n]{0,200}?(?::{2,4}|;;)(?=\s|$)[^\S\n]*/y;
const underline = /^(?:={2,}|-{2,}|~{2,}|\^{2,}|\+{2,})$/u;
const underlineLevels = '=-~^+';

/** A paragraph with its items, a fenced block, a title with the header below it, or a line that is not prose. */
export function scanAsciidocBlock(text: string, start: number): ScannedBlock {
  if (isBlank(text, start)) return blockOf(text, start, start, []);
  const line = lineAt(text, start);
  const behind = lineEnd(text, start);
  if (opaqueFence.test(line)) {
    const fence = line.startsWith('```') ? '```' : line;
    const end = endOfLines(text, behind, (at) => lineAt(text, at) === fence);
    return opaqueBlock(text, start, end, end >= text.length ? text.length + 1 : end);
  }
  if (structure.test(line)) return opaqueBlock(text, start, behind);
  const heading = title.exec(line);
  if (heading) return titled(text, start, heading);
  if (silentLine.test(line)) {
    if (!opaqueStyle.test(line)) return opaqueBlock(text, start, behind);
    let end = behind;
    while (end < text.length && silentLine.test(lineAt(text, end))) end = lineEnd(text, end);
    return opaqueBlock(text, start, isFence(text, end) ? end : paragraphEnd(text, end));
  }
  const second = behind < text.length ? lineAt(text, behind) : '';
  if (underline.test(second) && Math.abs(second.length - line.length) <= 1 && isWordy(line)) {
    const level = underlineLevels.indexOf(second.charAt(0)) + 1;
    const end = lineEnd(text, behind);
    return blockOf(text, start, end, [headingPiece(text, start, start, line.length, end, level)]);
  }
  const end = paragraphEnd(text, start);
  if (indentAt(text, start) > 0 && matchAt(mark, text, start) === undefined && matchAt(term, text, start) === undefined)
    return opaqueBlock(text, start, end);
  return blockOf(text, start, end, items(text.slice(start, end)));
}

/** The title; under that of the document stand its author and attributes. */
function titled(text: string, start: number, [line, marks = '', words = '']: RegExpExecArray): ScannedBlock {
  const behind = lineEnd(text, start);
  const heading = headingPiece(text, start, start + line.length - words.length, words.length, behind, marks.length);
  if (marks !== '=') return blockOf(text, start, behind, [heading]);
  let end = behind;
  while (end < text.length && !isBlank(text, end)) end = lineEnd(text, end);
  if (end === behind) return blockOf(text, start, behind, [heading]);
  const header: PlacedPiece = {
    at: behind - start,
    piece: { kind: 'opaque', length: text.slice(behind, end).trimEnd().length, open: true },
  };
  return blockOf(text, start, end, [heading, header]);
}

function headingPiece(
  text: string,
  start: number,
  from: number,
  length: number,
  end: number,
  level: number,
): PlacedPiece {
  const words = inlineText(text.slice(from, from + length), 0, length, asciidocInline);
  const whole = text.slice(start, end).trimEnd().length;
  return { at: 0, piece: { kind: 'heading', length: whole, level, text: words } };
}

/** A blank line ends a paragraph, and so does a line that can only be something else. */
function paragraphEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && !isBlank(text, at) && !(at > start && isFence(text, at))) at = lineEnd(text, at);
  return at;
}

function isFence(text: string, at: number): boolean {
  const line = lineAt(text, at);
  return opaqueFence.test(line) || structure.test(line) || /^\[[^\]]*\]$/u.test(line) || title.test(line);
}

/** One paragraph, or one for each item. */
function items(block: string): PlacedPiece[] {
  const starts: { from: number; text: number }[] = [];
  for (let at = 0; at < block.length; at = lineEnd(block, at)) {
    const found = matchAt(mark, block, at) ?? matchAt(term, block, at);
    if (found !== undefined || at === 0) starts.push({ from: at, text: at + (found?.length ?? 0) });
  }
  return starts.flatMap(({ from, text }, i) =>
    paragraphPieces(block, from, text, starts[i + 1]?.from ?? block.length, asciidocInline),
  );
}

const isWordy = (line: string): boolean => /[\p{L}\p{N}]/u.test(line);
