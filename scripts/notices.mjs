/** The licences of the packages whose code is inside our bundles, gathered for whoever gets the bundles. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './exec.mjs';

/** Text of a notices file for what went into these esbuild metafiles; throws if a package says nothing of its licence. */
export function noticesFor(metafiles) {
  const folders = new Set(metafiles.flatMap(({ inputs }) => Object.keys(inputs)).flatMap(packageFolder));
  const notices = [...folders].sort().map(notice);
  return `Foresay contains code of these packages.\n\n${notices.join('\n')}`;
}

/** The folder of the package that a source file belongs to; none for a file of ours. */
function packageFolder(file) {
  const found = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file);
  return found ? [found[0]] : [];
}

function notice(folder) {
  const directory = path.join(root, folder);
  const { name, version, license } = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
  const file = readdirSync(directory).find((each) => /^licen[cs]e(\.(md|txt))?$/i.test(each));
  if (!license && !file) throw new Error(`${folder}: neither a license field nor a license file`);
  const text = file ? `\n${readFileSync(path.join(directory, file), 'utf8').trim()}\n` : '';
  return `${'='.repeat(72)}\n${name} ${version} (${license ?? 'see below'})\n${text}`;
}
