/** Texts for the writer in the editor's language: `t` gives a text translated, or as it stands in the code. */
import { config, t } from '@vscode/l10n';

/**
 * `t('{0} of {1}', done, total)`: every text that a writer sees goes through it, with placeholders for what varies.
 * Never at a module's top level, where the language is not known yet. The client's files that import vscode call
 * `vscode.l10n.t` instead; both find their translations in `l10n/`.
 */
export { t };

/** Texts as they stand in the code, each with its translation. */
export type Translations = Readonly<Record<string, string>>;

let languageNames = new Intl.DisplayNames('en', { type: 'language' });

/** What a language is called by its tag: `German` for `de`. */
export function languageName(tag: string): string {
  return languageNames.of(tag) ?? tag;
}

/** From now on the texts of this process are these translations; as they stand in the code without any. `locale` is theirs. */
export function speak(translations: Translations | undefined, locale = 'en'): void {
  languageNames = new Intl.DisplayNames([translations ? locale : 'en', 'en'], { type: 'language' });
  config({ contents: { ...translations } });
}

/** Whether what came from outside can be spoken. */
export function isTranslations(value: unknown): value is Translations {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}
