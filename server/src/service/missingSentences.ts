/** Which sentences of a document are to be encoded: those around the cursor, without looking at each after each keystroke. */
import { changedRange } from '../base/changedRange.ts';
import { partitionPoint } from '../base/partitionPoint.ts';
import { type Steps, triflesAtOnce } from '../base/steps.ts';
import type { SentenceSpan } from '../text/snapshot.ts';

/** Sentences of one document that are indexed; in a longer one, those around the cursor. */
export const indexedSentences = 16_384;

/** A version's sentences, of which those in [from, to) were found to be known. */
export interface Indexed {
  readonly sentences: readonly SentenceSpan[];
  readonly from: number;
  readonly to: number;
}

export const nothingIndexed: Indexed = { sentences: [], from: 0, to: 0 };

/** The sentences that get indexed with the cursor at offset `near`: as many on both sides, as far as there are. */
export function indexedAround(sentences: readonly SentenceSpan[], near: number): Indexed {
  const at = firstBehind(sentences, near);
  const from = Math.max(0, Math.min(at - indexedSentences / 2, sentences.length - indexedSentences));
  return { sentences, from, to: Math.min(sentences.length, from + indexedSentences) };
}

/**
 * The different ones of them that are not known, outward from `near`. Those that stood in `before`, with nothing changed
 * between them and the document's start or end, are known still.
 */
export function* missingSentences(
  { sentences, from, to }: Indexed,
  near: number,
  before: Indexed,
  isKnown: (id: string) => boolean,
): Steps<SentenceSpan[]> {
  const [first, end] = changedRange(before.sentences, sentences, (a, b) => a.id === b.id);
  const shift = before.sentences.length - sentences.length;
  const at = firstBehind(sentences, near);
  const rank = (i: number): number => (i >= at ? 2 * (i - at) : 2 * (at - i) - 1);
  const missing: number[] = [];
  let looked = 0;
  for (let i = from; i < to; i++) {
    // From one end of what is known still to the other.
    if (i < first && i >= before.from) i = Math.max(i, Math.min(first, before.to));
    if (i >= end && i + shift >= before.from) i = Math.max(i, before.to - shift);
    if (i >= to) break;
    if (!isKnown((sentences[i] as SentenceSpan).id)) missing.push(i);
    if (++looked % triflesAtOnce === 0) yield;
  }
  const different = new Map<string, SentenceSpan>();
  for (const i of missing.sort((a, b) => rank(a) - rank(b))) {
    const sentence = sentences[i] as SentenceSpan;
    if (!different.has(sentence.id)) different.set(sentence.id, sentence);
  }
  return [...different.values()];
}

/** Index of the first sentence that ends at the offset or behind it. */
function firstBehind(sentences: readonly SentenceSpan[], offset: number): number {
  return partitionPoint(sentences.length, (i) => (sentences[i] as SentenceSpan).end < offset);
}
