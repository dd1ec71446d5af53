/** A change of a text together with what it replaced: enough to tell what a writer did. */
import type { TextChange } from './textChange.ts';

export interface Replacement extends TextChange {
  readonly replaced: string;
}

/** The same change without what text and replaced text have in common at their start and at their end. */
export function minimal({ start, end, text, replaced }: Replacement): Replacement {
  const length = Math.min(text.length, replaced.length);
  let before = 0;
  while (before < length && text[before] === replaced[before]) before++;
  let after = 0;
  while (after < length - before && text.at(-1 - after) === replaced.at(-1 - after)) after++;
  return {
    start: start + before,
    end: end - after,
    text: text.slice(before, text.length - after),
    replaced: replaced.slice(before, replaced.length - after),
  };
}
