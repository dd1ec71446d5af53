/** Source files: comments on lines of their own, and docstrings, are prose; everything else is code. */
import type { BlockScanner, ScannedBlock } from './blockScanner.ts';
import { type CommentLine, commentPieces } from './commentProse.ts';
import { lineEnd } from './lines.ts';
import { closeOf, codeLineEnd, type Opening, ownComment } from './sourceCode.ts';
import { type SourceSyntax, sourceSyntax } from './sourceSyntax.ts';

/** Units after which a stretch of code is cut at a line's end, so that an edit reads little of it again. */
const longestCode = 2000;

/** A scanner for the comments of a language. Every block ends at a line's end, outside strings and comments. */
export function sourceScanner(languageId: string): BlockScanner {
  const syntax = sourceSyntax(languageId);
  return (text, start) => {
    const comment = ownComment(text, start, syntax);
    if (!comment) return code(text, start, syntax);
    return comment.opening.kind === 'line'
      ? lineComments(text, start, syntax)
      : longComment(text, start, comment.at, comment.opening, syntax);
  };
}

function code(text: string, start: number, syntax: SourceSyntax): ScannedBlock {
  let end = codeLineEnd(text, start, syntax);
  while (end < text.length && end < start + longestCode && !ownComment(text, end, syntax)) {
    end = codeLineEnd(text, end, syntax);
  }
  const length = end - start;
  return {
    length,
    reach: reachOf(text, end) - start,
    pieces: [{ at: 0, piece: { kind: 'opaque', length, open: true } }],
  };
}

/** The lines at `start` that hold a line's comment and nothing else. */
function lineComments(text: string, start: number, syntax: SourceSyntax): ScannedBlock {
  const lines: CommentLine[] = [];
  let end = start;
  for (let next = ownComment(text, end, syntax); next?.opening.kind === 'line'; next = ownComment(text, end, syntax)) {
    const to = lineEnd(text, end);
    // `///` and `//!` and `##` open comments too.
    const mark = /^(?:[/!#]+|-+)/u.exec(text.slice(next.at + next.opening.mark.length, to).slice(0, 80))?.[0] ?? '';
    lines.push({ from: end - start, text: next.at + next.opening.mark.length + mark.length - start, to: to - start });
    end = to;
    if (end >= text.length) break;
  }
  return comment(text, start, end, lines, end);
}

/** A comment or docstring over lines, and the code behind it on its last line. */
function longComment(text: string, start: number, at: number, opening: Opening, syntax: SourceSyntax): ScannedBlock {
  const close = closeOf(text, at, opening);
  const closed = text.startsWith(opening.close, close - opening.close.length) && close - opening.close.length > at;
  const proseEnd = closed ? close - opening.close.length : close;
  const lines: CommentLine[] = [];
  for (let line = start; line < proseEnd; line = lineEnd(text, line)) {
    const to = Math.min(proseEnd, lineEnd(text, line));
    const said = line === start ? at + opening.mark.length : line;
    const marks = line === start ? /^[*!]*/u : /^[^\S\n]*(?:\*(?!\*))?/u;
    const mark = marks.exec(text.slice(said, to))?.[0].length ?? 0;
    lines.push({ from: line - start, text: said + mark - start, to: to - start });
  }
  const end = codeLineEnd(text, close, syntax);
  return comment(text, start, end, lines, proseEnd);
}

function comment(
  text: string,
  start: number,
  end: number,
  lines: readonly CommentLine[],
  proseEnd: number,
): ScannedBlock {
  const source = text.slice(start, end);
  const pieces = commentPieces(source, lines);
  // From the end of its last line on it is code, where the line break is typed in front of.
  const trailing = source.slice(0, proseEnd - start).endsWith('\n')
    ? source.at(proseEnd - start - 2) === '\r'
      ? 2
      : 1
    : 0;
  const rest = proseEnd - start - trailing;
  if (rest < source.length)
    pieces.push({ at: rest, piece: { kind: 'opaque', length: source.length - rest, open: true } });
  return { length: end - start, reach: reachOf(text, end) - start, pieces };
}

/** The line behind was read as far as its first mark. */
function reachOf(text: string, end: number): number {
  return end >= text.length ? text.length + 1 : lineEnd(text, end);
}
