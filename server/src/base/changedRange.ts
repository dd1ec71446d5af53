/**
 * [first, end) of `after`: outside of it both sequences are the same, counted from their starts and from their ends, by
 * what `same` says of two of their things; one and the same thing is not asked about.
 */
export function changedRange<T>(
  before: readonly T[],
  after: readonly T[],
  same: (a: T, b: T) => boolean,
): readonly [first: number, end: number] {
  const shorter = Math.min(before.length, after.length);
  // To look into each of thousands of objects waits for the memory of each.
  const isSame = (a: T, b: T): boolean => a === b || same(a, b);
  let first = 0;
  while (first < shorter && isSame(before[first] as T, after[first] as T)) first++;
  let behind = 0;
  while (behind < shorter - first && isSame(before.at(-1 - behind) as T, after.at(-1 - behind) as T)) behind++;
  return [first, after.length - behind];
}
