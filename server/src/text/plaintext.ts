/** Plain text: paragraphs between blank lines, list items by their bullets, headings by their underlines. */
import type { ScannedBlock } from './blockScanner.ts';
import { blockOf, isBlank, lineEnd, matchAt } from './lines.ts';
import { type PlacedPiece, plainSentence, prosePieces } from './pieces.ts';
import { ProseBuilder } from './prose.ts';

const bullet = /[^\S\n]*(?:[-*•‣◦]|\d{1,3}[.)])[^\S\n]+/y;
const underline = /[^\S\n]*(={3,}|-{3,}|~{3,})[^\S\n]*(?:\n|$)/y;

/** A paragraph with the blank lines behind it. */
export function scanPlaintextBlock(text: string, start: number): ScannedBlock {
  let end = start;
  while (end < text.length && !isBlank(text, end)) end = lineEnd(text, end);
  return blockOf(text, start, end, end > start ? pieces(text.slice(start, end)) : []);
}

function pieces(block: string): PlacedPiece[] {
  const second = lineEnd(block, 0);
  const title = block.slice(0, second);
  if (matchAt(underline, block, second) === undefined || title.trim().length > 120) return itemPieces(block);
  const length = lineEnd(block, second);
  const level = block.slice(second).trimStart().startsWith('=') ? 1 : 2;
  return [
    { at: 0, piece: { kind: 'heading', length, level, text: plainSentence(title) } },
    ...itemPieces(block, length),
  ];
}

/** One paragraph, or one for each bullet. Numbers only count where the block starts with one: a year may start a line. */
export function itemPieces(block: string, start = 0): PlacedPiece[] {
  const result: PlacedPiece[] = [];
  const opening = matchAt(bullet, block, start);
  const numbered = opening !== undefined && /\d/u.test(opening);
  let builder = new ProseBuilder(block);
  for (let line = start; line < block.length; line = lineEnd(block, line)) {
    const mark = matchAt(bullet, block, line);
    const isItem = mark !== undefined && (numbered || !/\d/u.test(mark));
    if (isItem && line > start) {
      result.push(...prosePieces(builder));
      builder = new ProseBuilder(block);
    }
    builder.copy(line + (isItem ? mark.length : 0), lineEnd(block, line));
  }
  result.push(...prosePieces(builder));
  return result;
}
