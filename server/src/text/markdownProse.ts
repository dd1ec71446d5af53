/** One leaf of a Markdown document read as prose: marks out, entities decoded, code and formulas as their words. */
import type { TreeCursor } from '@lezer/common';
import { decodeHTML } from 'entities';
import { closingStop, mathWords } from './mathWords.ts';
import { plainSentence } from './pieces.ts';
import { isSpace, type ProseBuilder } from './prose.ts';

/** Marks that stand where prose may begin, not round a part of it: no sentence begins with them. */
const placeMarks: ReadonlySet<string> = new Set(['QuoteMark', 'TaskMarker', 'FootnoteMark', 'HeaderMark']);
/** Pandoc's citations: `[@knuth84]`, `[see @knuth84, p. 3; -@lamport94]`. */
const citation = /(?:^|[\s;])-?@[\p{L}\p{N}_{]/u;

/** Reads a leaf's inline nodes into a builder. Offsets count from the leaf's start, which is where its cursor stands. */
export class InlineReader {
  readonly #text: string;
  readonly #builder: ProseBuilder;
  readonly #isDefined: (label: string) => boolean;

  /** `isDefined` says whether the document defines a link's label. */
  constructor(text: string, builder: ProseBuilder, isDefined: (label: string) => boolean) {
    this.#text = text;
    this.#builder = builder;
    this.#isDefined = isDefined;
  }

  /** Takes `[from, to)`, the cursor's children in it read by what they are. The cursor ends where it was. */
  content(cursor: TreeCursor, from: number, to: number): void {
    let at = from;
    if (cursor.firstChild()) {
      do {
        if (cursor.from < at || cursor.to > to) continue;
        this.#builder.copy(at, cursor.from);
        this.#node(cursor);
        at = cursor.to;
      } while (cursor.nextSibling());
      cursor.parent();
    }
    this.#builder.copy(at, to);
  }

  #node(cursor: TreeCursor): void {
    const { name, from, to } = cursor;
    if (name === 'Emphasis' || name === 'StrongEmphasis' || name === 'Strikethrough') {
      return this.content(cursor, from, to);
    }
    if (name === 'EmphasisMark' || name === 'StrikethroughMark') return this.#builder.markup(from, to);
    if (name === 'LinkMark') return this.#builder.copy(from, to);
    if (name === 'Escape') return this.#escape(from, to);
    if (name === 'Entity') return this.#entity(from, to);
    if (name === 'HardBreak') return this.#builder.space(from, to);
    if (name === 'Link') return this.#link(cursor);
    if (name === 'InlineCode') return this.#code(cursor);
    if (name === 'InlineMath') return this.#math(from, to);
    if (name === 'URL') return this.#url(from, to);
    if (name === 'Autolink') return this.#autolink(from, to);
    if (name === 'HTMLTag') return this.#tag(from, to);
    if (placeMarks.has(name)) return this.#placeMark(from, to);
    // Images, comments, processing instructions.
    this.#silent(from, to);
  }

  #placeMark(from: number, to: number): void {
    this.#builder.island(from, to, true);
    this.#builder.space(from, to);
  }

  #silent(from: number, to: number): void {
    this.#builder.island(from, to);
    this.#builder.drop(from, to);
  }

  #escape(from: number, to: number): void {
    this.#builder.markup(from, from + 1);
    this.#builder.copy(from + 1, to);
  }

  #entity(from: number, to: number): void {
    const source = this.#text.slice(from, to);
    const decoded = decodeHTML(source);
    if (decoded === source) this.#builder.copy(from, to);
    else if ([...decoded].every((mark) => isSpace(mark.charCodeAt(0)))) this.#builder.space(from, to);
    else this.#builder.replace(decoded, from, to);
  }

  #link(cursor: TreeCursor): void {
    const { from, to } = cursor;
    const closing = closingBracket(cursor);
    const label = this.#text.slice(from + 1, closing);
    if (closing + 1 === to) {
      if (label.startsWith('^') || citation.test(label)) return this.#silent(from, to);
      // Brackets without a target that the document defines are brackets.
      if (!this.#isDefined(label)) return this.content(cursor, from, to);
    }
    this.#builder.markup(from, from + 1);
    this.content(cursor, from + 1, closing);
    this.#builder.island(closing, to);
    this.#builder.markup(closing, to);
  }

  #code(cursor: TreeCursor): void {
    const { from, to } = cursor;
    let code = '';
    let at = from;
    cursor.firstChild();
    do {
      // Between the backticks, and round the marks of a quotation that goes on over a line end.
      code += this.#text.slice(at, cursor.from);
      at = cursor.to;
    } while (cursor.nextSibling());
    cursor.parent();
    this.#builder.island(from, to);
    this.#builder.replace(plainSentence(code), from, to, 'word');
  }

  #math(from: number, to: number): void {
    const source = this.#text.slice(from, to);
    const display = source.startsWith('$$');
    const marks = source.startsWith('$') && !display ? 1 : 2;
    const tex = source.slice(marks, -marks);
    this.#builder.island(from, to);
    if (display) this.#builder.display(closingStop(tex), from, to);
    else this.#builder.replace(mathWords(tex), from, to, 'word');
  }

  #url(from: number, to: number): void {
    this.#builder.island(from, to, true);
    this.#builder.replace(this.#text.slice(from, to), from, to, 'ownCase');
  }

  #autolink(from: number, to: number): void {
    this.#builder.island(from, to);
    this.#builder.replace(this.#text.slice(from + 1, to - 1), from, to, 'ownCase');
  }

  #tag(from: number, to: number): void {
    const tag = this.#text.slice(from, to);
    this.#builder.island(from, to);
    if (/^<(?:br|hr)\b/iu.test(tag)) this.#builder.space(from, to);
    else if (/^<img\b/iu.test(tag)) this.#builder.drop(from, to);
    else this.#builder.markup(from, to);
  }
}

/** Start of the bracket that closes a link's text. */
function closingBracket(link: TreeCursor): number {
  const { from, to } = link;
  let closing = to - 1;
  link.firstChild();
  do {
    if (link.name === 'LinkMark' && link.from > from) {
      closing = link.from;
      break;
    }
  } while (link.nextSibling());
  link.parent();
  return closing;
}
