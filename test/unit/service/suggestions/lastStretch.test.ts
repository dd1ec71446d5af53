/** From where on the rest of a sentence is offered unasked; the cursor is `|`. */
import { expect, test } from 'vitest';
import { placeAt } from '../../../../server/src/service/suggestions/cursorPlace.ts';
import { isLastStretch } from '../../../../server/src/service/suggestions/lastStretch.ts';
import { snapshotOf } from '../../../support/extracted.ts';

const short = 'It rained all day. We stayed at home. Nobody came to us.';
const long = 'The river that runs through the town rose by more than two meters in a night. '.repeat(3).trimEnd();

test.each([
  ['at a sentence’s end', `${short}|`, true],
  ['on a new line', `${short}\n\n|`, true],
  ['after a word or two', `${short} We went|`, false],
  ['after three words, where sentences have four', `${short} We went out|`, true],
  ['after three words, where sentences have sixteen', `${long} We went out|`, false],
  ['after seven of them', `${long} We went out to look at the|`, false],
  ['after eight of them', `${long} We went out to look at the bridge|`, true],
  ['after six words, where nothing is known of the writer', 'We went out to look at|', false],
  ['after seven of them', 'We went out to look at it|', true],
])('%s', (_, source, expected) => {
  const snapshot = snapshotOf('plaintext', source.replace('|', ''));
  const place = placeAt(snapshot, source.indexOf('|'));
  if (place.kind === 'silent') throw new Error(place.reason);
  expect(isLastStretch(snapshot, place)).toBe(expected);
});
