/** Numbers that stand for a document's sentences, to walk through all of them without waiting for the memory of each. */
import { changedRange } from '../base/changedRange.ts';
import { type Steps, triflesAtOnce } from '../base/steps.ts';
import type { SentenceSpan } from '../text/snapshot.ts';

/** 31 bits of a sentence's id: equal ids have equal keys, and practically only these. */
export function keyOf(id: string): number {
  return Number.parseInt(id.slice(-6), 36) & 0x7fffffff;
}

/** The keys of one document's versions, each made from that of the version asked for before. */
export class SentenceKeys {
  #last: { readonly sentences: readonly SentenceSpan[]; readonly keys: Int32Array } = {
    sentences: [],
    keys: new Int32Array(),
  };

  /** One for each sentence, in order. */
  *of(sentences: readonly SentenceSpan[]): Steps<Int32Array> {
    const before = this.#last;
    if (before.sentences === sentences) return before.keys;
    const [first, end] = changedRange(before.sentences, sentences, (a, b) => a.id === b.id);
    const keys = new Int32Array(sentences.length);
    keys.set(before.keys.subarray(0, first));
    for (let i = first; i < end; i++) {
      keys[i] = keyOf((sentences[i] as SentenceSpan).id);
      if (i % triflesAtOnce === 0) yield;
    }
    keys.set(before.keys.subarray(before.keys.length - (sentences.length - end)), end);
    this.#last = { sentences, keys };
    return keys;
  }
}
