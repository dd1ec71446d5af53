/**
 * Typst: blocks between blank lines, code and raw text kept whole. No parser from npm: Typst's own is WebAssembly of
 * several megabytes, while prose only needs to know where code ends.
 */
import type { ScannedBlock } from './blockScanner.ts';
import { inlineText, paragraphPieces } from './inline.ts';
import { blockOf, isBlank, lineAt, lineEnd, matchAt, opaqueBlock } from './lines.ts';
import type { PlacedPiece } from './pieces.ts';
import { commentEnd, rawEnd, typstCode } from './typstCode.ts';
import { typstInline } from './typstInline.ts';

const title = /^\s*(={1,6})\s+(\S.*)$/u;
const mark = /[^\S\n]*(?:[-+]|\d{1,9}\.|\/[^\S\n]+[^\n:]{1,200}:)[^\S\n]+/y;
const event = /\\|\/\/|\/\*|`|#/;

/** A title, a paragraph or list with what stands in it, or code. */
export function scanTypstBlock(text: string, start: number): ScannedBlock {
  if (isBlank(text, start)) return blockOf(text, start, start, []);
  const line = lineAt(text, start);
  const [whole = '', marks = '', words = ''] = title.exec(line) ?? [];
  if (marks !== '') {
    const from = whole.length - words.length;
    const heading = inlineText(whole, from, whole.length, typstInline);
    const length = whole.length;
    return blockOf(text, start, lineEnd(text, start), [
      { at: 0, piece: { kind: 'heading', length, level: marks.length, text: heading } },
    ]);
  }
  const code = lineOfCode(text, start);
  if (code !== undefined) return opaqueBlock(text, start, code, code >= text.length ? text.length + 1 : code);
  let end = start;
  let read = 0;
  while (end < text.length && !isBlank(text, end)) {
    if (end > start && (title.test(lineAt(text, end)) || lineOfCode(text, end) !== undefined)) break;
    end = skipLine(text, end);
    // What opened in the line and is not closed was looked for to the text's end.
    if (end >= text.length) read = text.length + 1;
  }
  return blockOf(text, start, end, items(text.slice(start, end)), Math.max(read, lookahead(text, end)));
}

/** Whether the paragraph ends at the line at `end` was seen from all of that line's code. */
function lookahead(text: string, end: number): number {
  return lineOfCode(text, end) ?? 0;
}

/** End of the lines at `at` if they hold code or raw text and nothing else. */
function lineOfCode(text: string, at: number): number | undefined {
  const first = at + (/^[^\S\n]*/u.exec(text.slice(at, lineEnd(text, at)))?.[0].length ?? 0);
  if (text.startsWith('```', first)) return lineEnd(text, Math.max(first, rawEnd(text, first) - 1));
  if (text[first] !== '#') return undefined;
  const code = typstCode(text, first);
  if (!code || code.content >= 0) return undefined;
  return code.statement || isBlank(text, code.end) ? lineEnd(text, Math.max(first, code.end - 1)) : undefined;
}

/** Behind the line at `at`, with the rest of what opens in it: code, raw text, comments. */
function skipLine(text: string, at: number): number {
  let end = lineEnd(text, at);
  for (let from = at; from < end; ) {
    const found = event.exec(text.slice(from, end));
    if (!found) break;
    const index = from + found.index;
    let behind = index + 1;
    if (found[0] === '//') {
      if (text[index - 1] !== ':') break;
    } else if (found[0] === '\\') behind = index + 2;
    else if (found[0] === '/*') behind = commentEnd(text, index);
    else if (found[0] === '`') behind = rawEnd(text, index);
    else behind = typstCode(text, index)?.end ?? behind;
    if (behind > end) end = lineEnd(text, behind - 1);
    from = Math.max(behind, index + 1);
  }
  return end;
}

/** One paragraph, or one for each item. */
function items(block: string): PlacedPiece[] {
  const starts: { from: number; text: number }[] = [];
  for (let at = 0; at < block.length; at = skipLine(block, at)) {
    const found = matchAt(mark, block, at);
    if (found !== undefined || at === 0) starts.push({ from: at, text: at + (found?.length ?? 0) });
  }
  return starts.flatMap(({ from, text }, i) =>
    paragraphPieces(block, from, text, starts[i + 1]?.from ?? block.length, typstInline),
  );
}
