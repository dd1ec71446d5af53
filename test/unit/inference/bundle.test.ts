/** Opening a bundle's directory: everything that may lie there instead is refused in words, before a graph is parsed. */
import { linkSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBundle } from '../../../server/src/inference/bundle.ts';
import { BundleError } from '../../../server/src/inference/manifest.ts';
import { createTinyBundle, type TinyBundle, tinyFiles, tinyManifest, withField } from '../../support/tinyBundle.ts';

let bundle: TinyBundle;
beforeEach(() => {
  bundle = createTinyBundle();
});
afterEach(() => {
  bundle.dispose();
});

/** What is said of the bundle; '' if it opens. */
async function complaint(directory = bundle.directory): Promise<string> {
  try {
    await openBundle(directory);
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(BundleError);
    return (error as BundleError).message;
  }
}
const content = String(tinyFiles['sampler.onnx']);
const size = Buffer.byteLength(content);

describe('a good bundle', () => {
  test('opens: manifest, paths and contents', async () => {
    const opened = await openBundle(bundle.directory);
    expect(opened.manifest).toEqual(tinyManifest());
    expect(opened.path('encoder.onnx')).toMatch(/encoder\.onnx$/);
    expect(await opened.readJson('encoder.tokenizer_config.json')).toEqual({ tokenizer_class: 'GPT2Tokenizer' });
    const graphs = Object.entries(tinyFiles).filter(([path]) => /\.(onnx|bin)$/.test(path));
    expect(opened.graphBytes).toBe(graphs.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0));
  });

  test('may hold files that the manifest does not list, which stay closed', async () => {
    writeFileSync(bundle.file('notes.txt'), 'x');
    const opened = await openBundle(bundle.directory);
    expect(() => opened.path('notes.txt')).toThrow(BundleError);
    await expect(opened.readJson('notes.txt')).rejects.toThrow('notes.txt: not among the manifest');
  });

  test('may lie in a subdirectory, behind a link to the directory, or link within itself', async () => {
    mkdirSync(bundle.file('graphs'));
    linkSync(bundle.file('sampler.onnx'), bundle.file('graphs/sampler.onnx'));
    rmSync(bundle.file('sampler.onnx'));
    symlinkSync('graphs/sampler.onnx', bundle.file('sampler.onnx'));
    const link = join(tmpdir(), `foresay-link-${process.pid}`);
    symlinkSync(bundle.directory, link);
    try {
      expect(await complaint(link)).toBe('');
    } finally {
      rmSync(link);
    }
  });

  test('says which of its JSON files is none', async () => {
    const opened = await openBundle(bundle.directory);
    await expect(opened.readJson('sampler.onnx')).rejects.toThrow(/^sampler\.onnx: not JSON/);
  });
});

describe('a missing bundle', () => {
  test.each([
    ['no directory', () => join(bundle.directory, 'nowhere'), /nowhere: no manifest\.json\. Set foresay\.bundlePath/],
    ['a file in its place', () => bundle.file('encoder.onnx'), /encoder\.onnx: no manifest\.json\. Set foresay/],
    ['an empty path', () => '', /no manifest\.json/],
    ['a path with NUL', () => `${bundle.directory}\0`, /manifest\.json cannot be read/],
  ])('%s', async (_, directory, expected) => {
    expect(await complaint(directory())).toMatch(expected);
  });

  test('no manifest', async () => {
    rmSync(bundle.file('manifest.json'));
    expect(await complaint()).toBe(
      `${bundle.directory}: no manifest.json. Set foresay.bundlePath to a bundle directory or reinstall.`,
    );
  });

  test('a directory for a manifest', async () => {
    rmSync(bundle.file('manifest.json'));
    mkdirSync(bundle.file('manifest.json'));
    expect(await complaint()).toMatch(/manifest\.json cannot be read \(EISDIR/);
  });
});

describe('a wrong file', () => {
  const page = '<!DOCTYPE html>\n<html><body>404 Not Found</body></html>';
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize ${size}\n`;

  test.each([
    ['missing', () => rmSync(bundle.file('sampler.onnx')), 'missing from the bundle'],
    [
      'truncated',
      () => truncateSync(bundle.file('sampler.onnx'), size - 1),
      `truncated, has ${size - 1} bytes, expected ${size}`,
    ],
    ['empty', () => truncateSync(bundle.file('sampler.onnx'), 0), `truncated, has 0 bytes, expected ${size}`],
    [
      'longer',
      () => writeFileSync(bundle.file('sampler.onnx'), `${content}!`),
      `altered, has ${size + 1} bytes, expected ${size}`,
    ],
    [
      'altered in one byte',
      () => writeFileSync(bundle.file('sampler.onnx'), content.replace('g', 'h')),
      /^sampler\.onnx: altered, sha256 is [0-9a-f]{64}, expected [0-9a-f]{64}$/,
    ],
    [
      'an HTML page',
      () => writeFileSync(bundle.file('sampler.onnx'), page),
      `an HTML page instead of the file, has ${page.length} bytes, expected ${size}`,
    ],
    [
      'an HTML page of the same size',
      () => writeFileSync(bundle.file('sampler.onnx'), '<html>'.padEnd(size)),
      /^sampler\.onnx: an HTML page instead of the file, sha256 is/,
    ],
    [
      'a Git LFS pointer',
      () => writeFileSync(bundle.file('sampler.onnx'), pointer),
      /^sampler\.onnx: a Git LFS pointer instead of the file \(run git lfs pull\), has \d+ bytes/,
    ],
    [
      'a directory',
      () => {
        rmSync(bundle.file('sampler.onnx'));
        mkdirSync(bundle.file('sampler.onnx'));
      },
      'a directory instead of the file',
    ],
    [
      'a link in circles',
      () => {
        rmSync(bundle.file('sampler.onnx'));
        symlinkSync('sampler.onnx', bundle.file('sampler.onnx'));
      },
      /^sampler\.onnx: ELOOP/,
    ],
  ])('%s', async (_, spoil, expected) => {
    spoil();
    const said = await complaint();
    if (typeof expected === 'string') expect(said).toBe(`sampler.onnx: ${expected}`);
    else expect(said).toMatch(expected);
  });
});

describe('a path that leaves the directory', () => {
  test.each([
    '/etc/passwd',
    '../sampler.onnx',
    'graphs/../../sampler.onnx',
    'C:\\sampler.onnx',
    'c:sampler.onnx',
    '..\\sampler.onnx',
    'graphs\\sampler.onnx',
  ])('%s is refused before anything is read', async (path) => {
    rmSync(bundle.file('encoder.onnx'));
    const manifest = withField(tinyManifest(), 'files[6].path', path);
    bundle.write(withField(manifest, 'lcm.sampler', path));
    const said = await complaint();
    // Of two faults the first of the list is told: here a missing file before it.
    expect(said).toBe('encoder.onnx: missing from the bundle');
    writeFileSync(bundle.file('encoder.onnx'), 'whatever is wrong with it');
    expect(await complaint()).toBe(`manifest.json: the path ${JSON.stringify(path)} leaves the bundle's directory`);
  });

  test.each([
    ['a file outside', () => join(tmpdir(), `foresay-outside-${process.pid}`)],
    ['the directory itself', () => bundle.directory],
    ['its parent', () => tmpdir()],
  ])('a link to %s is refused', async (_, target) => {
    if (target().includes('outside')) writeFileSync(target(), content);
    rmSync(bundle.file('sampler.onnx'));
    symlinkSync(target(), bundle.file('sampler.onnx'));
    try {
      expect(await complaint()).toBe("sampler.onnx: a link that leaves the bundle's directory");
    } finally {
      if (target().includes('outside')) rmSync(target());
    }
  });

  test('a directory whose name only begins like the bundle’s is outside', async () => {
    const beside = `${bundle.directory}-beside`;
    mkdirSync(beside);
    writeFileSync(join(beside, 'sampler.onnx'), content);
    rmSync(bundle.file('sampler.onnx'));
    symlinkSync(join(beside, 'sampler.onnx'), bundle.file('sampler.onnx'));
    try {
      expect(await complaint()).toBe("sampler.onnx: a link that leaves the bundle's directory");
    } finally {
      rmSync(beside, { recursive: true });
    }
  });
});
