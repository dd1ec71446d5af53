/** Sequences for an LCM that knows no roles. */
import type { ConceptVector } from '../../server/src/concepts/conceptVector.ts';
import type { ContextConcept } from '../../server/src/concepts/contextConcept.ts';

/** These concepts, none of which has a role. */
export function plainly(vectors: readonly ConceptVector[]): ContextConcept[] {
  return vectors.map((vector) => ({ vector }));
}
