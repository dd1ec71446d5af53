/** The text as Lezer gets it, unit for unit, line by line: a parse that keeps most of a tree reads few of them. */
import type { Input } from '@lezer/common';

/**
 * Every line break as Lezer knows them, the front matter blank, and nothing that Lezer does not bear (see below). What
 * becomes of a line depends on that line alone, so that fragments stay good.
 */
export class MarkdownInput implements Input {
  readonly lineChunks = true;
  readonly length: number;
  readonly #text: string;
  readonly #frontMatter: number;
  /** The line read last: Lezer asks for the rest of a long one at each of its words. */
  #last = { start: 0, end: -1, line: '' };

  constructor(text: string, frontMatter: number) {
    this.#text = text.includes('\r') ? text.replace(loneReturn, '\n') : text;
    this.#frontMatter = frontMatter;
    this.length = text.length;
  }

  chunk(from: number): string {
    const { start, end, line } = this.#lineAt(from);
    return end === from && end < this.length ? '\n' : line.slice(from - start);
  }

  read(from: number, to: number): string {
    let result = '';
    for (let at = from; at < to; at = from + result.length) result += this.chunk(at);
    return result.slice(0, to - from);
  }

  #lineAt(at: number): { readonly start: number; readonly end: number; readonly line: string } {
    if (at < this.#last.start || at > this.#last.end) {
      const start = at === 0 ? 0 : this.#text.lastIndexOf('\n', at - 1) + 1;
      const feed = this.#text.indexOf('\n', at);
      const end = feed < 0 ? this.length : feed;
      this.#last = { start, end, line: this.#line(start, end) };
    }
    return this.#last;
  }

  #line(start: number, end: number): string {
    const line = this.#text.slice(start, end);
    const body = (line.endsWith('\r') ? `${line.slice(0, -1)} ` : line)
      .replace(deepNesting, (_, marks: string, rest: string) => marks + ' '.repeat(rest.length))
      .replace(delimiterRow, (row, cells: string, space: string) => (row.includes('-') ? `${cells}${space}|` : row));
    const hidden = Math.min(Math.max(0, this.#frontMatter - start), body.length);
    return ' '.repeat(hidden) + body.slice(hidden);
  }
}

/** A line break of its own. */
const loneReturn = /\r(?!\n)/gu;
/** Lists and quotations on one line take the square of their depth: nothing is read behind fifty marks. */
const deepNesting = /^((?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])[ \t])){50})(.+)$/su;
/** White space behind a table's last bar, which hides the table from Lezer, goes before the bar. */
const delimiterRow = /^([ \t>|:-]*)\|([ \t]+)$/u;
