/** What the sampler graph is fed besides the context: coefficients of each DDIM step, and seeded Gaussian noise. */
import { trailingTimesteps } from './noiseSchedule.ts';

/** Numbers for each step in `StepPlan.coefficients`. */
export const coefficientsPerStep = 5;

export interface StepPlan {
  /** Timesteps visited, highest first. */
  readonly timesteps: readonly number[];
  /**
   * One row for each step: sqrt(a_t), sqrt(1 - a_t), sqrt(a_p), sqrt(1 - a_p - sigma^2), sigma, where p is the next
   * timestep of the list, with a_p = 1 after the last. Eq. 12 and 16 of arXiv:2010.02502.
   */
  readonly coefficients: Float32Array;
}

/**
 * The steps of a sampler with `steps` steps. `eta` 0 is DDIM, 1 is DDPM. Throws RangeError if `steps` does not divide
 * the schedule's length or `eta` is outside [0, 1].
 */
export function planSteps(alphasCumprod: ArrayLike<number>, steps: number, eta: number): StepPlan {
  if (!(eta >= 0 && eta <= 1)) throw new RangeError(`eta is ${eta}, expected a number from 0 to 1`);
  const timesteps = trailingTimesteps(alphasCumprod.length, steps);
  const coefficients = new Float32Array(steps * coefficientsPerStep);
  timesteps.forEach((timestep, i) => {
    const next = timesteps[i + 1];
    const current = alphasCumprod[timestep] as number;
    const previous = next === undefined ? 1 : (alphasCumprod[next] as number);
    const sigma = eta * Math.sqrt((1 - previous) / (1 - current)) * Math.sqrt(1 - current / previous);
    // Rounding can push the difference a hair under zero at the last step, where it is exactly zero.
    const direction = Math.sqrt(Math.max(0, 1 - previous - sigma * sigma));
    coefficients.set(
      [Math.sqrt(current), Math.sqrt(1 - current), Math.sqrt(previous), direction, sigma],
      i * coefficientsPerStep,
    );
  });
  return { timesteps, coefficients };
}

/**
 * A stream of independent standard normal numbers, fixed by the seed words: sfc32 (PractRand) through Box-Muller.
 * V8 computes log, sin and cos in software, so every platform draws the same numbers.
 */
export function gaussianStream(...seed: readonly number[]): () => number {
  const uniform = sfc32(seed);
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    // In (0, 1], so that the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log((uniform() + 1) / 2 ** 32));
    const angle = 2 * Math.PI * (uniform() / 2 ** 32);
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/** Integers in [0, 2^32), from sfc32 keyed by the seed's words and stirred before its first number. */
function sfc32(seed: readonly number[]): () => number {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (const word of seed) {
    // Both halves count: a seed may be larger than 32 bits.
    a ^= word | 0;
    b ^= Math.floor(word / 2 ** 32) | 0;
    for (let i = 0; i < 12; i++) next();
  }
  return next;
}
