/**
 * LaTeX: blocks between blank lines, environments kept whole. No parser from npm: unified-latex needs 600 ms for 77 kB
 * and latex-utensils throws at the first unbalanced brace, while prose only needs TeX's few lexical rules.
 */
import type { ScannedBlock } from './blockScanner.ts';
import { mathEnvironments, opaqueEnvironments } from './latexNames.ts';
import { latexPieces } from './latexProse.ts';
import { isEscaped, lineEnd } from './latexScan.ts';
import type { PlacedPiece } from './pieces.ts';

const documentClass = /(?:\s|%[^\n]*(?:\n|$))*\\document(?:class|style)\b/y;
const endDocument = /[^\S\n]*\\end\s?\{document\}/y;
const blankLine = /[^\S\n]*(?:\n|$)/y;
const event = /%|\\begin\s?\{([A-Za-z]+)\*?\}/;

/** Longest `\\begin{…}`, which may go over a line end. */
const longestBegin = 60;

/** The preamble, a paragraph with what stands in it, or all from the end of the document on. */
export function scanLatexBlock(text: string, start: number): ScannedBlock {
  if (start === 0 && matches(documentClass, text, 0)) return preamble(text);
  if (matches(endDocument, text, start)) {
    const length = text.length - start;
    return { length, reach: length + 1, pieces: [opaque(length)] };
  }
  let at = start;
  let reach = 0;
  while (at < text.length && !matches(blankLine, text, at) && (at === start || !matches(endDocument, text, at))) {
    const line = skipLine(text, at);
    at = line.end;
    reach = Math.max(reach, line.reach);
  }
  const proseEnd = at;
  while (at < text.length && matches(blankLine, text, at)) at = lineEnd(text, at);
  reach = Math.max(reach, at >= text.length ? text.length + 1 : lineEnd(text, at));
  return { length: at - start, reach: reach - start, pieces: latexPieces(text.slice(start, proseEnd)) };
}

function preamble(text: string): ScannedBlock {
  const begin = /^[^%\n]*\\begin\s?\{document\}/mu.exec(text);
  const length = begin ? begin.index + begin[0].length : text.length;
  return { length, reach: begin ? length : length + 1, pieces: [opaque(length)] };
}

function opaque(length: number): PlacedPiece {
  return { at: 0, piece: { kind: 'opaque', length, open: true } };
}

/** The line at `at`, with the rest of every opaque environment that opens in it and is closed somewhere. */
function skipLine(text: string, at: number): { end: number; reach: number } {
  let end = lineEnd(text, at);
  let reach = end;
  for (let from = at; from < end; ) {
    // Not far beyond this line: a search in the whole text would read all of it for each line.
    const match = event.exec(text.slice(from, end + longestBegin));
    const index = from + (match?.index ?? text.length);
    if (!match || index >= end) break;
    const [mark, name] = match;
    from = index + mark.length;
    if (mark === '%') {
      if (!isEscaped(text, index)) break;
    } else if (name && (opaqueEnvironments.has(name) || mathEnvironments.has(name))) {
      const closing = mark.replace('begin', 'end');
      const close = text.indexOf(closing, from);
      if (close < 0) {
        reach = text.length + 1;
      } else {
        from = close + closing.length;
        end = lineEnd(text, from);
        reach = Math.max(reach, end);
      }
    }
  }
  return { end, reach };
}

function matches(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}
