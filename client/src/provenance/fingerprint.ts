/** Fingerprints of text that is not kept itself: enough to know it again at its place, or to find it at another. */

/** Two rolling hashes of 32 bits, of all UTF-16 units. */
export type Fingerprint = readonly [number, number];

/** Odd, so that no unit's share is lost however long the text is. */
const bases = [0x01000193, 0x9e3779b1] as const;

export function fingerprint(text: string): Fingerprint {
  return [rolled(text, bases[0]), rolled(text, bases[1])];
}

/** Where a text of this length and fingerprint stands, nearest to `near`; `undefined` where it does not. */
export function findText(text: string, length: number, [first, second]: Fingerprint, near: number): number | undefined {
  if (length === 0 || length > text.length) return undefined;
  const [a, b] = bases;
  const [leavingA, leavingB] = [power(a, length), power(b, length)];
  let hashA = rolled(text.slice(0, length), a);
  let hashB = rolled(text.slice(0, length), b);
  let found: number | undefined;
  for (let start = 0; ; start++) {
    const isNearer = found === undefined || Math.abs(start - near) < Math.abs(found - near);
    if (hashA === first && hashB === second && isNearer) found = start;
    if (start + length >= text.length) return found;
    const [leaving, coming] = [text.charCodeAt(start), text.charCodeAt(start + length)];
    hashA = (Math.imul(hashA, a) + coming - Math.imul(leaving, leavingA)) | 0;
    hashB = (Math.imul(hashB, b) + coming - Math.imul(leaving, leavingB)) | 0;
  }
}

function rolled(text: string, base: number): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, base) + text.charCodeAt(i)) | 0;
  return hash;
}

/** base to the power of `exponent`, modulo 2 ** 32. */
function power(base: number, exponent: number): number {
  let result = 1;
  for (let i = 0; i < exponent; i++) result = Math.imul(result, base);
  return result;
}
