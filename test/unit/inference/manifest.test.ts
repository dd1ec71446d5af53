/** The manifest: what is read from a good one, and what is said of a wrong one. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BundleError, manifestJsonSchema, namedFiles, parseManifest } from '../../../server/src/inference/manifest.ts';
import { tinyManifest, withField } from '../../support/tinyBundle.ts';

/** What is said of this manifest; '' if it is a good one. */
function complaint(manifest: unknown): string {
  try {
    parseManifest(typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(BundleError);
    return (error as BundleError).message;
  }
}

test('a good one is read as it is', () => {
  expect(parseManifest(JSON.stringify(tinyManifest()))).toEqual(tinyManifest());
  expect(namedFiles(tinyManifest()).map(({ path }) => path)).toEqual(
    expect.arrayContaining(['encoder.onnx', 'plan_head.onnx', 'decoder.tokenizer_config.json']),
  );
});

describe('what is no manifest', () => {
  test.each([
    ['', /^manifest\.json: not JSON/],
    ['{"format": "foresay-bun', /^manifest\.json: not JSON/],
    ['<!DOCTYPE html><html>Not found</html>', /^manifest\.json: not JSON/],
    ['version https://git-lfs.github.com/spec/v1', /^manifest\.json: not JSON/],
    ['null', /^manifest\.json: format is missing, expected "foresay-bundle"$/],
    ['[]', /^manifest\.json: format is missing, expected "foresay-bundle"$/],
    ['"foresay-bundle"', /^manifest\.json: format is missing/],
    ['{}', /^manifest\.json: format is missing/],
    ['{"format":"other","formatVersion":"1"}', /^manifest\.json: format is "other", expected "foresay-bundle"$/],
    ['{"format":"foresay-bundle"}', /^manifest\.json: formatVersion is missing, expected 1$/],
    ['{"format":"foresay-bundle","formatVersion":0}', /^manifest\.json: formatVersion is 0, expected 1$/],
    ['{"format":"foresay-bundle","formatVersion":2}', /formatVersion is 2, expected 1 \(made for a newer Foresay\)$/],
  ])('%s', (source, expected) => {
    expect(complaint(source)).toMatch(expected);
  });
});

describe('a wrong field is named, with what was expected and found', () => {
  test.each([
    ['name', 7, 'name is 7, expected a string'],
    ['version', undefined, 'version is missing, expected a string'],
    ['languages', [], 'languages is [], expected at least one language tag'],
    ['languages', 'en', 'languages is "en", expected a list of language tags'],
    ['conceptDim', 0, 'conceptDim is 0, expected an integer >= 1'],
    ['conceptDim', 2.5, 'conceptDim is 2.5, expected an integer >= 1'],
    ['conceptDim', '2', 'conceptDim is "2", expected an integer >= 1'],
    ['encoder', undefined, 'encoder is missing, expected an object'],
    ['encoder', [], 'encoder is [], expected an object'],
    ['encoder.graph', '', 'encoder.graph is "", expected a file name'],
    ['encoder.pooling', 'cls', 'encoder.pooling is "cls", expected one of "mean"'],
    ['encoder.maxTokens', 2, 'encoder.maxTokens is 2, expected an integer >= 3'],
    ['normalizer.scale[1]', 0, 'normalizer.scale[1] is 0, expected a number > 0'],
    ['normalizer.scale[1]', null, 'normalizer.scale[1] is null, expected a number > 0'],
    ['normalizer.center', {}, 'normalizer.center is {}, expected a list of numbers'],
    [
      'lcm.architecture',
      'three-tower',
      'lcm.architecture is "three-tower", expected one of "two-tower", "one-tower", "base", "quant-c", "quant-d"',
    ],
    [
      'lcm.predictionType',
      'score',
      'lcm.predictionType is "score", expected one of "sample", "epsilon", "v_prediction"',
    ],
    [
      'lcm.noiseSchedule',
      'cosine',
      'lcm.noiseSchedule is "cosine", expected one of "squaredcos_cap_v2", "linear", "scaled_linear", "sigmoid"',
    ],
    ['lcm.defaults.eta', 2, 'lcm.defaults.eta is 2, expected a number from 0 to 1'],
    ['lcm.defaults.guidanceScale', -1, 'lcm.defaults.guidanceScale is -1, expected a number >= 0'],
    ['lcm.summary.stopThreshold', 1.5, 'lcm.summary.stopThreshold is 1.5, expected a number from -1 to 1'],
    ['decoder.prefixLength', 0, 'decoder.prefixLength is 0, expected an integer >= 1'],
    ['ranking.minScore', 'low', 'ranking.minScore is "low", expected a number from -1 to 1'],
    ['summary.default', 'best', 'summary.default is "best", expected one of "lcm", "extractive"'],
    ['files', {}, 'files is {}, expected a list of files'],
    ['files[3].bytes', -1, 'files[3].bytes is -1, expected an integer >= 0'],
    ['files[3].sha256', 'ABC', 'files[3].sha256 is "ABC", expected 64 lower-case hex digits'],
    ['licenses[0].license', undefined, 'licenses[0].license is missing, expected a string'],
    ['metrics', [], 'metrics is [], expected an object'],
    ['colour', 'red', 'colour is not a known field'],
    ['lcm.defaults.temperature', 1, 'lcm.defaults.temperature is not a known field'],
  ])('%s: %j', (path, found, expected) => {
    expect(complaint(withField(tinyManifest(), path, found))).toBe(`manifest.json: ${expected}`);
  });

  test('a long finding is cut', () => {
    expect(complaint(withField(tinyManifest(), 'conceptDim', 'x'.repeat(1e6))).length).toBeLessThan(150);
  });

  test('of many wrong fields the first eight are named', () => {
    const { lcm, ...rest } = tinyManifest();
    const bare = { ...rest, lcm: { defaults: lcm.defaults, summary: lcm.summary } };
    expect(complaint(bare).split('; ')).toEqual([
      ...Array(8).fill(expect.stringContaining('is missing')),
      'and 7 more',
    ]);
  });
});

describe('fields that do not fit each other', () => {
  const names = 'heading place1 place2 place3 place5 place9 following1 following2 '.concat(
    'summary1 summary2 summary3 summary4 summary6 summary9 note',
  );
  const roles = Object.fromEntries(names.split(' ').map((name) => [name, [0.5, -0.5]]));
  test.each([
    ['conceptDim', 3, /normalizer\.center has 2 numbers, expected 3 \(conceptDim\); .*stop has 2 numbers/],
    ['normalizer.scale', [1], /^manifest\.json: normalizer\.scale has 1 numbers, expected 2 \(conceptDim\)$/],
    ['lcm.summary.stop', [1, 2, 3], /lcm\.summary\.stop has 3 numbers, expected 2/],
    [
      'lcm.roles',
      { ...roles, note: [1] },
      /^manifest\.json: lcm\.roles\.note has 1 numbers, expected 2 \(conceptDim\)$/,
    ],
    ['lcm.roles', { heading: [1, 2] }, /lcm\.roles\.place1 is missing, expected a list of numbers.*and 6 more/],
    ['lcm.roles', roles, /^$/],
    ['lcm.defaults.steps', 7, /lcm\.defaults\.steps is 7, expected a divisor of 20 \(lcm\.trainSteps\)/],
    ['lcm.alphasCumprod', [1, 0], /lcm\.alphasCumprod has 2 numbers, expected 20 \(lcm\.trainSteps\)/],
    ['lcm.alphasCumprod[3]', 0.5, /lcm\.alphasCumprod\[3\] is 0\.5, expected 0\.\d+ \(squaredcos_cap_v2\)/],
    ['lcm.noiseSchedule', 'linear', /^$/],
    ['lcm.alphasCumprod[3]', 1, /lcm\.alphasCumprod\[3\] is not less than the number before it/],
    ['lcm.trainSteps', 10, /lcm\.alphasCumprod has 20 numbers, expected 10/],
    ['lcm.trainSteps', Number.MAX_SAFE_INTEGER, /lcm\.alphasCumprod has 20 numbers, expected 9007199254740991/],
    ['decoder.startToken', 300, /decoder\.startToken is 300, expected less than 300 \(decoder\.vocabularySize\)/],
    ['decoder.endToken', 300, /decoder\.endToken is 300, expected less than 300 \(decoder\.vocabularySize\)/],
    ['decoder.topCount', 301, /decoder\.topCount is 301, expected at most 300 \(decoder\.vocabularySize\)/],
    ['encoder.graph', 'other.onnx', /^manifest\.json: encoder\.graph is "other\.onnx", which files does not list$/],
    ['encoder.acceleratorGraph', 'x', /encoder\.acceleratorGraph is "x", which files does not list/],
    ['encoder.weights', 'x', /encoder\.weights is "x", which files does not list/],
    ['decoder.planHead', 'x', /decoder\.planHead is "x", which files does not list/],
    ['files[1].path', 'encoder.onnx', /files names "encoder\.onnx" twice/],
    ['files', [], /encoder\.graph is "encoder\.onnx", which files does not list.*and 4 more/],
  ])('%s: %j', (path, found, expected) => {
    expect(complaint(withField(tinyManifest(), path, found))).toMatch(expected);
  });
});

describe('the JSON schema', () => {
  const file = new URL('../../../models/bundle.schema.json', import.meta.url);

  test('is the committed one; `npx vitest run test/unit/inference/manifest.test.ts -u` writes it anew', async () => {
    await expect(`${JSON.stringify(manifestJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(file.pathname);
  });

  test('names every field of a manifest', () => {
    const schema = JSON.parse(readFileSync(file, 'utf8'));
    expect(Object.keys(schema.properties)).toEqual(Object.keys(tinyManifest()));
    expect(schema.required).toEqual(Object.keys(tinyManifest()));
    expect(schema.additionalProperties).toBe(false);
  });
});
