/** Tells the acceptance of ghost text, whole or by words, from typing: what is inserted at once is what was offered there. */

/** What was last offered in a document, where it would go. */
export interface Offer {
  readonly offset: number;
  readonly texts: readonly string[];
  /** What stands before it was accepted from the same suggestion. */
  readonly goesOn: boolean;
}

/** A single replacement in a document, in UTF-16 units of the text before it. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface AfterEdit {
  /** `new` text was accepted, or `more` of the suggestion that was accepted before it. */
  readonly accepted: 'no' | 'new' | 'more';
  readonly offer: Offer | undefined;
}

/** Units inserted at once from which it was no key; a word with the space before it has two at least. */
const leastAccepted = 2;

/** Ghost text for a place; it goes on from what was accepted where it is the rest of the known offer. */
export function newOffer(known: Offer | undefined, offset: number, texts: readonly string[]): Offer {
  const isRest = known?.offset === offset && texts.some((text) => known.texts.includes(text));
  return { offset, texts, goesOn: isRest && known.goesOn };
}

/**
 * Whether the edit accepted some of the offer, and what is on offer after it: the rest of the texts that go on as the
 * edit does, be it typed or accepted; nothing after any other edit.
 */
export function afterEdit(offer: Offer, edits: readonly Replacement[]): AfterEdit {
  const [edit] = edits;
  const going = edit ? offer.texts.filter((text) => text.startsWith(edit.text)) : [];
  const isHere = edits.length === 1 && edit?.start === offer.offset && edit.end === offer.offset && edit.text !== '';
  if (!isHere || going.length === 0) return { accepted: 'no', offer: undefined };
  const { length } = edit.text;
  const rest = going.map((text) => text.slice(length)).filter((text) => text !== '');
  // The full stop that ends a sentence accepted by words comes alone.
  const isAccepted = length >= leastAccepted || (offer.goesOn && rest.length === 0);
  return {
    accepted: isAccepted ? (offer.goesOn ? 'more' : 'new') : 'no',
    offer: rest.length > 0 ? { offset: offer.offset + length, texts: rest, goesOn: isAccepted } : undefined,
  };
}
