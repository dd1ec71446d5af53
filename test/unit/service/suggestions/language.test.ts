/** The language of short texts: English with names in it stays English, other languages are told. */
import { describe, expect, test } from 'vitest';
import { foreignLanguage } from '../../../../server/src/service/suggestions/language.ts';
import sentences from '../../../fixtures/languages/sentences.json' with { type: 'json' };

test.each(sentences.english)('English: %s', (text) => {
  expect(foreignLanguage(text, ['en'])).toBeUndefined();
});

test('of the sentences in other languages, all but one full of names are told, each by its name', () => {
  const missed = sentences.other.filter(([tag = '', text = '']) => foreignLanguage(text, ['en']) !== tag);
  expect(missed.map(([, text]) => text)).toEqual([
    'Im Sommer ist das Café Florian in Venedig voller Touristen aus London und New York.',
  ]);
});

describe('nothing is said', () => {
  test.each(['', '42 + 7 = 49', 'Kurze Notiz', '— … ☃'])('of %j', (text) => {
    expect(foreignLanguage(text, ['en'])).toBeUndefined();
  });

  test('of a language the bundle knows', () => {
    const german = 'Der Fluss ist breit und die Brücke ist nicht für schwere Wagen gebaut worden.';
    expect(foreignLanguage(german, ['en'])).toBe('de');
    expect(foreignLanguage(german, ['en', 'de'])).toBeUndefined();
  });
});
