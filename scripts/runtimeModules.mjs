/** The packages that ship beside the bundles and not inside them, because they hold native code. */
import { cpSync, existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from './exec.mjs';
import { licenseFiles } from './notices.mjs';

/** `parts` are the files and folders that it needs at run time; `native` those of one platform. */
export const runtimeModules = [
  {
    name: 'onnxruntime-node',
    parts: ['package.json', 'dist'],
    native: (platform, arch) => `bin/napi-v6/${platform}/${arch}`,
  },
  { name: 'onnxruntime-common', parts: ['package.json', 'dist/cjs'] },
];

/** What nobody needs at run time; macOS gets one library under two names, of which the binding asks for the shorter. */
const unneeded = /\.(map|d\.ts)$|libonnxruntime\.\d+\.\d+\.\d+\.dylib$/;

/** Copies the modules into `folder`, emptied first, with the binaries of one target. Throws if there are none for it. */
export function stageRuntimeModules(folder, target) {
  const [platform, arch] = target.split('-');
  rmSync(folder, { recursive: true, force: true });
  for (const { name, parts, native } of runtimeModules) {
    const from = inRoot('node_modules', name);
    const binaries = native ? [native(platform, arch)] : [];
    for (const part of [...parts, ...binaries]) {
      if (!existsSync(`${from}/${part}`)) throw new Error(`${name} has no ${part}, which ${target} needs`);
      const filter = (file) => !unneeded.test(file);
      cpSync(`${from}/${part}`, `${folder}/${name}/${part}`, { recursive: true, filter });
    }
    for (const file of licenseFiles(`node_modules/${name}`)) cpSync(file, `${folder}/${name}/${path.basename(file)}`);
  }
}
