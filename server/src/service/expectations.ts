/** Which places of a document need the LCM's expectation anew, and in which windows it is asked. */
import type { SentenceSpan } from '../text/snapshot.ts';

/**
 * Sentences before a place that decide whether its expectation is still good. The model sees up to its context length,
 * but far sentences move the expectation little, and with all of them one edit would ask for the rest of the document.
 */
const decisiveSentences = 8;

/** Key of an expectation: the ids of the sentences right before the place. The sentence itself does not enter it. */
export function expectationKey(sentences: readonly SentenceSpan[], index: number): string {
  let key = index < decisiveSentences ? '^' : '';
  for (let i = Math.max(0, index - decisiveSentences); i < index; i++) key += `${sentences[i]?.id} `;
  return key;
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
