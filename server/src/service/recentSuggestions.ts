/** The last suggestions of each document, so that typing through one keeps it without asking the model again. */
import { LruCache } from '../base/lruCache.ts';
import type { DocumentSnapshot } from '../text/snapshot.ts';

export interface Suggestion {
  readonly insertText: string;
  readonly score: number;
  /** The document's sentence that the idea is closest to; '' where none is known. */
  readonly near: string;
  /** Heading of the section that sentence is in; '' where it has none. */
  readonly heading: string;
}

interface Shown {
  readonly offset: number;
  readonly before: string;
  readonly after: string;
  readonly settings: string;
  /** Up to how many wanted ones nothing is missing: more than there are, where no more could be found. */
  readonly enoughFor: number;
  readonly items: readonly Suggestion[];
}

/** Documents remembered; the one unused for longest leaves first. */
const documentBound = 32;
/** UTF-16 units on both sides of the place that must be unchanged. */
const sideLength = 160;

export class RecentSuggestions {
  readonly #shown = new LruCache<string, Shown>(documentBound);

  /**
   * Keeps what is about to be shown at this place; `settings` names what else it depends on. `enoughFor`: up to how many
   * wanted ones nothing is missing, which is more than there are where no more could be found.
   */
  keep(
    snapshot: DocumentSnapshot,
    offset: number,
    settings: string,
    enoughFor: number,
    items: readonly Suggestion[],
  ): void {
    const { text } = snapshot;
    const before = text.slice(Math.max(0, offset - sideLength), offset);
    const after = text.slice(offset, offset + sideLength);
    this.#shown.set(snapshot.uri, { offset, before, after, settings, enoughFor, items });
  }

  /**
   * What is left of the kept suggestions, at most `most`, when all that changed since is that one of them was typed up
   * to `offset`; `undefined` when the model must be asked, as it must for more than are kept.
   */
  remainder(
    snapshot: DocumentSnapshot,
    offset: number,
    settings: string,
    { least, most }: { readonly least: number; readonly most: number },
  ): readonly Suggestion[] | undefined {
    const shown = this.#shown.get(snapshot.uri);
    if (!shown || shown.settings !== settings || offset < shown.offset) return undefined;
    const { text } = snapshot;
    if (text.slice(Math.max(0, shown.offset - sideLength), shown.offset) !== shown.before) return undefined;
    if (text.slice(offset, offset + sideLength) !== shown.after) return undefined;
    const typed = text.slice(shown.offset, offset);
    if (typed === '') return shown.enoughFor >= least ? shown.items.slice(0, most) : undefined;
    const left = shown.items
      .filter(({ insertText }) => insertText.trimEnd().length > typed.length && insertText.startsWith(typed))
      .map((item) => ({ ...item, insertText: item.insertText.slice(typed.length) }));
    return left.length > 0 ? left.slice(0, most) : undefined;
  }

  forget(uri: string): void {
    this.#shown.delete(uri);
  }

  clear(): void {
    this.#shown.clear();
  }
}
