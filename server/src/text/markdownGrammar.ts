/** Markdown as Lezer reads it: CommonMark and GFM, with formulas and footnotes; inline parsing bounded. */
import {
  type BlockContext,
  parser as commonMark,
  type Element,
  GFM,
  type InlineContext,
  type Line,
  type MarkdownConfig,
  type MarkdownParser,
} from '@lezer/markdown';
import { mathEnvironments } from './latexNames.ts';
import { depthOf } from './lezerLine.ts';
import { mdx } from './mdxGrammar.ts';

/** Longest stretch parsed for inline marks at once: some runs of marks cost the square of their length. */
const longestInline = 6000;
/** Longest formula looked for inside a paragraph. */
const longestFormula = 2000;

const dollar = 36;
const backslash = 92;
const brace = 123;
const paren = 40;

/** `$x$` by Pandoc's rule, so that prices stay prose; `$$x$$` and `\(x\)` as they stand. */
function inlineMath(cx: InlineContext, next: number, from: number): number {
  if (next === dollar) return cx.char(from + 1) === dollar ? mathTo(cx, from, 2, '$$') : dollarMath(cx, from);
  if (next === backslash && cx.char(from + 1) === paren) return mathTo(cx, from, 2, '\\)');
  return -1;
}

function mathTo(cx: InlineContext, from: number, open: number, close: string): number {
  const length = cx.slice(from + open, from + open + longestFormula).indexOf(close);
  return length > 0 ? cx.addElement(cx.elt('InlineMath', from, from + open + length + close.length)) : -1;
}

function dollarMath(cx: InlineContext, from: number): number {
  if (isSpaceOrEnd(cx.char(from + 1))) return -1;
  const limit = Math.min(cx.end, from + longestFormula);
  for (let at = from + 1; at < limit; at++) {
    const unit = cx.char(at);
    if (unit === backslash) at++;
    else if (unit === dollar) {
      if (at === from + 1 || isSpaceOrEnd(cx.char(at - 1)) || isDigit(cx.char(at + 1))) return -1;
      return cx.addElement(cx.elt('InlineMath', from, at + 1));
    }
  }
  return -1;
}

function isSpaceOrEnd(unit: number): boolean {
  return unit < 0 || unit === 32 || (unit >= 9 && unit <= 13);
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}

const environment = /^\\begin\s?\{([A-Za-z]+)\*?\}/u;

/** What closes the displayed formula that opens a line; `undefined` where none does. */
function mathClosing(line: string): string | undefined {
  if (line.startsWith('$$')) return line.indexOf('$$', 2) < 0 ? '$$' : undefined;
  if (/^\\\[\s*$/u.test(line)) return '\\]';
  const [opening = '', name = ''] = environment.exec(line) ?? [];
  return mathEnvironments.has(name) ? opening.replace('begin', 'end') : undefined;
}

/** A displayed formula over whole lines; one that is never closed goes on to the end of its container, as fences do. */
function mathBlock(cx: BlockContext, line: Line): boolean {
  if (line.indent >= line.baseIndent + 4) return false;
  const opening = line.text.slice(line.pos);
  const closing = mathClosing(opening);
  if (closing === undefined) return false;
  const from = cx.lineStart + line.pos;
  let closed = opening.indexOf(closing, 2) >= 0;
  while (cx.nextLine() && depthOf(line) >= cx.depth && !closed) closed = line.text.includes(closing, line.basePos);
  cx.addElement(cx.elt('MathBlock', from, cx.prevLineEnd()));
  return true;
}

/** The lines round a div or directive of Pandoc, Quarto and many site generators: `::: {.note}`, `:::`. */
const divFence = /^:{3,}(?!\S*:\S)/u;

/** Hugo's and Quarto's `{{< name >}}` and `{{% name %}}`. */
function shortcode(cx: InlineContext, next: number, from: number): number {
  if (next !== brace || cx.char(from + 1) !== brace) return -1;
  const source = cx.slice(from, Math.min(cx.end, from + longestFormula));
  const length = /^\{\{(?:<.*?>|%.*?%)\}\}/su.exec(source)?.[0].length ?? 0;
  return length > 0 ? cx.addElement(cx.elt('Shortcode', from, from + length)) : -1;
}

const footnoteMark = /^\[\^[^\]\s]+\]:/u;

const extension: MarkdownConfig = {
  defineNodes: [
    'InlineMath',
    'Shortcode',
    { name: 'MathBlock', block: true },
    { name: 'DivFence', block: true },
    { name: 'FootnoteDefinition', block: true },
    'FootnoteMark',
  ],
  parseInline: [
    { name: 'InlineMath', parse: inlineMath, before: 'Escape' },
    { name: 'Shortcode', parse: shortcode },
  ],
  parseBlock: [
    {
      name: 'MathBlock',
      before: 'FencedCode',
      parse: mathBlock,
      endLeaf: (_, line) => mathClosing(line.text.slice(line.pos)) !== undefined,
    },
    {
      name: 'DivFence',
      before: 'FencedCode',
      parse: (cx, line) => divFence.test(line.text.slice(line.pos)) && addLine(cx, line, 'DivFence'),
      endLeaf: (_, line) => divFence.test(line.text.slice(line.pos)),
    },
    {
      name: 'FootnoteDefinition',
      before: 'LinkReference',
      leaf(_, leaf) {
        const mark = footnoteMark.exec(leaf.content)?.[0].length;
        if (mark === undefined) return null;
        return {
          nextLine: () => false,
          finish(cx, { start, content }) {
            const inline = cx.parser.parseInline(content.slice(mark), start + mark);
            const children = [cx.elt('FootnoteMark', start, start + mark), ...inline];
            cx.addLeafElement(leaf, cx.elt('FootnoteDefinition', start, start + content.length, children));
            return true;
          },
        };
      },
      endLeaf: (_, line) => footnoteMark.test(line.text.slice(line.pos)),
    },
  ],
};

/** The rest of the line as a block of its own. */
function addLine(cx: BlockContext, line: Line, name: string): true {
  const from = cx.lineStart + line.pos;
  cx.addElement(cx.elt(name, from, cx.lineStart + line.text.length));
  cx.nextLine();
  return true;
}

/**
 * The parser; its trees may be handed back to it as fragments, since no rule looks further ahead than two lines: a
 * paragraph ends above a table, which the line below the table's head tells.
 */
export const markdownParser: MarkdownParser = bounded(commonMark.configure([GFM, extension]));

/** The same for MDX, where tags are JSX and there is no indented code. */
export const mdxParser: MarkdownParser = bounded(commonMark.configure([GFM, extension, mdx]));

/** Reads a very long paragraph part by part: marks that a cut separates stay text. */
function bounded(parser: MarkdownParser): MarkdownParser {
  const parseInline = parser.parseInline.bind(parser);
  parser.parseInline = (text, offset) => {
    if (text.length <= longestInline) return parseInline(text, offset);
    const elements: Element[] = [];
    for (let at = 0; at < text.length; ) {
      const space = text.lastIndexOf(' ', at + longestInline);
      const end = at + longestInline >= text.length || space <= at ? at + longestInline : space + 1;
      elements.push(...parseInline(text.slice(at, end), offset + at));
      at = end;
    }
    return elements;
  };
  return parser;
}
