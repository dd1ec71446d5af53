/** Bundles the extension-host suite to one CommonJS file, which both runners take. */
import { build } from 'esbuild';
import { inRoot } from '../../scripts/exec.mjs';

/** The bundled suite, absolute. */
export const suiteFile = inRoot('out/extension-suite/index.cjs');

export function buildSuite() {
  return build({
    entryPoints: [inRoot('test/extension/index.ts')],
    outfile: suiteFile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'warning',
    external: ['vscode', 'mocha'],
  });
}
