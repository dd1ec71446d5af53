/** The lines of one comment read as prose: marks, tags, directives and code in it left out. */
import { closing, closingPair, type InlineSyntax, isWord, type Reading, readInline, urlEnd } from './inline.ts';
import { type PlacedPiece, prosePieces } from './pieces.ts';
import { ProseBuilder } from './prose.ts';

/** A line of a comment: its marks from `from` to `text`, then what it says up to `to`, its line break included. */
export interface CommentLine {
  readonly from: number;
  readonly text: number;
  readonly to: number;
}

/** What tools read: `eslint-disable`, `@ts-expect-error`, `noqa`, `go:build`, a shebang. */
const forTools =
  /^\s*(?:@ts-|eslint|prettier|biome|tslint|jshint|noqa|type:|pylint|mypy|ruff|pragma|go:|\+build|nolint|NOLINT|#?(?:end)?region\b|clang-format|rubocop|shellcheck|istanbul|c8 |v8 |vim:|-\*-|!\/|SPDX-|sourceMappingURL)/u;
const fence = /^\s*(?:```|~~~)/u;
const bullet = /^\s*(?:[-*•]|\d{1,3}[.)])\s+/u;
/** Documentation tags, with the name they are about: `@param {T} name`, `\brief`, `:param name:`, `name (type):`. */
const tag =
  /^\s*(?:[@\\](?:param|arg|argument|property|prop|throws|exception|tparam|template|field)(?:\[\w+\])?\s+(?:\{[^}\n]{0,200}\}\s*)?(?:\[[^\]\n]{0,200}\]|[\w.$*&]+)(?:\s+-)?|[@\\][a-zA-Z]+(?:\s+\{[^}\n]{0,200}\})?|:\w+(?:\s+[\w.*]+){0,2}:|[\w*]{1,30}(?:\s\([^)\n]{0,80}\))?:(?=\s))\s*/u;
const docHeading =
  /^\s*(?:Args|Arguments|Attributes|Returns|Yields|Raises|Parameters|Examples?|Notes?|See Also|References):\s*$/u;
/** Lines of code that somebody took out. */
const code = /[;{}]\s*$|^\s*(?:>>>|\$ |<\/?\w+.*>\s*$)|=>|^\s*[\w.]+\([^)]*\)\s*;?\s*$/u;
/** Blank lines, rules, diagrams. */
const wordless = /^[^\p{L}]*$/u;
const heading = /^\s*(?:#{1,6}|={1,6})\s+\S/u;

const notProse = [forTools, heading, docHeading, wordless];

/** Paragraphs of the comment, in order; what is not prose as opaque pieces. */
export function commentPieces(source: string, lines: readonly CommentLine[]): PlacedPiece[] {
  const pieces: PlacedPiece[] = [];
  let paragraph: CommentLine[] = [];
  const flush = (): void => {
    pieces.push(...paragraphPieces(source, paragraph));
    paragraph = [];
  };
  let fenced = false;
  for (const line of lines) {
    const text = source.slice(line.text, line.to);
    const isFence = fence.test(text);
    const isShebang = line.from === 0 && source.startsWith('#!');
    const isIndented = paragraph.length === 0 && /^(?: {4,}|\t{2,})\S/u.test(text);
    if (fenced || isFence || isShebang || isIndented || notProse.some((pattern) => pattern.test(text))) {
      flush();
      pieces.push(...opaque(source, line.from, line.to));
      if (isFence) fenced = !fenced;
    } else {
      if (bullet.test(text) || tag.test(text)) flush();
      paragraph.push(line);
    }
  }
  flush();
  return pieces;
}

function paragraphPieces(source: string, lines: readonly CommentLine[]): PlacedPiece[] {
  const [first] = lines;
  const last = lines.at(-1);
  if (!first || !last) return [];
  if (lines.some(({ text, to }) => code.test(source.slice(text, to)))) return opaque(source, first.from, last.to);
  const builder = new ProseBuilder(source);
  for (const { from, text, to } of lines) {
    const said = source.slice(text, to);
    const opening = (bullet.exec(said) ?? tag.exec(said))?.[0] ?? '';
    // The mark without the white space on its sides, which is where the words are typed.
    const mark = source.slice(from, text + opening.length);
    const length = mark.trimEnd().length;
    const space = mark.length - mark.trimStart().length;
    if (length > space) builder.island(from + space, from + length, true);
    readInline(builder, source, text + opening.length, to, inline);
  }
  return prosePieces(builder);
}

function opaque(source: string, from: number, to: number): PlacedPiece[] {
  const length = source.slice(from, to).trimEnd().length;
  return length > 0 ? [{ at: from, piece: { kind: 'opaque', length, open: true } }] : [];
}

const inline: InlineSyntax = {
  special: /[`{]|\bhttps?:/giu,

  read(text, at, to): Reading | undefined {
    const mark = text.charAt(at);
    if (mark === '`') return quoted(text, at, to);
    if (mark === '{') return braced(text, at, to);
    if (isWord(text, at - 1)) return undefined;
    const end = urlEnd(text, at, to);
    return { as: 'word', text: text.slice(at, end), mask: 'ownCase', end };
  },
};

function quoted(text: string, at: number, to: number): Reading | undefined {
  const marks = text[at + 1] === '`' ? '``' : '`';
  const from = at + marks.length;
  const close = closing(text, from, to, marks);
  if (close <= from) return undefined;
  return { as: 'word', text: text.slice(from, close).replace(/\s+/gu, ' '), mask: 'word', end: close + marks.length };
}

/** `{@link Name words}`, `{@code x}`. */
function braced(text: string, at: number, to: number): Reading | undefined {
  if (text[at + 1] !== '@') return undefined;
  const end = closingPair(text, at, to);
  const space = text.slice(at, Math.max(at, end)).search(/\s/u);
  if (end < 0 || space < 0) return undefined;
  const words = text
    .slice(at + space, end - 1)
    .replace(/\s+/gu, ' ')
    .trim();
  return { as: 'word', text: words, mask: 'word', end };
}
