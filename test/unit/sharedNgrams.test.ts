/** The language detector's table in what ships is the package's, and equal values in it are one. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { expect, test } from 'vitest';
// @ts-expect-error: a script without types
import { sharedNgrams } from '../../scripts/sharedNgrams.mjs';

interface Table {
  readonly ngramsData: { readonly ngrams: Readonly<Record<string, object>> };
}

test('the bundled n-grams are those of the package, with equal scores shared', async () => {
  const file = 'node_modules/eld/src/ngrams/extrasmall.js';
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    format: 'esm',
    write: false,
    plugins: [sharedNgrams as Plugin],
  });
  const bundled: Table = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')}`
  );
  const original: Table = await import(pathToFileURL(path.resolve(file)).href);
  expect(bundled.ngramsData).toEqual(original.ngramsData);
  const scores = Object.values(bundled.ngramsData.ngrams);
  const different = new Set(scores.map((each) => JSON.stringify(each)));
  expect(new Set(scores).size).toBe(different.size);
  expect(different.size).toBeLessThan(scores.length / 2);
});
