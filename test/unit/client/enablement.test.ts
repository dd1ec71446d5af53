/** The switch setting: who is on, and what the commands write. */
import { expect, test } from 'vitest';
import { isCopilotOnFor, isEnabled, withEverything, withLanguage } from '../../../client/src/enablement.ts';

test.each([
  [{}, 'latex', true],
  [{ '*': false }, 'latex', false],
  [{ '*': false, latex: true }, 'latex', true],
  [{ '*': true, latex: false }, 'latex', false],
  [{ '*': true, latex: false }, 'markdown', true],
])('isEnabled(%j, %s) is %s', (enable, language, expected) => {
  expect(isEnabled(enable as Record<string, boolean>, language)).toBe(expected);
});

test.each([
  [{ '*': true, latex: true }, false, { '*': false }],
  [{ '*': false, latex: false }, true, { '*': true, latex: false }],
  [{}, false, { '*': false }],
])('withEverything(%j, %s)', (enable, on, expected) => {
  const changed = withEverything(enable as Record<string, boolean>, on);
  expect(changed).toEqual(expected);
  expect(isEnabled(changed, 'markdown')).toBe(on);
});

test('withLanguage changes one language and keeps the rest', () => {
  expect(withLanguage({ '*': true, latex: false }, 'markdown', false)).toEqual({
    '*': true,
    latex: false,
    markdown: false,
  });
});

test.each([
  [{ '*': true }, true],
  [{ '*': true, markdown: false }, false],
  [{ '*': false, markdown: true }, true],
  [{ plaintext: true }, false],
  [{}, false],
  [undefined, false],
  ['yes', false],
  [{ '*': 'true' }, false],
])('Copilot is on for markdown by %j: %j', (enable, expected) => {
  expect(isCopilotOnFor(enable, 'markdown')).toBe(expected);
});
