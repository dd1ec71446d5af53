/** Two rows for one long candidate. */
import { expect, test } from 'vitest';
import { twoLines } from '../../../client/src/wrap.ts';

test.each([
  ['It fits.', 'It fits.', ''],
  ['Ten units!', 'Ten units!', ''],
  ['One two three four', 'One two', 'three four'],
  ['Exactly so it breaks', 'Exactly so', 'it breaks'],
  ['Unbreakableword', 'Unbreakableword', ''],
])('%j in rows of ten', (text, first, rest) => {
  expect(twoLines(text, 10)).toEqual([first, rest]);
});
