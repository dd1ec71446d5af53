/** The steps of the guidance scale, from ideas that wander to ideas that keep to the text. */

/** 1 is unguided. */
const steps = [1, 1.5, 2, 3, 4.5, 6.5, 10];

/** The next step closer to the text; the last one stays. */
export function closer(scale: number): number {
  return steps.find((step) => step > scale) ?? Math.max(scale, steps.at(-1) as number);
}

/** The next more adventurous step; the first one stays. */
export function moreAdventurous(scale: number): number {
  return steps.findLast((step) => step < scale) ?? Math.min(scale, steps[0] as number);
}
