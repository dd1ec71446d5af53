/**
 * Builds the bundles in dist/: the extension and its concept map, the language server, the command line, the inference
 * host, the thread of the search index, and the segmenter that cuts corpora. `--watch` keeps at it.
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { context } from 'esbuild';
import { noticesFor } from './scripts/notices.mjs';
import { runtimeModules } from './scripts/runtimeModules.mjs';
import { sharedNgrams } from './scripts/sharedNgrams.mjs';

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  logLevel: 'warning',
  metafile: true,
  // Licences of what is bundled are gathered in one file.
  legalComments: 'none',
  plugins: [sharedNgrams],
};
/** What runs in the editor's web pages. */
const web = { ...common, platform: 'browser', target: 'chrome120', format: 'esm' };
// CommonJS packages inside an ES module bundle still call require, and some ask for __dirname.
const esm = {
  ...common,
  format: 'esm',
  banner: {
    js: [
      "import { createRequire as foresayCreateRequire } from 'node:module';",
      'const require = foresayCreateRequire(import.meta.url);',
    ].join('\n'),
  },
};

const bundles = [
  {
    ...common,
    format: 'cjs',
    entryPoints: ['client/src/extension.ts'],
    outfile: 'dist/extension.cjs',
    external: ['vscode'],
  },
  { ...web, entryPoints: { map: 'client/src/map/main.ts' }, outdir: 'dist' },
  { ...web, entryPoints: { map: 'client/src/map/map.css' }, outdir: 'dist' },
  { ...web, format: 'iife', entryPoints: { mapWorker: 'client/src/map/worker.ts' }, outdir: 'dist' },
  { ...esm, entryPoints: ['server/src/main.ts'], outfile: 'dist/server.mjs' },
  { ...esm, entryPoints: ['server/src/cli/main.ts'], outfile: 'dist/cli.mjs' },
  {
    ...esm,
    entryPoints: ['server/src/inference/hostMain.ts'],
    outfile: 'dist/hostMain.mjs',
    external: ['onnxruntime-node'],
  },
  // SQLite's package looks for its WebAssembly beside itself, as CommonJS does.
  { ...common, format: 'cjs', entryPoints: ['server/src/search/searchMain.ts'], outfile: 'dist/searchMain.cjs' },
  { ...esm, entryPoints: ['models/scripts/segmentCorpus.ts'], outfile: 'dist/segmentCorpus.mjs' },
];

mkdirSync('dist', { recursive: true });
copyFileSync('node_modules/node-sqlite3-wasm/dist/node-sqlite3-wasm.wasm', 'dist/node-sqlite3-wasm.wasm');

function notices(results) {
  return noticesFor(
    results.map(({ metafile }) => metafile),
    runtimeModules.map(({ name }) => name),
  );
}

const contexts = await Promise.all(bundles.map((options) => context(options)));
if (process.argv.includes('--watch')) {
  await Promise.all(contexts.map((each) => each.watch()));
  console.log('watching');
} else {
  // What is wrong has been told by esbuild itself, file and line.
  const results = await Promise.all(contexts.map((each) => each.rebuild())).catch(() => undefined);
  await Promise.all(contexts.map((each) => each.dispose()));
  if (results) writeFileSync('dist/NOTICES.txt', notices(results));
  else process.exitCode = 1;
}
