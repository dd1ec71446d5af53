/** Lines of a text by their offsets, and blocks made of whole lines. */
import type { ScannedBlock } from './blockScanner.ts';
import type { PlacedPiece } from './pieces.ts';

const blankLine = /[^\S\n]*(?:\n|$)/y;
const indentation = /[^\S\n]*/y;

/** Start of the line behind the one at `at`. */
export function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline + 1;
}

/** The rest of the line at `at`, without its line break and the white space before that. */
export function lineAt(text: string, at: number): string {
  return text.slice(at, lineEnd(text, at)).trimEnd();
}

export function isBlank(text: string, at: number): boolean {
  return matchAt(blankLine, text, at) !== undefined;
}

/** Behind the blank lines at `at`. */
export function blankEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && isBlank(text, end)) end = lineEnd(text, end);
  return end;
}

/** How many units of white space the line at `at` begins with. */
export function indentAt(text: string, at: number): number {
  return matchAt(indentation, text, at)?.length ?? 0;
}

/** What a sticky pattern finds right at `at`. */
export function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Behind the first line from `at` on that the test takes, or the text's end. */
export function endOfLines(text: string, at: number, isLast: (line: number) => boolean): number {
  let line = at;
  while (line < text.length) {
    const end = lineEnd(text, line);
    if (isLast(line)) return end;
    line = end;
  }
  return text.length;
}

/**
 * The block of `[start, end)` with the blank lines behind it. The line that ends the blank ones was read too, as far as
 * it goes, and the text up to `read` if the scanner looked that far; beyond its end says that the end itself was seen.
 */
export function blockOf(
  text: string,
  start: number,
  end: number,
  pieces: readonly PlacedPiece[],
  read = 0,
): ScannedBlock {
  const next = blankEnd(text, end);
  const reach = Math.max(read, next >= text.length ? text.length + 1 : lineEnd(text, next));
  return { length: next - start, reach: reach - start, pieces };
}

/** Lines that are not prose, with the blank ones behind them. What is typed at their end belongs to them. */
export function opaqueBlock(text: string, start: number, end: number, read = 0): ScannedBlock {
  return blockOf(text, start, end, [opaqueLines(text, 0, start, end)], read);
}

/** `[start, end)` as a piece that is not prose, placed at `at`; the last line break and blank lines are left out. */
export function opaqueLines(text: string, at: number, start: number, end: number): PlacedPiece {
  const length = text.slice(start, end).trimEnd().length;
  return { at, piece: { kind: 'opaque', length: Math.max(1, length), open: true } };
}
