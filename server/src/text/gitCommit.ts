/** A commit message as Git opens it in an editor: subject, body, and below them what Git says about it. */
import type { ScannedBlock } from './blockScanner.ts';
import { blockOf, isBlank, lineAt, lineEnd, opaqueBlock, opaqueLines } from './lines.ts';
import { type PlacedPiece, plainSentence } from './pieces.ts';
import { itemPieces } from './plaintext.ts';

const scissors = /^# -+ >8 -+$/u;
const trailer = /^[A-Z][A-Za-z-]+-(?:by|to|for|issue|id|from|with|of): \S/iu;

/** The subject with what stands above it, a paragraph, trailers, comment lines, or all from the scissors on. */
export function scanGitCommitBlock(text: string, start: number): ScannedBlock {
  if (start === 0) return subject(text);
  if (isBlank(text, start)) return blockOf(text, start, start, []);
  const line = lineAt(text, start);
  if (scissors.test(line)) return opaqueBlock(text, start, text.length);
  const isComment = line.startsWith('#');
  let end = start;
  while (end < text.length && !isBlank(text, end) && !scissors.test(lineAt(text, end))) {
    if (text.startsWith('#', end) !== isComment) break;
    end = lineEnd(text, end);
  }
  if (isComment || trailer.test(line)) return opaqueBlock(text, start, end);
  return blockOf(text, start, end, itemPieces(text.slice(start, end)));
}

/** Git drops comments and blank lines before the first line that is neither. */
function subject(text: string): ScannedBlock {
  const pieces: PlacedPiece[] = [];
  let at = 0;
  while (at < text.length && (isBlank(text, at) || text.startsWith('#', at))) {
    const end = scissors.test(lineAt(text, at)) ? text.length : lineEnd(text, at);
    if (!isBlank(text, at)) pieces.push(opaqueLines(text, at, at, end));
    at = end;
  }
  if (at >= text.length) return blockOf(text, 0, at, pieces);
  const end = lineEnd(text, at);
  const line = lineAt(text, at);
  pieces.push({ at, piece: { kind: 'heading', length: line.length, level: 1, text: plainSentence(line) } });
  return blockOf(text, 0, end, pieces);
}
