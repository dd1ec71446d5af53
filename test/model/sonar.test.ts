/** A bundle of SONAR's architecture, small and of random weights (models/tests/sonar_bundle.py), in the server's engine. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { neverCancelled } from '../../server/src/base/cancellation.ts';
import { lengthOf } from '../../server/src/concepts/conceptVector.ts';
import { createLocalEngine } from '../../server/src/inference/localEngine.ts';
import { createByteTokenizer, createTokenizer } from '../../server/src/inference/tokenizer.ts';
import { expectNear } from '../support/nearVectors.ts';
import { plainly } from '../support/plainSequence.ts';

const bundlePath = fileURLToPath(new URL('../fixtures/sonar', import.meta.url));
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
/** What Python's runtime answers. */
const golden: {
  readonly sentences: string[];
  readonly tokens: number[][];
  readonly vectors: number[][];
  readonly predicted: number[][];
  readonly plans: number[][];
  readonly maxTokens: number;
  readonly wordings: string[];
} = json(`${bundlePath}.json`);

const engine = createLocalEngine({ bundlePath, provider: 'auto' });
afterAll(() => engine.dispose());

const plans = golden.plans.map((plan) => Float32Array.from(plan));
const worded = async (contextText: string, typed = '') =>
  (await engine.decode({ contextText, typed, plans, maxTokens: golden.maxTokens }, neverCancelled)).map(
    ({ text }) => text,
  );

describe('tokens', () => {
  const files = ['tokenizer.json', 'tokenizer_config.json'].map((name) => json(`${bundlePath}/encoder.${name}`));

  test('of sentences are those of Python, language and end included', () => {
    const tokenizer = createTokenizer('encoder.tokenizer.json', files[0], files[1]);
    expect(golden.sentences.map((sentence) => tokenizer.encode(sentence))).toEqual(golden.tokens);
  });

  test('of the decoder spell their text, and none is a control token', () => {
    const tokenizer = createByteTokenizer('decoder.tokenizer.json', files[0], files[1]);
    const ids = tokenizer.encode(' The garden — </s>');
    // Of the last word this small vocabulary has one letter.
    expect(tokenizer.decode(ids)).toBe(' The garden — s');
    expect([0, 1, 2, 3].map((id) => tokenizer.pieceOf(id))).toEqual([undefined, undefined, undefined, undefined]);
    expect(ids).not.toContain(2);
  });
});

test('sentences have the vectors that Python gives them, of the length they have', async () => {
  const vectors = await engine.encode(golden.sentences, neverCancelled);
  expectNear(vectors, golden.vectors);
  expect(lengthOf(vectors[0] as Float32Array)).toBeGreaterThan(2);
});

test('plans keep the length that the LCM gives them', async () => {
  const context = golden.vectors.map((vector) => Float32Array.from(vector));
  expectNear(
    await engine.predictNext({ context: plainly(context), count: 2, seed: 1 }, neverCancelled),
    golden.predicted,
  );
});

test('a concept is worded as Python words it, whatever stands before, and again', async () => {
  expect(await worded('The gate was open.')).toEqual(golden.wordings);
  await engine.prefill('She planted beans.', neverCancelled);
  expect(await worded('She planted beans.')).toEqual(golden.wordings);
  expect(new Set(golden.wordings).size).toBe(golden.wordings.length);
});

test('what is typed is gone on with: half a word is spelled to its end', async () => {
  const whole = await worded('', 'The gard');
  // The wording begins behind the typed text, at the token that its last letters are healed into.
  for (const text of whole) expect(text.length).toBeGreaterThan(0);
  expect(whole).not.toEqual(golden.wordings);
  expect(await worded('', 'The gard')).toEqual(whole);
});
