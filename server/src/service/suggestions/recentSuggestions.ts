/** The last suggestions of each document, so that typing through one keeps it without asking the model again. */
import { LruCache } from '../../base/lruCache.ts';
import type { DocumentText } from '../../text/documentText.ts';
import type { DocumentSnapshot } from '../../text/snapshot.ts';

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
/** Places remembered of each: the one shown, what follows it, and some that the writer came by. */
const placeBound = 8;
/** UTF-16 units on both sides of the place that must be unchanged. */
const sideLength = 160;

export class RecentSuggestions {
  /** Newest first. */
  readonly #shown = new LruCache<string, readonly Shown[]>(documentBound);

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
    const { content } = snapshot;
    const before = content.slice(Math.max(0, offset - sideLength), offset);
    const after = content.slice(offset, offset + sideLength);
    const shown = { offset, before, after, settings, enoughFor, items };
    const others = (this.#shown.get(snapshot.uri) ?? []).filter((other) => !isSamePlace(other, shown));
    this.#shown.set(snapshot.uri, [shown, ...others].slice(0, placeBound));
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
    for (const shown of this.#shown.get(snapshot.uri) ?? []) {
      const left = shown.settings === settings ? remainderOf(shown, snapshot.content, offset, least) : undefined;
      if (left) return left.slice(0, most);
    }
    return undefined;
  }

  /** The first suggestion of each other place that is remembered: whoever wrote on does not want it here. */
  elsewhere({ uri, content }: DocumentSnapshot, offset: number): string[] {
    const before = content.slice(Math.max(0, offset - sideLength), offset);
    const others = (this.#shown.get(uri) ?? []).filter((shown) => shown.before !== before);
    return others.flatMap(({ items }) => items[0]?.insertText.trim() ?? []);
  }

  forget(uri: string): void {
    this.#shown.delete(uri);
  }

  clear(): void {
    this.#shown.clear();
  }
}

function isSamePlace(a: Shown, b: Shown): boolean {
  return a.offset === b.offset && a.settings === b.settings && a.before === b.before && a.after === b.after;
}

function remainderOf(
  shown: Shown,
  text: DocumentText,
  offset: number,
  least: number,
): readonly Suggestion[] | undefined {
  if (offset < shown.offset) return undefined;
  if (text.slice(Math.max(0, shown.offset - sideLength), shown.offset) !== shown.before) return undefined;
  if (text.slice(offset, offset + sideLength) !== shown.after) return undefined;
  const typed = text.slice(shown.offset, offset);
  if (typed === '') return shown.enoughFor >= least ? shown.items : undefined;
  const left = shown.items
    .filter(({ insertText }) => insertText.trimEnd().length > typed.length && insertText.startsWith(typed))
    .map((item) => ({ ...item, insertText: item.insertText.slice(typed.length) }));
  return left.length > 0 ? left : undefined;
}
