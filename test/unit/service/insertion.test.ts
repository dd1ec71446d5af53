import { expect, test } from 'vitest';
import { escapeProse } from '../../../server/src/service/insertion.ts';

test.each([
  ['plaintext', '50% of *all* $x_1$', '50% of *all* $x_1$'],
  ['markdown', 'A *star* and a_b [x] <y> |', 'A \\*star\\* and a\\_b \\[x\\] \\<y\\> \\|'],
  ['markdown', '1. first', '1\\. first'],
  ['markdown', '# no heading', '\\# no heading'],
  [
    'latex',
    '50% & $5 \\ {x}_1^2~',
    '50\\% \\& \\$5 \\textbackslash{} \\{x\\}\\_1\\textasciicircum{}2\\textasciitilde{}',
  ],
])('%s: %s', (languageId, text, expected) => {
  expect(escapeProse(text, languageId)).toBe(expected);
});
