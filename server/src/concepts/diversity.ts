/** Maximal marginal relevance: the most relevant few that still differ from each other. */
import { finish, type Steps, triflesAtOnce } from '../base/steps.ts';
import type { ConceptVector } from './conceptVector.ts';
import { cosine } from './similarity.ts';

export interface Rated<T> {
  readonly item: T;
  readonly vector: ConceptVector;
  readonly relevance: number;
}

/**
 * Up to `count` candidates, best first: each next one maximises
 * `weight * relevance - (1 - weight) * (largest similarity to one already taken)` (Carbonell and Goldstein 1998).
 */
export function diverse<T>(candidates: readonly Rated<T>[], count: number, weight: number): Rated<T>[] {
  return finish(diverseInSteps(candidates, count, weight));
}

/** The same for many candidates. */
export function* diverseInSteps<T>(candidates: readonly Rated<T>[], count: number, weight: number): Steps<Rated<T>[]> {
  const left = candidates.map((candidate) => ({ candidate, closest: -1 }));
  const taken: Rated<T>[] = [];
  while (taken.length < count && left.length > 0) {
    let best = 0;
    let bestValue = Number.NEGATIVE_INFINITY;
    for (const [index, { candidate, closest }] of left.entries()) {
      const value = weight * candidate.relevance - (1 - weight) * (taken.length > 0 ? closest : 0);
      if (value > bestValue) {
        best = index;
        bestValue = value;
      }
    }
    const [chosen] = left.splice(best, 1);
    if (!chosen) break;
    taken.push(chosen.candidate);
    for (const [i, entry] of left.entries()) {
      entry.closest = Math.max(entry.closest, cosine(entry.candidate.vector, chosen.candidate.vector));
      if (i % triflesAtOnce === 0) yield;
    }
  }
  return taken;
}
