/**
 * What becomes of the suggestions that are shown, measured from what happens to their documents, which every client
 * tells; what a client reports besides only adds what cannot be seen there.
 */
import { LruCache } from '../../base/lruCache.ts';
import type { SuggestionCounts } from '../../protocol.ts';
import type { Replacement } from '../../text/replacement.ts';

/** Hears by how much the counts of a language's suggestions change; a later fact may take back an earlier one. */
export type CountListener = (languageId: string, change: Partial<SuggestionCounts>) => void;

/** How a suggestion ended, or stands now. */
type Outcome = 'whole' | 'part' | 'dismissed';

interface Candidate {
  readonly id: string;
  /** From the offer's start, what was typed of it included. */
  readonly text: string;
}

/** Suggestions shown together at one place, and how far the writer has come in them. */
interface Offer {
  readonly number: number;
  readonly uri: string;
  readonly languageId: string;
  readonly offset: number;
  /** Those that what was written still agrees with. */
  candidates: readonly Candidate[];
  /** Candidates there have been. */
  made: number;
  /** UTF-16 units of them that stand in the document, and how far of these are counted as accepted. */
  written: number;
  accepted: number;
  outcome: Outcome | undefined;
  isCounted: boolean;
}

/** Offers of which a report that comes late is understood. */
const rememberedOffers = 32;

export class Offers {
  readonly #listener: CountListener;
  /** The one that is open in each document. */
  readonly #open = new Map<string, Offer>();
  readonly #known = new LruCache<number, Offer>(rememberedOffers);
  #count = 0;
  /** The client tells what it shows; what it is merely given is not counted then. */
  #isReported = false;

  constructor(listener: CountListener) {
    this.#listener = listener;
  }

  /** Suggestions are about to be shown at an offset; gives an id for each, the same for the rest of one as for its whole. */
  offered(uri: string, languageId: string, offset: number, texts: readonly string[]): string[] {
    const open = this.#open.get(uri);
    const offer = open && this.#goesOn(open, offset, texts) ? open : this.#opened(uri, languageId, offset);
    const typed = offer.candidates[0]?.text.slice(0, offer.written) ?? '';
    return texts.map((rest) => {
      const text = typed + rest;
      const known = offer.candidates.find((candidate) => candidate.text === text);
      if (known) return known.id;
      const id = `${offer.number}.${offer.made++}`;
      offer.candidates = [...offer.candidates, { id, text }];
      return id;
    });
  }

  /** Whether what was shown before is being written right now, up to this offset. */
  isWriting(uri: string, offset: number): boolean {
    const offer = this.#open.get(uri);
    return offer !== undefined && offer.written > 0 && offer.offset + offer.written === offset;
  }

  /** The document changed; each change as small as it is. */
  changed(uri: string, changes: readonly Replacement[]): void {
    for (const change of changes) {
      const offer = this.#open.get(uri);
      if (offer && !this.#write(offer, change)) this.#close(offer);
    }
  }

  closed(uri: string): void {
    const offer = this.#open.get(uri);
    if (offer) this.#close(offer);
  }

  /** The client says that it shows this one. */
  reportShown(id: string): void {
    this.#isReported = true;
    const offer = this.#offerOf(id);
    if (offer) this.#countShown(offer);
  }

  /** The client says that this one was accepted but for its last `left` units. */
  reportAccepted(id: string, left: number): void {
    const offer = this.#offerOf(id);
    const candidate = offer?.candidates.find((each) => each.id === id);
    if (offer && candidate) this.#accept(offer, offer.written, candidate.text.length - left, candidate.text);
  }

  #opened(uri: string, languageId: string, offset: number): Offer {
    this.closed(uri);
    const offer: Offer = {
      number: ++this.#count,
      uri,
      languageId,
      offset,
      candidates: [],
      made: 0,
      written: 0,
      accepted: 0,
      outcome: undefined,
      isCounted: false,
    };
    this.#open.set(uri, offer);
    this.#known.set(offer.number, offer);
    if (!this.#isReported) this.#countShown(offer);
    return offer;
  }

  #goesOn({ offset, written, candidates }: Offer, at: number, texts: readonly string[]): boolean {
    return offset + written === at && candidates.some(({ text }) => texts.includes(text.slice(written)));
  }

  /** Follows a change; false if it is none that writes what was offered. */
  #write(offer: Offer, { start, end, text }: Replacement): boolean {
    if (start === end && text === '') return true;
    if (start !== end || start !== offer.offset + offer.written) return false;
    const agreeing = offer.candidates.filter((candidate) => candidate.text.startsWith(text, offer.written));
    const [first] = agreeing;
    if (!first) return false;
    const from = offer.written;
    offer.candidates = agreeing;
    offer.written += text.length;
    // Typed letter by letter it is not accepted; a whole word at once is not typed.
    if (text.length > 1 && /[\p{L}\p{N}]/u.test(text) && endsWord(first.text, offer.written)) {
      this.#accept(offer, from, offer.written, first.text);
    }
    if (offer.written >= first.text.trimEnd().length) this.#open.delete(offer.uri);
    return true;
  }

  /** Counts `[from, to)` of a text as accepted, as far as it is not yet. */
  #accept(offer: Offer, from: number, to: number, text: string): void {
    const characters = to - Math.max(from, offer.accepted);
    if (characters > 0) this.#listener(offer.languageId, { characters });
    offer.accepted = Math.max(offer.accepted, to);
    if (to >= text.trimEnd().length) this.#setOutcome(offer, 'whole');
    else if (offer.outcome !== 'whole') this.#setOutcome(offer, 'part');
  }

  #close(offer: Offer): void {
    this.#open.delete(offer.uri);
    if (offer.isCounted && offer.outcome === undefined) this.#setOutcome(offer, 'dismissed');
  }

  #countShown(offer: Offer): void {
    if (offer.isCounted) return;
    offer.isCounted = true;
    this.#listener(offer.languageId, { shown: 1 });
  }

  #setOutcome(offer: Offer, outcome: Outcome): void {
    if (offer.outcome === outcome) return;
    const back = offer.outcome && { [offer.outcome]: -1 };
    offer.outcome = outcome;
    this.#listener(offer.languageId, { ...back, [outcome]: 1 });
  }

  #offerOf(id: string): Offer | undefined {
    return this.#known.get(Number.parseInt(id, 10));
  }
}

/** Whether no word goes on over this place of the text. */
function endsWord(text: string, at: number): boolean {
  return !/^[\p{L}\p{N}]{2}/u.test(text.slice(at - 1, at + 1));
}
