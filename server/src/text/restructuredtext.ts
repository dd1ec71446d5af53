/** reStructuredText: sections by their underlines, directives by their names, literal blocks by their indentation. */
import type { ScannedBlock } from './blockScanner.ts';
import { inlineText, paragraphPieces } from './inline.ts';
import { blankEnd, blockOf, indentAt, isBlank, lineAt, lineEnd, matchAt, opaqueBlock, opaqueLines } from './lines.ts';
import type { PlacedPiece } from './pieces.ts';
import { restructuredtextInline } from './restructuredtextInline.ts';

const adornment = /^([!-/:-@[-`{-~])\1+$/u;
const tableBorder = /^\s*(?:\+[-=+]{3,}|={2,}(?:\s+={2,})+$)/u;
const explicit = /^\s*\.\.(?:\s|$)/u;
const directive = /^\s*\.\.\s+([\w:+.-]+)::(?=\s|$)/u;
const footnote = /\s*\.\.[^\S\n]+\[(?:\d{1,9}|#[\w-]*|\*)\](?=\s)[^\S\n]*/y;
const field = /^\s*:(?![\s:])(?:[^:\\]|\\.|:(?!\s|$)){1,200}:(?=\s|$)/u;
const bullet = /[^\S\n]*(?:[-*+•‣]|\(?(?:\d{1,9}|#|[a-zA-Z]|[ivxlcdm]{1,8})[.)])[^\S\n]+/y;
const lineOfVerse = /[^\S\n]*\|(?:[^\S\n]+|(?=\n|$))/y;
/** Directives that hold prose, and those of them whose own line holds a title or a version. */
const prose = new Set(
  'note tip important warning caution danger attention error hint seealso todo epigraph highlights pull-quote compound rst-class'.split(
    ' ',
  ),
);
const proseBelow = new Set(
  'admonition topic sidebar versionadded versionchanged deprecated container class only tab tab-item dropdown card grid-item-card'.split(
    ' ',
  ),
);

/** A title, a paragraph or list with what belongs to it, or a construct that is not prose with its indented body. */
export function scanRestructuredtextBlock(text: string, start: number): ScannedBlock {
  if (isBlank(text, start)) return blockOf(text, start, start, []);
  const line = lineAt(text, start);
  const behind = lineEnd(text, start);
  if (tableBorder.test(line) || /^\s*>>> /u.test(line) || /^\s*__ /u.test(line))
    return opaqueBlock(text, start, paragraphEnd(text, start));
  if (explicit.test(line)) return explicitMarkup(text, start, line);
  if (adornment.test(line)) return adorned(text, start, line);
  if (field.test(line)) return opaqueBlock(text, start, bodyEnd(text, start));
  const under = behind < text.length ? lineAt(text, behind) : '';
  if (adornment.test(under) && under.length >= Math.min(4, line.length) && indentAt(text, start) === 0) {
    const end = lineEnd(text, behind);
    return blockOf(text, start, end, [heading(text, start, start, line.length, end, under.charCodeAt(0))]);
  }
  return paragraph(text, start);
}

/** A line of marks: over a title, or alone. The styles of titles are numbered: with a line above they are others. */
function adorned(text: string, start: number, line: string): ScannedBlock {
  const title = lineEnd(text, start);
  const under = lineEnd(text, title);
  if (title < text.length && !isBlank(text, title) && under < text.length && lineAt(text, under) === line) {
    const end = lineEnd(text, under);
    const words = lineAt(text, title).length;
    return blockOf(text, start, end, [heading(text, start, title, words, end, 0x100 + line.charCodeAt(0))]);
  }
  // What was read to know it: the two lines below.
  return opaqueBlock(text, start, line === '::' ? bodyEnd(text, start) : title, lineEnd(text, under));
}

function heading(text: string, start: number, from: number, length: number, end: number, style: number): PlacedPiece {
  const words = inlineText(text.slice(from, from + length), 0, length, restructuredtextInline);
  return {
    at: 0,
    piece: { kind: 'heading', length: text.slice(start, end).trimEnd().length, level: style, text: words },
  };
}

/** Directives of prose keep their paragraphs; everything else goes with its body. */
function explicitMarkup(text: string, start: number, line: string): ScannedBlock {
  const name = directive.exec(line)?.[1];
  const note = matchAt(footnote, text, start);
  if (note !== undefined) {
    const end = paragraphEnd(text, start);
    const block = text.slice(start, end);
    return blockOf(text, start, end, paragraphPieces(block, 0, note.length, block.length, restructuredtextInline));
  }
  if (name === undefined || !(prose.has(name) || proseBelow.has(name)))
    return opaqueBlock(text, start, bodyEnd(text, start));
  const opening = prose.has(name) ? start + (directive.exec(line)?.[0].length ?? 0) : lineEnd(text, start);
  let body = lineEnd(text, start);
  const hasOptions = body < text.length && field.test(lineAt(text, body));
  while (body < text.length && field.test(lineAt(text, body))) body = lineEnd(text, body);
  const end = paragraphEnd(text, start);
  const pieces = [opaqueLines(text, 0, start, opening)];
  const block = text.slice(start, end);
  if (!hasOptions)
    pieces.push(...paragraphPieces(block, opening - start, opening - start, block.length, restructuredtextInline));
  else {
    const first = Math.max(opening, lineEnd(text, start)) - start;
    pieces.push(...paragraphPieces(block, opening - start, opening - start, first, restructuredtextInline));
    pieces.push(opaqueLines(text, first, start + first, body));
    pieces.push(...paragraphPieces(block, body - start, body - start, block.length, restructuredtextInline));
  }
  return blockOf(text, start, end, pieces);
}

/** A paragraph or a list; what is indented below one that ends with `::` is literal. */
function paragraph(text: string, start: number): ScannedBlock {
  const end = paragraphEnd(text, start);
  const block = text.slice(start, end);
  const isLiteral = block.trimEnd().endsWith('::');
  const pieces = items(block, isLiteral ? block.trimEnd().length - 1 : block.length);
  const below = blankEnd(text, end);
  if (!isLiteral || below >= text.length || indentAt(text, below) <= indentAt(text, start))
    return blockOf(text, start, end, pieces);
  const literalEnd = bodyEnd(text, start, end);
  pieces.push(opaqueLines(text, below - start, below, literalEnd));
  return blockOf(text, start, literalEnd, pieces);
}

function items(block: string, end: number): PlacedPiece[] {
  const isList = matchAt(bullet, block, 0) !== undefined;
  const isVerse = matchAt(lineOfVerse, block, 0) !== undefined;
  const mark = isVerse ? lineOfVerse : isList ? bullet : undefined;
  const starts: { from: number; text: number }[] = [];
  for (let at = 0; at < block.length; at = lineEnd(block, at)) {
    const found = mark && matchAt(mark, block, at);
    if (found !== undefined || at === 0) starts.push({ from: at, text: at + (found?.length ?? 0) });
  }
  const second = lineEnd(block, 0);
  // A term stands over its definition.
  if (!mark && second < block.length && indentAt(block, second) > indentAt(block, 0))
    starts[0] = { from: 0, text: second };
  return starts.flatMap(({ from, text }, i) =>
    paragraphPieces(block, from, text, Math.min(end, starts[i + 1]?.from ?? end), restructuredtextInline),
  );
}

function paragraphEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && !isBlank(text, at)) at = lineEnd(text, at);
  return at;
}

/** Behind the lines from `from` on that are blank or indented more than the one at `start`. */
function bodyEnd(text: string, start: number, from = lineEnd(text, start)): number {
  const indent = indentAt(text, start);
  let end = from;
  for (let at = from; at < text.length; ) {
    const line = blankEnd(text, at);
    if (line >= text.length || indentAt(text, line) <= indent) break;
    at = lineEnd(text, line);
    end = at;
  }
  return end;
}

/** The pieces with each heading's style as a level: the first style of a document is its first level, and so on. */
export function rankedHeadings(pieces: readonly PlacedPiece[]): readonly PlacedPiece[] {
  const styles: number[] = [];
  return pieces.map((placed) => {
    const { at, piece } = placed;
    if (piece.kind !== 'heading') return placed;
    if (!styles.includes(piece.level)) styles.push(piece.level);
    return { at, piece: { ...piece, level: styles.indexOf(piece.level) + 1 } };
  });
}
