/** TypeScript of the benchmarks as a program that Node runs. */
import { build } from 'esbuild';
import { inRoot } from '../../scripts/exec.mjs';

/** Bundles a file of the repository; gives the path of the program. */
export async function bundled(file) {
  const program = inRoot('out/bench', file.replace(/^.*\//, '').replace(/\.ts$/, '.mjs'));
  await build({
    entryPoints: [inRoot(file)],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['onnxruntime-node'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  return program;
}
