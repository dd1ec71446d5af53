/** What ships: the check of a packed extension, and the licences of what is not ours. */
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
// @ts-expect-error: a script without types
import * as noticesScript from '../../scripts/notices.mjs';
// @ts-expect-error: a script without types
import * as checkScript from '../../scripts/vsixCheck.mjs';

interface Entry {
  readonly name: string;
  readonly bytes: number;
  readonly head: Buffer;
}
const { builtFor, problemsOf, wantedFiles } = checkScript as {
  builtFor(head: Buffer): string | undefined;
  problemsOf(entries: readonly Entry[], target: string, wanted: readonly string[]): string[];
  wantedFiles(ignoreFile: string): string[];
};
const { noticesFor } = noticesScript as {
  noticesFor(metafiles: readonly { readonly inputs: object }[], beside: readonly string[]): string;
};

const binaries = 'node_modules/onnxruntime-node/bin/napi-v6';
const headOf = (file: string): Buffer => {
  const head = Buffer.alloc(4096);
  const descriptor = openSync(file, 'r');
  const length = readSync(descriptor, head);
  closeSync(descriptor);
  return head.subarray(0, length);
};

describe('native code', () => {
  const libraries = readdirSync(binaries, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /\.(node|dylib|dll|so\.1)$/.test(file));

  test('there is some for five platforms', () => {
    expect(new Set(libraries.map((file) => file.split('/').slice(0, 2).join('-'))).size).toBe(5);
  });

  test.each(libraries)('%s is known by its header', (file) => {
    const [platform, arch] = file.split('/');
    expect(builtFor(headOf(`${binaries}/${file}`))).toBe(`${platform}-${arch}`);
  });

  test('other files are no native code', () => {
    for (const file of ['package.json', 'docs/images/icon.png', 'bin/foresay-server.mjs']) {
      expect(builtFor(headOf(file)), file).toBeUndefined();
    }
    expect(builtFor(Buffer.alloc(0))).toBeUndefined();
  });
});

describe('the check of a packed extension', () => {
  const file = (name: string, head: Buffer = Buffer.alloc(0)): Entry => ({ name: `extension/${name}`, bytes: 1, head });
  const module = 'dist/node_modules/onnxruntime-node';
  const native = headOf(`${binaries}/linux/x64/onnxruntime_binding.node`);
  const wanted = wantedFiles(
    '# comment\n**\n!README.md\n!LICENSE\n!dist/server.mjs\n!dist/NOTICES.txt\n!samples/*.md\n',
  );
  const whole = ['readme.md', 'LICENSE.txt', 'dist/server.mjs', 'dist/NOTICES.txt', `${module}/LICENSE`].map((name) =>
    file(name),
  );
  whole.push(file(`${module}/binding.node`, native));

  test('what .vscodeignore wants by name is wanted, as vsce calls it', () => {
    const names = ['readme.md', 'LICENSE.txt', 'dist/server.mjs', 'dist/NOTICES.txt'];
    expect(wanted).toEqual(names.map((name) => `extension/${name}`));
    expect(wantedFiles(readFileSync('.vscodeignore', 'utf8'))).toContain('extension/dist/extension.cjs');
  });

  test('what is whole passes', () => {
    expect(problemsOf(whole, 'linux-x64', wanted)).toEqual([]);
  });

  test('another platform is told', () => {
    const problems = problemsOf(whole, 'linux-arm64', wanted);
    expect(problems).toEqual([`extension/${module}/binding.node is for linux-x64`]);
  });

  test('no native code at all is told', () => {
    expect(problemsOf(whole.slice(0, -1), 'linux-x64', wanted)).toEqual(['no native code for linux-x64']);
  });

  test.each(['readme.md', 'dist/NOTICES.txt', 'dist/server.mjs'])('%s is missed', (name) => {
    const entries = whole.filter((entry) => entry.name !== `extension/${name}`);
    expect(problemsOf(entries, 'linux-x64', wanted)).toEqual([`extension/${name} is missing`]);
  });

  test.each(['dist/server.mjs.map', 'test/a.mjs', 'models/work/x.bin', 'client/src/extension.ts', '.venv/bin/python'])(
    '%s must not ship',
    (name) => {
      expect(problemsOf([...whole, file(name)], 'linux-x64', wanted)).toEqual([`extension/${name} must not ship`]);
    },
  );

  test('a package beside the bundles ships with its licence', () => {
    const entries = whole.filter(({ name }) => name !== `extension/${module}/LICENSE`);
    expect(problemsOf(entries, 'linux-x64', wanted)).toEqual([`extension/${module}/ ships without a licence`]);
  });
});

describe('notices', () => {
  test('every dependency is in them with the text of its licence, and so is the model', {
    timeout: 60_000,
  }, async () => {
    // What esbuild.mjs bundles, without what never ships.
    const names = [...readFileSync('esbuild.mjs', 'utf8').matchAll(/entryPoints: \['([^']+)'\]/g)].map(
      ([, name]) => name,
    );
    const entryPoints = names.filter((name): name is string => name !== undefined && !name.startsWith('models/'));
    const { metafile } = await build({
      entryPoints,
      external: ['vscode', 'onnxruntime-node'],
      outdir: 'out',
      bundle: true,
      platform: 'node',
      format: 'esm',
      metafile: true,
      write: false,
    });
    const notices = noticesFor([metafile], ['onnxruntime-node']);
    for (const name of Object.keys(manifest.dependencies)) {
      const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'));
      const at = notices.indexOf(`\n${name} ${version} (`);
      expect(at, name).toBeGreaterThan(0);
      expect(notices.slice(at, notices.indexOf('='.repeat(72), at)), name).toMatch(
        /permission|license|redistribution/i,
      );
    }
    for (const part of JSON.parse(readFileSync('models/bundle/manifest.json', 'utf8')).licenses) {
      expect(notices).toContain(`${part.source} (${part.license})`);
    }
  });

  test('a package whose licence is nowhere is refused, with what to do', () => {
    const bare = 'out/unit/node_modules/bare';
    mkdirSync(bare, { recursive: true });
    writeFileSync(`${bare}/package.json`, '{"name":"bare","version":"1.0.0","license":"MIT"}');
    expect(() => noticesFor([{ inputs: { [`${bare}/index.js`]: {} } }], [])).toThrow('scripts/licenses/bare/LICENSE');
  });
});
