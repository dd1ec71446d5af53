/** Summaries that Foresay has put into a document, found by the comments that stand before and behind them. */
import type { Span } from './snapshot.ts';

/** From the start of the first comment's line to the end of the last one's. */
export interface InsertedSummary extends Span {
  /** What stands between the comments, line breaks at its ends included. */
  readonly inner: Span;
  /** What the first comment says of it. */
  readonly attributes: ReadonlyMap<string, string>;
}

const mark = 'foresay:summary';
/** The marks that open and close a comment in any of the languages, YAML among them. */
const firstLine =
  /^[^\S\n]*(?:<!--|\{\/\*|%|\/\/|\.\.|#|--)[^\S\n]+foresay:summary((?: [a-z]+=\S+)+)[^\S\n]*(?:-->|\*\/\})?\s*$/u;
const lastLine = /^[^\S\n]*(?:<!--|\{\/\*|%|\/\/|\.\.|#|--)[^\S\n]+\/foresay:summary[^\S\n]*(?:-->|\*\/\})?\s*$/u;

/** Whether what tells such comments stands in the text: without it there is no summary. */
export const hasSummaryMark = (text: string): boolean => text.includes(mark);

/** UTF-16 units on both sides of a change that it may have made a mark of. */
export const markLength = mark.length;

/** Whole ones only, in order: a comment whose partner is gone marks nothing. */
export function insertedSummaries(text: string): InsertedSummary[] {
  const found: InsertedSummary[] = [];
  let opened: { readonly start: number; readonly end: number; readonly attributes: string } | undefined;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) {
    const start = text.lastIndexOf('\n', at) + 1;
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    const attributes = firstLine.exec(line)?.[1];
    if (attributes !== undefined) opened = { start, end, attributes };
    else if (opened && lastLine.test(line)) {
      const inner = { start: opened.end, end: start };
      found.push({
        start: opened.start,
        end: line.endsWith('\r') ? end - 1 : end,
        inner,
        attributes: read(opened.attributes),
      });
      opened = undefined;
    }
  }
  return found;
}

/** The text of the first comment. */
export function openingMark(attributes: Readonly<Record<string, string | number>>): string {
  return [mark, ...Object.entries(attributes).map(([name, value]) => `${name}=${value}`)].join(' ');
}

/** The text of the last comment. */
export const closingMark = `/${mark}`;

function read(attributes: string): Map<string, string> {
  const pairs = attributes.trim().split(' ');
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}
