/** Makes the .vsix of one platform: the bundles, the model, and ONNX Runtime's binaries of that platform only. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { inRoot, option, run } from './exec.mjs';

const oneMegabyte = 1e6;
/** Where the inference host in a .vsix finds ONNX Runtime. */
const stagedModules = inRoot('dist/node_modules');

/**
 * Builds and packages for `target` (`linux-x64`, `darwin-arm64`, `win32-x64`, …); gives the file's absolute path.
 * Throws if ONNX Runtime has no binaries for the target.
 */
export async function packageVsix(target = `${process.platform}-${process.arch}`) {
  await run(process.execPath, ['esbuild.mjs'], { quiet: true });
  stageRuntime(target);
  checkBundle();
  const file = inRoot(`foresay-${target}.vsix`);
  // Modules are bundled, so vsce must not look for dependencies: it would ship ONNX Runtime for every platform. The
  // README's pictures are relative links, which vsce would turn into ones to a repository that the manifest names.
  const args = ['package', '--no-dependencies', '--target', target, '-o', file];
  args.push('--allow-missing-repository', '--no-rewrite-relative-links');
  try {
    await run(process.execPath, [inRoot('node_modules/@vscode/vsce/vsce'), ...args], { quiet: true });
  } finally {
    // Left there, another platform's binaries would be what the server of this checkout finds first.
    rmSync(stagedModules, { recursive: true, force: true });
  }
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

/** Copies what ONNX Runtime needs at run time beside the bundles, where the inference host finds it. */
function stageRuntime(target) {
  const [platform, arch] = target.split('-');
  const binaries = `bin/napi-v6/${platform}/${arch}`;
  const from = inRoot('node_modules/onnxruntime-node');
  if (!existsSync(`${from}/${binaries}`)) throw new Error(`onnxruntime-node has no binaries for ${target}`);
  const to = stagedModules;
  rmSync(to, { recursive: true, force: true });
  const filter = (file) => !/\.(map|d\.ts)$/.test(file);
  for (const part of ['package.json', 'LICENSE', 'dist', binaries]) {
    if (!existsSync(`${from}/${part}`)) continue;
    cpSync(`${from}/${part}`, `${to}/onnxruntime-node/${part}`, { recursive: true, filter });
  }
  for (const part of ['package.json', 'LICENSE', 'dist/cjs']) {
    const source = inRoot('node_modules/onnxruntime-common', part);
    if (existsSync(source)) cpSync(source, `${to}/onnxruntime-common/${part}`, { recursive: true, filter });
  }
}

// Started as a program: `npm run package -- --target=linux-x64`.
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { statSync } = await import('node:fs');
  const file = await packageVsix(option('target'));
  console.log(`${file}: ${(statSync(file).size / oneMegabyte).toFixed(1)} MB`);
}
