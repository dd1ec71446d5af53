/** The licences of all that ships and is not ours: the packages in the bundles and beside them, and the model. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './exec.mjs';

const rule = '='.repeat(72);

/**
 * Text of a notices file for what went into these esbuild metafiles, and for the packages `beside` them. Throws if the
 * licence text of one is nowhere.
 */
export function noticesFor(metafiles, beside) {
  const bundled = metafiles.flatMap(({ inputs }) => Object.keys(inputs)).flatMap(packageFolder);
  const folders = [...new Set(bundled), ...beside.map((name) => `node_modules/${name}`)].sort();
  return `Foresay contains code of these packages.\n\n${folders.map(notice).join('\n')}\n${modelNotice()}`;
}

/** The folder of the package that a source file belongs to; none for a file of ours. */
function packageFolder(file) {
  const found = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file);
  return found ? [found[0]] : [];
}

/**
 * The absolute paths of a package's licence files, `folder` as in the repository. What an npm package lacks lies in
 * `scripts/licenses`, under the package's name.
 */
export function licenseFiles(folder) {
  const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
  return [folder, `scripts/licenses/${name}`].flatMap((each) => {
    const directory = path.join(root, each);
    const files = existsSync(directory) ? readdirSync(directory) : [];
    return files.filter((file) => isLicense.test(file)).map((file) => path.join(directory, file));
  });
}

const isLicense = /^(licen[cs]e|notice|thirdpartynotices)([.-]\w+)*$/i;
/** Longer ones lie beside their package, and are only named here. */
const longestText = 20_000;

function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
  const files = licenseFiles(folder);
  if (files.length === 0)
    throw new Error(`${folder} has no licence file: put its text into scripts/licenses/${name}/LICENSE`);
  const texts = files.map((file) => {
    const text = readFileSync(file, 'utf8').trim();
    return text.length > longestText
      ? `\n(and more in dist/node_modules/${name}/${path.basename(file)})\n`
      : `\n${text}\n`;
  });
  return `${rule}\n${name} ${version} (${license ?? 'see below'})\n${texts.join('')}`;
}

/** Where the model's weights come from, as its manifest says. */
function modelNotice() {
  const manifest = path.join(root, 'models/bundle/manifest.json');
  if (!existsSync(manifest)) return '';
  const { name, version, licenses, data } = JSON.parse(readFileSync(manifest, 'utf8'));
  const parts = licenses.map(({ what, license, source }) => `- ${what}: ${source} (${license})`);
  return [
    rule,
    `The model bundle ${name} ${version}; the text of the Apache-2.0 license is in LICENSE`,
    '',
    ...parts,
    `- trained on: ${data}`,
    '',
  ].join('\n');
}
