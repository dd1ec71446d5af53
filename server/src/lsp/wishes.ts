/** What a request for ideas asks for beside the settings, checked; what is wrong in it asks for nothing. */
import type { SuggestOptions } from '../service/index.ts';

/** For this request only. */
export type Wishes = Pick<SuggestOptions, 'steering'> & Partial<Pick<SuggestOptions, 'seed' | 'sampler'>>;

/** UTF-16 units of a goal that count; the encoder reads about a sentence. */
const longestGoal = 600;
/** Ideas that count on each side, the last ones: each is one more sentence to encode. */
const mostIdeas = 16;

export function checkedWishes(params: Readonly<Record<string, unknown>>): Wishes {
  const { towards, like, unlike, gap, seed, guidanceScale } = params;
  const steering = { towards: goal(towards), like: goals(like), unlike: goals(unlike), gap: gap === true };
  const isScale = typeof guidanceScale === 'number' && guidanceScale >= 0 && guidanceScale <= 20;
  return {
    steering,
    ...(Number.isInteger(seed) && { seed: (seed as number) >>> 0 }),
    ...(isScale && { sampler: { guidanceScale } }),
  };
}

function goal(value: unknown): string {
  return typeof value === 'string' ? value.trim().slice(0, longestGoal) : '';
}

/** The texts among these, trimmed, the last ones. */
function goals(value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list
    .map(goal)
    .filter((text) => text !== '')
    .slice(-mostIdeas);
}
