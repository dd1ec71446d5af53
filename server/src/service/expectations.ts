/** Which places of a document need the LCM's expectation anew, and in which windows it is asked. */
import { changedRange } from '../base/changedRange.ts';
import type { SequenceItem } from './contextSequence.ts';

/**
 * Items before a place that decide whether its expectation is still good. The model sees up to its context length,
 * but far ones move the expectation little, and with all of them one edit would ask for the rest of the document.
 */
export const decisiveItems = 8;

/** Key of what is expected at `index`: what stands right before it, in which roles. The item itself does not enter it. */
export function expectationKey(items: readonly SequenceItem[], index: number): string {
  let key = index < decisiveItems ? '^' : '';
  for (let i = Math.max(0, index - decisiveItems); i < index; i++) {
    const { id, role = '' } = items[i] as SequenceItem;
    key += `${role}${id} `;
  }
  return key;
}

/**
 * The places [first, end) of a sequence whose expectation may be another than at the same place of `before`: what differs,
 * and what stands right behind it.
 */
export function changedPlaces(
  before: readonly SequenceItem[],
  items: readonly SequenceItem[],
): readonly [first: number, end: number] {
  const same = (a: SequenceItem, b: SequenceItem) =>
    a.id === b.id && a.role === b.role && a.isSentence === b.isSentence;
  const [first, end] = changedRange(before, items, same);
  return [first, Math.min(items.length, end + decisiveItems)];
}

/**
 * Windows of at most `contextLength` places that cover every missing one. A window's answers count from `first`, which
 * has half a context before it wherever the document has that much: strided, as one pass over a long document needs.
 */
export function missingWindows(
  count: number,
  isMissing: (index: number) => boolean,
  contextLength: number,
): { readonly start: number; readonly first: number; readonly end: number }[] {
  const windows: { start: number; first: number; end: number }[] = [];
  let i = 0;
  while (i < count) {
    if (!isMissing(i)) {
      i++;
      continue;
    }
    const start = Math.max(0, i - Math.floor(contextLength / 2));
    const limit = Math.min(count, start + Math.max(1, contextLength));
    let end = i + 1;
    for (let j = i + 1; j < limit; j++) if (isMissing(j)) end = j + 1;
    windows.push({ start, first: i, end });
    i = end;
  }
  return windows;
}
