/** What a concept is in the sequence that the LCM reads: a heading, a sentence by its place, what follows, a note. */
import type { ConceptVector } from './conceptVector.ts';

/** All roles, in the order in which the models know them; not every bundle does. */
export const conceptRoles = [
  'heading',
  'place1',
  'place2',
  'place3',
  'place5',
  'place9',
  'following1',
  'following2',
  'summary1',
  'summary2',
  'summary3',
  'summary4',
  'summary6',
  'summary9',
  'note',
] as const;

export type ConceptRole = (typeof conceptRoles)[number];

/** A concept of the sequence. A role that the bundle does not know says nothing. */
export interface ContextConcept {
  readonly vector: ConceptVector;
  readonly role?: ConceptRole;
}

/** Roles of the sentences behind the one that is wanted, the nearest first. */
export const followingRoles = ['following1', 'following2'] as const satisfies readonly ConceptRole[];

/** The role of a section's sentence, counted from 0. */
export function placeRole(index: number): ConceptRole {
  if (index < 2) return index < 1 ? 'place1' : 'place2';
  if (index < 4) return 'place3';
  return index < 8 ? 'place5' : 'place9';
}

/** The role of the separator in front of a summary that is to have so many sentences, at least 1. */
export function summaryRole(sentences: number): ConceptRole {
  if (sentences < 3) return sentences < 2 ? 'summary1' : 'summary2';
  if (sentences < 6) return sentences < 4 ? 'summary3' : 'summary4';
  return sentences < 9 ? 'summary6' : 'summary9';
}

/** A sequence in two: what is read for itself, and what follows the wanted concept, which stands at its end. */
export function atGap<T extends Pick<ContextConcept, 'role'>>(
  sequence: readonly T[],
): { readonly before: readonly T[]; readonly following: readonly T[] } {
  const isFollowing = ({ role }: T): boolean => followingRoles.some((each) => each === role);
  const end = sequence.findLastIndex((concept) => !isFollowing(concept)) + 1;
  return { before: sequence.slice(0, end), following: sequence.slice(end) };
}
