/** The documents below a folder, apart from what the editor or a .gitignore leaves out. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ignore, { type Ignore } from 'ignore';
import picomatch from 'picomatch';
import { type CancellationToken, throwIfCancelled } from '../base/cancellation.ts';
import { languageOfFile } from '../base/fileLanguage.ts';

/** Never looked into: no editor shows it. */
const alwaysExcluded = ['**/.git'];

/** The rules of one .gitignore, for paths below its folder. */
interface Rules {
  readonly below: string;
  readonly rules: Ignore;
}

/**
 * Uris of the documents below a folder, in the order of their names. `excluded`: globs for paths relative to the folder,
 * with `/`; a folder that is excluded is not looked into. Links are not followed.
 */
export async function* documentsBelow(
  folderUri: string,
  excluded: readonly string[],
  token: CancellationToken,
): AsyncGenerator<string> {
  const root = fileURLToPath(folderUri);
  const isExcluded = picomatch([...alwaysExcluded, ...excluded], { dot: true });
  const pending: { readonly path: string; readonly rules: readonly Rules[] }[] = [{ path: '', rules: [] }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    throwIfCancelled(token);
    const { path, rules } = next;
    const folder = join(root, path);
    // What cannot be read has no documents for us.
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    const own = entries.some((entry) => entry.name === '.gitignore' && entry.isFile())
      ? [...rules, { below: path, rules: await rulesIn(join(folder, '.gitignore')) }]
      : rules;
    const folders: typeof pending = [];
    for (const entry of entries) {
      const inside = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!isExcluded(inside) && !isIgnored(own, `${inside}/`)) folders.push({ path: inside, rules: own });
      } else if (entry.isFile() && languageOfFile(entry.name) !== undefined) {
        if (!isExcluded(inside) && !isIgnored(own, inside)) yield pathToFileURL(join(root, inside)).href;
      }
    }
    pending.push(...folders.reverse());
    await setImmediate();
  }
}

async function rulesIn(file: string): Promise<Ignore> {
  return ignore().add(await readFile(file, 'utf8').catch(() => ''));
}

/** The innermost .gitignore that says anything about a path decides. */
function isIgnored(all: readonly Rules[], path: string): boolean {
  for (const { below, rules } of all.toReversed()) {
    const { ignored, unignored } = rules.test(below === '' ? path : path.slice(below.length + 1));
    if (ignored || unignored) return ignored;
  }
  return false;
}
