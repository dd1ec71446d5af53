/** The signs of a concept vector as bits: how many differ between two says roughly how far apart they are, and cheaply. */

/** Numbers that hold the signs of a vector of this length, 32 in each. */
export function signsLength(dim: number): number {
  return Math.ceil(dim / 32);
}

/** Bit i is set where component i is above zero. */
export function signsOf(vector: ArrayLike<number>): Int32Array {
  const signs = new Int32Array(signsLength(vector.length));
  for (let i = 0; i < vector.length; i++) {
    if ((vector[i] as number) > 0) signs[i >> 5] = (signs[i >> 5] as number) | (1 << (i & 31));
  }
  return signs;
}

/** In how many dimensions the signs differ from those that start at `from` in `all`. */
export function signsApart(signs: Int32Array, all: Int32Array, from = 0): number {
  let apart = 0;
  for (let i = 0; i < signs.length; i++) {
    // Bits counted in parallel (Hacker's Delight, 5-1).
    let x = (signs[i] as number) ^ (all[from + i] as number);
    x -= (x >>> 1) & 0x55555555;
    x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
    apart += Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return apart;
}

/**
 * Of differences in signs, one for each vector, the least that at least `count` of them do not exceed; all, where there
 * are no more. `dim`: of the vectors.
 */
export function mostApart(apart: Uint16Array, dim: number, count: number): number {
  const histogram = new Uint32Array(dim + 1);
  for (const dimensions of apart) histogram[dimensions] = (histogram[dimensions] as number) + 1;
  let vectors = 0;
  const most = histogram.findIndex((n) => {
    vectors += n;
    return vectors >= count;
  });
  return most < 0 ? dim : most;
}
