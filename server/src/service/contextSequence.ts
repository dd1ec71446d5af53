/** The sequence that the LCM reads of a document: its sentences and, for a bundle that knows roles, the headings between. */
import { type Steps, triflesAtOnce } from '../base/steps.ts';
import type { ConceptVector } from '../concepts/conceptVector.ts';
import { type ConceptRole, type ContextConcept, followingRoles, placeRole } from '../concepts/contextConcept.ts';
import type { EngineInfo } from '../concepts/engine.ts';
import { contentHash } from '../text/contentHash.ts';
import type { DocumentSnapshot, Section, SentenceSpan } from '../text/snapshot.ts';

/** A heading or a sentence: what the encoder reads of it, by its id, and what it is in the sequence. */
export interface SequenceItem {
  readonly id: string;
  readonly text: string;
  readonly isSentence: boolean;
  readonly role?: ConceptRole;
}

/** A place between sentences: so many stand before it, and it is in this section. */
export interface SequencePlace {
  readonly before: number;
  readonly section: number;
}

type Reader = Pick<EngineInfo, 'hasRoles'>;

/** All of a document, in order. */
export function* sequenceOf({ sections, sentences }: DocumentSnapshot, { hasRoles }: Reader): Steps<SequenceItem[]> {
  const items: SequenceItem[] = [];
  for (const [at, section] of sections.entries()) {
    if (at % triflesAtOnce === 0) yield;
    if (hasRoles && section.heading !== '') items.push(headingItem(section));
    for (let i = section.firstSentence; i < section.endSentence; i++) {
      if (i % triflesAtOnce === 0) yield;
      items.push(sentenceItem(sentences[i] as SentenceSpan, i - section.firstSentence, hasRoles));
    }
  }
  return items;
}

/** The last `count` before a place, oldest first. */
export function itemsBefore(
  { sections, sentences }: DocumentSnapshot,
  { before, section: last }: SequencePlace,
  count: number,
  { hasRoles }: Reader,
): SequenceItem[] {
  const items: SequenceItem[] = [];
  let end = before;
  for (let at = last; at >= 0 && items.length < count; at--) {
    const section = sections[at] as Section;
    for (; end > section.firstSentence && items.length < count; end--) {
      items.push(sentenceItem(sentences[end - 1] as SentenceSpan, end - 1 - section.firstSentence, hasRoles));
    }
    if (hasRoles && section.heading !== '' && items.length < count) items.push(headingItem(section));
  }
  return items.reverse();
}

/** How many items stand before a place. */
export function countBefore(
  { sections }: DocumentSnapshot,
  { before, section: last }: SequencePlace,
  { hasRoles }: Reader,
): number {
  return before + (hasRoles ? sections.slice(0, last + 1).filter(({ heading }) => heading !== '').length : 0);
}

/** The headings of a document as the encoder reads them. */
export function headingsOf({ sections }: DocumentSnapshot): Pick<SequenceItem, 'id' | 'text'>[] {
  return sections.filter(({ heading }) => heading !== '').map(headingItem);
}

/** The items with their vectors, one for each. */
export function asConcepts(items: readonly SequenceItem[], vectors: readonly ConceptVector[]): ContextConcept[] {
  return items.map(({ role }, i) => ({ vector: vectors[i] as ConceptVector, ...(role && { role }) }));
}

/** What follows a gap, of the sentences behind it: the nearest few, in their order. */
export function asFollowing(vectors: readonly ConceptVector[]): ContextConcept[] {
  return followingRoles.flatMap((role, i) => {
    const vector = vectors[i];
    return vector ? [{ vector, role }] : [];
  });
}

/** A heading as the encoder reads it. */
export function headingItem({ heading }: Pick<Section, 'heading'>): SequenceItem {
  return { id: contentHash(heading), text: heading, isSentence: false, role: 'heading' };
}

function sentenceItem({ id, text }: SentenceSpan, index: number, hasRoles: boolean): SequenceItem {
  return hasRoles ? { id, text, isSentence: true, role: placeRole(index) } : { id, text, isSentence: true };
}
