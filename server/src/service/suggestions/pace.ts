/** How many wordings this machine can afford at once where an answer is wanted soon. */

/** Milliseconds in which a suggestion that comes by itself should be there, and the part of them that wording may take. */
export const soonMs = 300;
const wordingPart = 0.75;
/** Steps of a usual sentence: its tokens, and its end. */
const usualSteps = 24;

/**
 * As many of the `wanted` wordings as are expected in time, at least 1; all of them as long as nothing is measured.
 * `stepMs`: of a step, by the number of wordings in it.
 */
export function affordableWordings(stepMs: ReadonlyMap<number, number>, wanted: number): number {
  let affordable = wanted;
  while (affordable > 1 && expectedStepMs(stepMs, affordable) * usualSteps > soonMs * wordingPart) affordable--;
  return affordable;
}

/** A step of several is at most as long as theirs one by one; what was measured of several may be long ago. */
function expectedStepMs(stepMs: ReadonlyMap<number, number>, wordings: number): number {
  const [one, several] = [stepMs.get(1), stepMs.get(wordings)];
  if (one === undefined) return several ?? 0;
  return Math.min(one * wordings, several ?? Number.POSITIVE_INFINITY);
}
