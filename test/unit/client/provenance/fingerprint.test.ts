/** Text known again by its fingerprint alone. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findText, fingerprint } from '../../../../client/src/provenance/fingerprint.ts';

test('a part of any text is found where it stands', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.nat(), fc.nat(), (text, a, b) => {
      const [start, end] = [a % text.length, b % text.length].sort((x, y) => x - y) as [number, number];
      const part = text.slice(start, end + 1);
      expect(findText(text, part.length, fingerprint(part), start)).toBe(start);
    }),
  );
});

test('of several places the nearest one', () => {
  const known = fingerprint('rain');
  const text = 'rain and rain and rain';
  expect([0, 8, 14, 99].map((near) => findText(text, 4, known, near))).toEqual([0, 9, 18, 18]);
});

test.each(['', 'rai', 'rian', 'the sun'])('not in %j', (text) => {
  expect(findText(text, 4, fingerprint('rain'), 0)).toBeUndefined();
});
