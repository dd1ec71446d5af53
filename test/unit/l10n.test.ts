/** The texts that a writer sees: all of them have a name or stand in the code, and a translation fits its English. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import manifestTexts from '../../package.nls.json' with { type: 'json' };
// @ts-expect-error: a script without types
import * as l10n from '../../scripts/l10n.mjs';

type Texts = Readonly<Record<string, string>>;
const { namesInManifest, readTexts, textsOfCode, translationsOf } = l10n as {
  namesInManifest(): string[];
  readTexts(file: string): Texts;
  textsOfCode(): Promise<Texts>;
  translationsOf(file: string): string[];
};
/** The texts of the code, each by itself. */
const codeTexts = await textsOfCode();

const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([found]) => found).sort();
/** What is the same in every language: names in backquotes, and commands that a text links to. */
const fixed = (text: string): string[] =>
  [...text.matchAll(/`[^`]*`|\(command:[^)]*\)/g)].map(([found]) => found).sort();

test('package.json and package.nls.json name the same texts', () => {
  expect([...new Set(namesInManifest())].sort()).toEqual(Object.keys(manifestTexts).sort());
});

test('a writer reads one spelling of “summarise”', () => {
  const texts = [...Object.values(manifestTexts), ...Object.keys(codeTexts)];
  expect(texts.filter((text) => /summaris/i.test(text)).length).toBeGreaterThan(5);
  expect(texts.filter((text) => /summariz/i.test(text.replace(/foresay\.[\w.]+/g, '')))).toEqual([]);
});

test('no text that an editor shows is written in place', () => {
  const shown = [
    /\bshow(?:Information|Warning|Error)Message\(\s*['"`]\w+[:,]? \w/,
    /\bsetStatusBarMessage\(\s*['"`]/,
    /\.begin\(\s*['"`]/,
    /\b(?:title|placeHolder|placeholder|prompt|label|description|detail|tooltip)\s*[:=]\s*['"`](?:\$\([\w~-]+\) )?[A-Za-z]+ [a-z]/,
  ];
  const found = ['client/src', 'server/src/lsp', 'server/src/service']
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`))
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .map((line, at) => `${file}:${at + 1}: ${line.trim()}`),
    )
    .filter((line) => shown.some((pattern) => pattern.test(line)));
  expect(found).toEqual([]);
});

test('there is German', () => {
  expect(translationsOf('package.nls.json')).toContain('package.nls.de.json');
  expect(translationsOf('l10n/bundle.l10n.json')).toContain('l10n/bundle.l10n.de.json');
});

test.each(translationsOf('package.nls.json'))('%s translates all that is there, with the same code in it', (file) => {
  expect(Object.keys(readTexts(file)).sort()).toEqual(Object.keys(manifestTexts).sort());
  for (const [name, text] of Object.entries(readTexts(file))) {
    const english = (manifestTexts as Texts)[name];
    expect(english, `${name}: not used any more (npm run l10n drops it)`).toBeDefined();
    expect(fixed(text), name).toEqual(fixed(english ?? ''));
  }
});

test.each(translationsOf('l10n/bundle.l10n.json'))(
  '%s translates all that is there, with the same placeholders',
  (file) => {
    expect(Object.keys(codeTexts).length).toBeGreaterThan(100);
    const missing = Object.keys(codeTexts).filter((text) => !Object.hasOwn(readTexts(file), text));
    expect(missing, 'not translated').toEqual([]);
    for (const [text, translated] of Object.entries(readTexts(file))) {
      expect(Object.hasOwn(codeTexts, text), `${text}: not used any more (npm run l10n drops it)`).toBe(true);
      expect(placeholders(translated), text).toEqual(placeholders(text));
    }
  },
);
