/** Edits of a document, as offsets. */
import type { DocumentText } from './documentText.ts';

/** Replaces `[start, end)` by `text`; of several, each refers to the text that the ones before it left. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Several changes as one that takes in all of them, and all between them. `text`: what they left. */
export function enclosing(changes: readonly TextChange[], text: Pick<DocumentText, 'slice'>): TextChange {
  let from = Number.POSITIVE_INFINITY;
  /** Its end in the text before the changes, and after those looked at. */
  let before = 0;
  let now = 0;
  for (const change of changes) {
    const behind = Math.max(0, change.end - now);
    before += behind;
    now += behind;
    from = Math.min(from, change.start);
    now += change.text.length - (change.end - change.start);
  }
  return { start: from, end: before, text: text.slice(from, now) };
}

/** A stretch `[fromA, toA)` of the text before several changes that became `[fromB, toB)` of the text after them. */
export interface ChangedRange {
  readonly fromA: number;
  readonly toA: number;
  readonly fromB: number;
  readonly toB: number;
}

/**
 * The stretches that the changes touched, in order and apart from each other: everything between them is only moved.
 * Each is wider than its changes by up to `margin` units on both sides; `length` is the text's before them.
 */
export function changedRanges(changes: readonly TextChange[], length: number, margin: number): ChangedRange[] {
  let ranges: ChangedRange[] = [];
  let now = length;
  for (const { start, end, text } of changes) {
    const growth = text.length - (end - start);
    let from = Math.max(0, start - margin);
    let to = Math.min(now, end + margin);
    const before = ranges.filter(({ toB }) => toB < from);
    const after = ranges.filter(({ fromB }) => fromB > to);
    const joined = ranges.slice(before.length, ranges.length - after.length);
    from = Math.min(from, joined[0]?.fromB ?? from);
    to = Math.max(to, joined.at(-1)?.toB ?? to);
    const fromA = from - grown(before);
    const toA = to - grown(before) - grown(joined);
    const moved = after.map((range) => ({ ...range, fromB: range.fromB + growth, toB: range.toB + growth }));
    ranges = [...before, { fromA, toA, fromB: from, toB: to + growth }, ...moved];
    now += growth;
  }
  return ranges;
}

function grown(ranges: readonly ChangedRange[]): number {
  return ranges.reduce((sum, { fromA, toA, fromB, toB }) => sum + (toB - fromB) - (toA - fromA), 0);
}
