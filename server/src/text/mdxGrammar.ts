/** What MDX adds to Markdown and takes from it, for Lezer: JSX, expressions, `import` and `export`. */
import type { BlockContext, InlineContext, Line, MarkdownConfig } from '@lezer/markdown';
import { depthOf } from './lezerLine.ts';

/** Longest tag and expression looked for inside a paragraph. */
const longest = 2000;
const lessThan = 60;
const brace = 123;
const tagStart = /^<(?:\/?[A-Za-z][\w.:-]*|\/?>)/u;
const moduleLine = /^(?:import|export)\s/u;

/** How far a tag or an expression has been read, over lines. */
class JsxReader {
  #depth = 0;
  #quote = '';
  readonly #isTag: boolean;

  constructor(isTag: boolean) {
    this.#isTag = isTag;
  }

  /** Behind what closes it, or -1 if it goes on behind `text`. */
  read(text: string, from: number): number {
    for (let i = from; i < text.length; i++) {
      const mark = text.charAt(i);
      if (this.#quote !== '') {
        if (mark === this.#quote) this.#quote = '';
      } else if ((mark === '"' || mark === "'" || mark === '`') && (this.#isTag || this.#depth > 0)) this.#quote = mark;
      else if (mark === '{') this.#depth++;
      else if (mark === '}') {
        this.#depth--;
        if (!this.#isTag && this.#depth <= 0) return i + 1;
      } else if (mark === '>' && this.#isTag && this.#depth <= 0) return i + 1;
    }
    return -1;
  }
}

/** A tag or expression that has its lines to itself; with text behind it, it is part of a paragraph. */
function jsxBlock(cx: BlockContext, line: Line): boolean {
  const opening = line.text.slice(line.pos);
  const isTag = tagStart.test(opening);
  if (!isTag && !opening.startsWith('{')) return false;
  const reader = new JsxReader(isTag);
  const end = reader.read(opening, 0);
  if (end >= 0 && opening.slice(end).trim() !== '') return false;
  return takeLines(cx, line, end >= 0, (text) => reader.read(text, 0) >= 0);
}

/** `import` and `export` go on to a blank line. */
function moduleBlock(cx: BlockContext, line: Line): boolean {
  if (!moduleLine.test(line.text) || line.pos > 0) return false;
  return takeLines(cx, line, false, () => false);
}

/** Lines up to the one that closes the block, to a blank one, or to the end of the container. */
function takeLines(cx: BlockContext, line: Line, closed: boolean, closes: (text: string) => boolean): true {
  const from = cx.lineStart + line.pos;
  let last = closed;
  const { depth } = cx;
  while (cx.nextLine() && !last) {
    if (line.text.slice(line.pos).trim() === '' || depthOf(line) < depth) break;
    last = closes(line.text.slice(line.basePos));
  }
  cx.addElement(cx.elt('JsxBlock', from, cx.prevLineEnd()));
  return true;
}

function jsxInline(cx: InlineContext, next: number, from: number): number {
  if (next !== lessThan && next !== brace) return -1;
  const source = cx.slice(from, Math.min(cx.end, from + longest));
  const isTag = next === lessThan;
  if (isTag && !tagStart.test(source)) return -1;
  const length = new JsxReader(isTag).read(source, 0);
  if (length < 0) return -1;
  return cx.addElement(cx.elt(isTag ? 'HTMLTag' : 'JsxExpression', from, from + length));
}

export const mdx: MarkdownConfig = {
  defineNodes: [{ name: 'JsxBlock', block: true }, 'JsxExpression'],
  remove: ['IndentedCode', 'HTMLBlock', 'HTMLTag'],
  parseBlock: [
    { name: 'ModuleBlock', before: 'LinkReference', parse: moduleBlock },
    { name: 'JsxBlock', before: 'LinkReference', parse: jsxBlock },
  ],
  parseInline: [{ name: 'Jsx', before: 'Escape', parse: jsxInline }],
};
