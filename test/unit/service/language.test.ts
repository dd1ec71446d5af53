import { expect, test } from 'vitest';
import { guessLanguage } from '../../../server/src/service/language.ts';

test.each([
  ['The river is wide, and the bridge that crosses it was built for carts.', 'english'],
  ['We train the model on a corpus of 61,000 sections.', 'english'],
  ['', 'unknown'],
  ['42 + 7 = 49', 'unknown'],
  ['Kurze Notiz', 'unknown'],
  ['Der Fluss ist breit und die Brücke ist nicht für schwere Wagen gebaut worden.', 'other'],
  ['Le pont est dans la vallée et les chariots ne passent pas sur cette route.', 'other'],
  ['El puente que cruza el río es más largo que los otros, pero no está cerrado.', 'other'],
  ['Мост через реку был построен давно.', 'other'],
  ['这座桥很久以前就建好了。', 'other'],
  ['בנו את הגשר לפני שנים רבות.', 'other'],
  ['橋は昔からある。 The bridge.', 'other'],
  ['The word “мост” is Russian for bridge, and it is one of the first that they learn.', 'english'],
])('%s', (text, expected) => {
  expect(guessLanguage(text)).toBe(expected);
});
