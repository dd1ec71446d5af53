/**
 * The texts that a writer sees, and their translations. `npm run l10n` writes `l10n/bundle.l10n.json` from the code,
 * sorts all files, drops from the translations what is not used any more, and names what is not translated yet.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { getL10nJson } from '@vscode/l10n-dev';
import { inRoot } from './exec.mjs';

/** The texts of package.json, by their names there. */
const manifestTexts = 'package.nls.json';
/** The texts of the code, each by itself; what translators start from. */
const codeTexts = 'l10n/bundle.l10n.json';

/** The texts in the code of client and server. */
export async function textsOfCode() {
  const sources = ['client/src', 'server/src'].flatMap((folder) =>
    readdirSync(inRoot(folder), { recursive: true })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(inRoot(folder, file), 'utf8')),
  );
  return getL10nJson(sources.map((source) => ({ extension: '.ts', contents: withNamespace(source) })));
}

/** The library finds calls through a namespace only: those of the `t` of our module are turned into such. */
function withNamespace(source) {
  if (!/import \{[^}]*\bt\b[^}]*\} from '[./\w]*base\/l10n\.ts'/.test(source)) return source;
  return `import * as l10n from '@vscode/l10n';\n${source.replace(/(?<![.\w$])t\(/g, 'l10n.t(')}`;
}

/** The names of texts that package.json uses. */
export function namesInManifest() {
  const manifest = readFileSync(inRoot('package.json'), 'utf8');
  return [...manifest.matchAll(/"%([^%"]+)%"/g)].map(([, name]) => name);
}

/** The files that translate `file`: `package.nls.de.json` and others for `package.nls.json`. */
export function translationsOf(file) {
  const [, folder, prefix] = /^(.*\/)?([^/]*)json$/.exec(file);
  const names = readdirSync(inRoot(folder ?? '.'));
  return names
    .filter((name) => name.startsWith(prefix) && /^[\w-]+\.json$/.test(name.slice(prefix.length)))
    .map((name) => `${folder ?? ''}${name}`);
}

export const readTexts = (file) => JSON.parse(readFileSync(inRoot(file), 'utf8'));

function writeTexts(file, texts) {
  const sorted = Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(inRoot(file), `${JSON.stringify(sorted, undefined, 2)}\n`);
}

/** Writes the texts of the code for translators. */
export async function writeCodeTexts() {
  writeTexts(codeTexts, await textsOfCode());
}

function tidy(file, english) {
  const translated = readTexts(file);
  writeTexts(file, Object.fromEntries(Object.entries(translated).filter(([key]) => Object.hasOwn(english, key))));
  for (const key of Object.keys(english))
    if (!Object.hasOwn(translated, key)) console.log(`${file}: ${JSON.stringify(key)}`);
}

// Started as a program.
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await writeCodeTexts();
  writeTexts(manifestTexts, readTexts(manifestTexts));
  for (const file of [codeTexts, manifestTexts]) for (const each of translationsOf(file)) tidy(each, readTexts(file));
}
