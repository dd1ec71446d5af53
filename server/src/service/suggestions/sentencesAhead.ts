/** One sentence after the other: each planned from the text and the ones before it, worded, and read again for the next. */
import type { CancellationToken } from '../../base/cancellation.ts';
import type { ConceptEngine } from '../../concepts/engine.ts';
import { type IdeaOptions, ideasFor } from './ideas.ts';
import type { Candidate } from './ranking.ts';
import { continued, type Scene } from './scene.ts';
import type { Steer } from './steering.ts';

export interface AheadOptions extends Pick<IdeaOptions, 'seed' | 'sampler' | 'minScore'> {
  /** Sentences wanted, at least 1. */
  readonly sentences: number;
}

/** Ideas planned for each sentence; of the first that are worded at once the best is taken. */
const ideasEach = 3;

/**
 * Tells `onSentence` each sentence as soon as it is there; resolves with why there are fewer than wanted, or ''. Where
 * one of the `steers` leads to nothing, the next of them does the sentence.
 */
export async function writeAhead(
  engine: ConceptEngine,
  start: Scene,
  steers: readonly Steer[],
  { sentences, seed, sampler, minScore }: AheadOptions,
  token: CancellationToken,
  onSentence: (candidate: Candidate) => void,
): Promise<string> {
  let scene = start;
  for (let i = 0; i < sentences; i++) {
    // The same noise behind each sentence would draw each plan in the same direction.
    const each = { candidates: ideasEach, least: 1, seed: (seed + i) >>> 0, sampler, minScore };
    let best: Candidate | undefined;
    let silence = '';
    for (const steer of steers) {
      const ideas = await ideasFor(engine, scene, steer, each, token);
      [best] = ideas.candidates;
      silence = ideas.silence;
      if (best) break;
    }
    if (!best) return silence;
    onSentence(best);
    scene = continued(scene, best.sentence, best.vector);
  }
  return '';
}
