/** Org: headlines by their stars, blocks and drawers by the lines that close them, paragraphs and items. */
import type { ScannedBlock } from './blockScanner.ts';
import { inlineText, paragraphPieces } from './inline.ts';
import { blockOf, endOfLines, isBlank, lineAt, lineEnd, matchAt, opaqueBlock } from './lines.ts';
import { orgInline } from './orgInline.ts';
import type { PlacedPiece } from './pieces.ts';

const headline = /^(\*+)\s+(?:(?:TODO|DONE|NEXT|WAITING|HOLD|STARTED|CANCELL?ED)\s+)?(?:\[#\w\]\s+)?(.*)$/u;
const tags = /\s:[\p{L}\p{N}_@#%:]{1,200}:$/u;
const blockStart = /^\s*#\+begin_(\S+)/iu;
/** Blocks that hold prose: only the lines round it are not. */
const proseBlocks = new Set(['quote', 'center', 'verse', 'abstract', 'note', 'warning', 'tip', 'info']);
const drawer = /^\s*:[\w-]+:$/u;
const environment = /^\s*\\begin\{/u;
/** Keywords, comments, tables, fixed text, rules, times, the ends of blocks. */
const silentLine =
  /^\s*(?:#\+\S.*|#(?:\s.*)?|\|.*|:(?:\s.*)?|-{5,}|(?:SCHEDULED|DEADLINE|CLOSED|CLOCK):.*|\\\[.*|\\\].*)$/u;
const mark =
  /(?:[^\S\n]*(?:[-+]|\d{1,9}[.)]|[a-zA-Z][.)])|[^\S\n]+\*)[^\S\n]+(?:\[@\d{1,9}\][^\S\n]+)?(?:\[[ X-]\][^\S\n]+)?(?:[^\n]{1,200}?[^\S\n]::(?=\s)[^\S\n]*)?|\[fn:[\w-]{1,60}\][^\S\n]*/y;

/** A headline, a paragraph or list, a block or drawer that is not prose, or a line that is not. */
export function scanOrgBlock(text: string, start: number): ScannedBlock {
  if (isBlank(text, start)) return blockOf(text, start, start, []);
  const line = lineAt(text, start);
  const behind = lineEnd(text, start);
  const [, stars = '', words = ''] = headline.exec(line) ?? [];
  if (stars !== '') {
    const length = words.length - (tags.exec(words.slice(-202))?.[0].length ?? 0);
    const heading = inlineText(words, 0, length, orgInline).trim();
    return blockOf(text, start, behind, [
      { at: 0, piece: { kind: 'heading', length: line.length, level: stars.length, text: heading } },
    ]);
  }
  const name = blockStart.exec(line)?.[1]?.toLowerCase();
  if (name !== undefined && !proseBlocks.has(name)) {
    const closing = `#+end_${name}`;
    const end = endOfLines(text, behind, (at) => lineAt(text, at).trimStart().toLowerCase() === closing);
    return opaqueBlock(text, start, end, end >= text.length ? text.length + 1 : end);
  }
  if (drawer.test(line)) return opaqueBlock(text, start, drawerEnd(text, start));
  if (environment.test(line)) return opaqueBlock(text, start, paragraphEnd(text, start));
  if (silentLine.test(line)) return opaqueBlock(text, start, behind);
  const end = paragraphEnd(text, start);
  return blockOf(text, start, end, items(text.slice(start, end)));
}

/** Behind the drawer's last line; one that is not closed ends at a blank line or a headline. */
function drawerEnd(text: string, start: number): number {
  let at = lineEnd(text, start);
  while (at < text.length && !isBlank(text, at) && !text.startsWith('* ', at)) {
    const line = lineAt(text, at);
    at = lineEnd(text, at);
    if (/^\s*:end:$/iu.test(line)) break;
  }
  return at;
}

function paragraphEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && !isBlank(text, at) && !(at > start && isOther(lineAt(text, at)))) at = lineEnd(text, at);
  return at;
}

function isOther(line: string): boolean {
  return /^\*+\s/u.test(line) || silentLine.test(line) || drawer.test(line) || environment.test(line);
}

/** One paragraph, or one for each item. */
function items(block: string): PlacedPiece[] {
  const starts: { from: number; text: number }[] = [];
  for (let at = 0; at < block.length; at = lineEnd(block, at)) {
    const found = matchAt(mark, block, at);
    if (found !== undefined || at === 0) starts.push({ from: at, text: at + (found?.length ?? 0) });
  }
  return starts.flatMap(({ from, text }, i) =>
    paragraphPieces(block, from, text, starts[i + 1]?.from ?? block.length, orgInline),
  );
}
