/** Plain text: paragraphs between blank lines, list items by their bullets, headings by their underlines. */
import type { ScannedBlock } from './blockScanner.ts';
import { type PlacedPiece, plainSentence, prosePieces } from './pieces.ts';
import { ProseBuilder } from './prose.ts';

const blankLine = /[^\S\n]*(?:\n|$)/y;
const bullet = /[^\S\n]*(?:[-*•‣◦]|\d{1,3}[.)])[^\S\n]+/y;
const underline = /[^\S\n]*(={3,}|-{3,}|~{3,})[^\S\n]*(?:\n|$)/y;

/** A paragraph with the blank lines behind it. */
export function scanPlaintextBlock(text: string, start: number): ScannedBlock {
  const lines: number[] = [];
  let at = start;
  while (at < text.length && !isBlank(text, at)) {
    lines.push(at);
    at = lineEnd(text, at);
  }
  const proseEnd = at;
  while (at < text.length && isBlank(text, at)) at = lineEnd(text, at);
  // The line that ends the blank ones was read as far as it is white space.
  const reach = at >= text.length ? text.length + 1 : lineEnd(text, at);
  return {
    length: at - start,
    reach: reach - start,
    pieces: lines.length > 0 ? pieces(text, start, lines, proseEnd) : [],
  };
}

function pieces(text: string, start: number, lines: readonly number[], end: number): PlacedPiece[] {
  const block = text.slice(start, end);
  const second = lines[1];
  if (second !== undefined && matchAt(underline, text, second) && text.slice(start, second).trim().length <= 120) {
    const length = (lines[2] ?? end) - start;
    const level = text.slice(second).trimStart().startsWith('=') ? 1 : 2;
    const heading: PlacedPiece = {
      at: 0,
      piece: { kind: 'heading', length, level, text: plainSentence(text.slice(start, second)) },
    };
    return [
      heading,
      ...paragraphs(
        block,
        lines.slice(2).map((line) => line - start),
      ),
    ];
  }
  return paragraphs(
    block,
    lines.map((line) => line - start),
  );
}

/** One paragraph, or one for each bullet. Numbers only count where the block starts with one: a year may start a line. */
function paragraphs(block: string, lines: readonly number[]): PlacedPiece[] {
  const result: PlacedPiece[] = [];
  const first = lines[0];
  if (first === undefined) return result;
  const opening = matchAt(bullet, block, first);
  const numbered = opening !== undefined && /\d/u.test(opening);
  let builder = new ProseBuilder(block);
  lines.forEach((line, index) => {
    const mark = matchAt(bullet, block, line);
    const isItem = mark !== undefined && (numbered || !/\d/u.test(mark));
    if (isItem && index > 0) {
      result.push(...prosePieces(builder));
      builder = new ProseBuilder(block);
    }
    builder.copy(line + (isItem ? mark.length : 0), lines[index + 1] ?? block.length);
  });
  result.push(...prosePieces(builder));
  return result;
}

function isBlank(text: string, at: number): boolean {
  return matchAt(blankLine, text, at) !== undefined;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Start of the line behind the one at `at`. */
function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline + 1;
}
