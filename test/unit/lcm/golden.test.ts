/** The diffusion mathematics against the numbers that Python wrote (models/scripts/golden.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cosineAlphasCumprod, trailingTimesteps } from '../../../server/src/lcm/noiseSchedule.ts';
import { createNormalizer } from '../../../server/src/lcm/normalizer.ts';
import { gaussianStream, planSteps } from '../../../server/src/lcm/sampler.ts';
import { plainly } from '../../support/plainSequence.ts';

interface Golden {
  readonly schedules: readonly { readonly trainSteps: number; readonly alphasCumprod: readonly number[] }[];
  readonly steps: readonly {
    readonly trainSteps: number;
    readonly steps: number;
    readonly eta: number;
    readonly timesteps: readonly number[];
    readonly coefficients: readonly number[];
  }[];
  readonly normalizer: {
    readonly center: readonly number[];
    readonly scale: readonly number[];
    readonly concepts: readonly (readonly number[])[];
    readonly normalized: readonly (readonly number[])[];
  };
}

const file = new URL('../../fixtures/golden/diffusion.json', import.meta.url);
const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden;

/** Largest distance between two lists of numbers of one length. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] as number))));
}

describe('noise schedule', () => {
  test.each(golden.schedules)('$trainSteps training steps', ({ trainSteps, alphasCumprod }) => {
    expect(distance(cosineAlphasCumprod(trainSteps), alphasCumprod)).toBeLessThan(1e-9);
  });

  test.each([0, 1.5, 40, 101])('%s steps of 100 are refused', (steps) => {
    expect(() => trailingTimesteps(100, steps)).toThrow(RangeError);
  });
});

describe('sampler steps', () => {
  test.each(golden.steps)('$steps steps, eta $eta', ({ trainSteps, steps, eta, timesteps, coefficients }) => {
    const plan = planSteps(cosineAlphasCumprod(trainSteps), steps, eta);
    expect(plan.timesteps).toEqual(timesteps);
    expect(distance(plan.coefficients, coefficients)).toBeLessThan(1e-6);
  });

  test('an eta outside [0, 1] is refused', () => {
    expect(() => planSteps(cosineAlphasCumprod(100), 10, 1.1)).toThrow('eta is 1.1');
  });
});

describe('normalizer', () => {
  const { center, scale, concepts, normalized } = golden.normalizer;
  const normalizer = createNormalizer(center, scale);
  const vectors = concepts.map((concept) => Float32Array.from(concept));

  test('normalizes as Python does', () => {
    expect(distance(normalizer.normalize(plainly(vectors)), normalized.flat())).toBeLessThan(1e-6);
  });

  test('and back, for unit vectors', () => {
    const back = normalizer.denormalize(Float32Array.from(normalized.flat()));
    back.forEach((vector, i) => {
      expect(distance(vector, vectors[i] as Float32Array)).toBeLessThan(1e-6);
    });
  });

  test('and back at their own length, for an encoder whose vectors have one', () => {
    const long = vectors.map((vector) => vector.map((x) => 3 * x));
    const kept = createNormalizer(center, scale, false);
    const back = kept.denormalize(kept.normalize(plainly(long)));
    back.forEach((vector, i) => {
      expect(distance(vector, long[i] as Float32Array)).toBeLessThan(1e-5);
    });
  });

  test('refuses a scale of zero and a wrong dimension', () => {
    expect(() => createNormalizer([0], [0])).toThrow(RangeError);
    expect(() => normalizer.normalize(plainly([new Float32Array(2)]))).toThrow('expected 3');
  });
});

describe('seeded noise', () => {
  const draw = (count: number, ...seed: number[]) => {
    const next = gaussianStream(...seed);
    return Array.from({ length: count }, next);
  };

  test('the same seed gives the same numbers, another seed others', () => {
    expect(draw(8, 7, 1)).toEqual(draw(8, 7, 1));
    expect(draw(8, 7, 1)).not.toEqual(draw(8, 7, 2));
    expect(draw(8, 7, 1)).not.toEqual(draw(8, 2 ** 33 + 7, 1));
  });

  test('it is standard normal', () => {
    const numbers = draw(20_000, 3);
    const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
    const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  });
});
