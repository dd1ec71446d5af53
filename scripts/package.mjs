/**
 * Makes the .vsix of one platform, or with `--all` of every one that ONNX Runtime has binaries for: the bundles, the
 * model, that platform's native files only; and looks into what was packed.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inRoot, option, run } from './exec.mjs';
import { writeCodeTexts } from './l10n.mjs';
import { stageRuntimeModules } from './runtimeModules.mjs';
import { problemsOf, readVsix, wantedFiles } from './vsixCheck.mjs';

const oneMegabyte = 1e6;
/** Where the server and its host in a .vsix find what is not bundled. */
const stagedModules = inRoot('dist/node_modules');
const targets = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];
const thisMachine = `${process.platform}-${process.arch}`;

/** Builds and packages for `target`; gives the file's absolute path. Throws if what was packed is not as it must be. */
export async function packageVsix(target = thisMachine) {
  await run(process.execPath, ['esbuild.mjs'], { quiet: true });
  await writeCodeTexts();
  checkBundle();
  const file = inRoot(`foresay-${target}.vsix`);
  // Modules are bundled, so vsce must not look for dependencies: it would ship ONNX Runtime for every platform. The
  // README's pictures are relative links, which vsce would turn into ones to a repository that the manifest names.
  const args = ['package', '--no-dependencies', '--target', target, '-o', file];
  args.push('--allow-missing-repository', '--no-rewrite-relative-links');
  try {
    stageRuntimeModules(stagedModules, target);
    await run(process.execPath, [inRoot('node_modules/@vscode/vsce/vsce'), ...args], { quiet: true });
  } finally {
    // Left there, another platform's binaries would be what the server of this checkout finds first.
    rmSync(stagedModules, { recursive: true, force: true });
  }
  const problems = problemsOf(await readVsix(file), target, wantedFiles(readFileSync(inRoot('.vscodeignore'), 'utf8')));
  if (problems.length > 0) throw new Error(`${file}:\n${problems.join('\n')}`);
  return file;
}

/** Throws if a file of the bundle is not the one that its manifest names: half an export must not ship. */
function checkBundle() {
  const directory = inRoot('models/bundle');
  if (!existsSync(`${directory}/manifest.json`)) {
    console.warn('models/bundle is missing: this .vsix makes no suggestions until foresay.bundlePath names a bundle');
    return;
  }
  const { files } = JSON.parse(readFileSync(`${directory}/manifest.json`, 'utf8'));
  for (const { path, sha256 } of files) {
    const found = createHash('sha256')
      .update(readFileSync(`${directory}/${path}`))
      .digest('hex');
    if (found !== sha256) throw new Error(`models/bundle/${path}: sha256 is ${found}, expected ${sha256}`);
  }
}

// Started as a program: `npm run package -- --target=linux-x64`.
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const target of process.argv.includes('--all') ? targets : [option('target', thisMachine)]) {
    const file = await packageVsix(target);
    const files = await readVsix(file);
    const unpacked = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const size = (bytes) => `${(bytes / oneMegabyte).toFixed(1)} MB`;
    console.log(
      `${path.basename(file)}: ${size(statSync(file).size)}, ${files.length} files, unpacked ${size(unpacked)}`,
    );
  }
}
