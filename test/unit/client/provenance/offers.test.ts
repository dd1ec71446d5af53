/** Acceptance of ghost text, told from typing. */
import { expect, test } from 'vitest';
import { type AfterEdit, afterEdit, newOffer, type Offer } from '../../../../client/src/provenance/offers.ts';

const offer: Offer = { offset: 10, texts: [' The rain came.', ' The wind fell.', ' Snow fell.'], goesOn: false };
const insertion = (text: string, start = 10, end = start) => [{ start, end, text }];

test.each([
  ['Tab', insertion(' The wind fell.'), 'new', undefined],
  ['a word', insertion(' The'), 'new', { offset: 14, texts: [' rain came.', ' wind fell.'], goesOn: true }],
  [
    'a letter that was typed',
    insertion(' '),
    'no',
    { offset: 11, texts: ['The rain came.', 'The wind fell.', 'Snow fell.'], goesOn: false },
  ],
  ['something else at the place', insertion(' Hail'), 'no', undefined],
  ['the same elsewhere', insertion(' The', 9), 'no', undefined],
  ['in the stead of something', insertion(' The', 10, 12), 'no', undefined],
  ['a deletion', insertion('', 9, 10), 'no', undefined],
  ['two at once', [...insertion(' The'), ...insertion(' The', 40)], 'no', undefined],
] as const)('%s', (_, edits, accepted, rest) => {
  expect(afterEdit(offer, edits)).toEqual({ accepted, offer: rest });
});

test('word by word, to the full stop, with the rest offered anew on the way', () => {
  let left: Offer | undefined = offer;
  const accepted: string[] = [];
  for (const text of [' The', ' rain', ' came', '.']) {
    if (!left) break;
    const after: AfterEdit = afterEdit(left, insertion(text, left.offset));
    accepted.push(after.accepted);
    left = after.offer && newOffer(after.offer, after.offer.offset, after.offer.texts);
  }
  expect([accepted, left]).toEqual([['new', 'more', 'more', 'more'], undefined]);
});

test('another suggestion behind an accepted one is another', () => {
  const after = afterEdit(offer, insertion(' The'));
  expect(newOffer(after.offer, 14, [' moon rose.']).goesOn).toBe(false);
  expect(newOffer(after.offer, 15, [' rain came.']).goesOn).toBe(false);
});
