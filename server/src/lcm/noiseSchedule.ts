/** The diffusion noise schedule: how much of the concept is left at each timestep, and which timesteps are visited. */

/** The small offset that keeps the cosine schedule's first step from vanishing (arXiv:2102.09672, eq. 17). */
const cosineOffset = 0.008;
const maxBeta = 0.999;

/**
 * Cumulative products of alpha for `squaredcos_cap_v2`, rescaled to zero terminal SNR (arXiv:2305.08891, algorithm 1):
 * `trainSteps` numbers falling from just under 1 to exactly 0. Throws RangeError unless `trainSteps` is an integer >= 2.
 */
export function cosineAlphasCumprod(trainSteps: number): Float64Array {
  if (!Number.isInteger(trainSteps) || trainSteps < 2) {
    throw new RangeError(`trainSteps is ${trainSteps}, expected an integer >= 2`);
  }
  const alphaBar = (t: number) => Math.cos(((t + cosineOffset) / (1 + cosineOffset)) * (Math.PI / 2)) ** 2;
  const roots = new Float64Array(trainSteps);
  let product = 1;
  for (let i = 0; i < trainSteps; i++) {
    const beta = Math.min(1 - alphaBar((i + 1) / trainSteps) / alphaBar(i / trainSteps), maxBeta);
    product *= 1 - beta;
    roots[i] = Math.sqrt(product);
  }
  return rescaledToZeroTerminalSnr(roots);
}

/**
 * The timesteps a sampler of `steps` steps visits, highest first: trailing spacing, so that the first is pure noise
 * (T - 1). Throws RangeError unless `steps` is a positive divisor of `trainSteps`.
 */
export function trailingTimesteps(trainSteps: number, steps: number): number[] {
  if (!Number.isInteger(steps) || steps < 1 || trainSteps % steps !== 0) {
    throw new RangeError(`steps is ${steps}, expected a divisor of the ${trainSteps} training steps`);
  }
  const stride = trainSteps / steps;
  return Array.from({ length: steps }, (_, i) => trainSteps - i * stride - 1);
}

/** Shifts and scales the square roots so that the last is 0 and the first keeps its value, then squares them. */
function rescaledToZeroTerminalSnr(roots: Float64Array): Float64Array {
  const first = roots[0] as number;
  const last = roots[roots.length - 1] as number;
  return roots.map((root) => (((root - last) * first) / (first - last)) ** 2);
}
