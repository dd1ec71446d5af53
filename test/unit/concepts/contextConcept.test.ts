/** Roles: which one a sentence or a wanted length has, and what of a sequence follows the wanted concept. */
import { expect, test } from 'vitest';
import {
  atGap,
  type ConceptRole,
  type ContextConcept,
  conceptRoles,
  placeRole,
  summaryRole,
} from '../../../server/src/concepts/contextConcept.ts';

test('a sentence is known by its place, a separator by the length it asks for', () => {
  const spread = (roleOf: (count: number) => ConceptRole, from: number) =>
    Array.from({ length: 12 }, (_, i) => Number(/\d$/u.exec(roleOf(i + from))));
  expect(spread(placeRole, 0)).toEqual([1, 2, 3, 3, 5, 5, 5, 5, 9, 9, 9, 9]);
  expect(spread(summaryRole, 1)).toEqual([1, 2, 3, 4, 4, 6, 6, 6, 9, 9, 9, 9]);
  for (const role of [placeRole(0), placeRole(99), summaryRole(1), summaryRole(99)]) {
    expect(conceptRoles).toContain(role);
  }
});

test.each([
  ['', '', ''],
  ['heading place1', 'heading place1', ''],
  ['heading place1 following1 following2', 'heading place1', 'following1 following2'],
  ['place1 following1', 'place1', 'following1'],
  ['following1 following2', '', 'following1 following2'],
  ['following1 place1', 'following1 place1', ''],
])('%j: what follows stands at the end', (roles, before, following) => {
  const sequence: ContextConcept[] = (roles.split(' ') as ConceptRole[])
    .filter((role) => roles !== '' && role)
    .map((role) => ({ vector: new Float32Array(1), role }));
  const names = (part: readonly ContextConcept[]) => part.map(({ role }) => role).join(' ');
  const gap = atGap(sequence);
  expect([names(gap.before), names(gap.following)]).toEqual([before, following]);
});
