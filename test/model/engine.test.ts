/** The bundle that ships, in this process and in the inference host: one suite for both, without the model's own words. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CancellationError, neverCancelled } from '../../server/src/base/cancellation.ts';
import { CancellationSource } from '../../server/src/base/cancellationSource.ts';
import { type ConceptVector, normalized } from '../../server/src/concepts/conceptVector.ts';
import { windowStart } from '../../server/src/concepts/contextWindow.ts';
import {
  type ConceptEngine,
  type DecodeRequest,
  type EngineInfo,
  EngineUnavailableError,
  type PredictRequest,
  type SamplerSettings,
  type Wording,
} from '../../server/src/concepts/engine.ts';
import { cosine } from '../../server/src/concepts/similarity.ts';
import { createHostEngine } from '../../server/src/inference/hostEngine.ts';
import { createLocalEngine } from '../../server/src/inference/localEngine.ts';
import { plainly } from '../support/plainSequence.ts';
import { silentLogger } from '../support/silentLogger.ts';

const inRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const bundlePath = inRoot('models/bundle');
const hasBundle = existsSync(`${bundlePath}/manifest.json`);
const limit = 120_000;

const engines: Readonly<Record<string, () => ConceptEngine>> = {
  'the local engine': () => createLocalEngine({ bundlePath, provider: 'auto' }),
  'the host engine': () =>
    createHostEngine({
      hostModule: inRoot('dist/hostMain.mjs'),
      bundlePath,
      provider: 'auto',
      logger: silentLogger,
      onStatus: () => {},
    }),
};

/** int8 graphs round all rows of a run with one scale: what runs beside a row moves it a little. */
const nearlyEqual = 0.98;

/** Groups of three: a sentence, one that says nearly the same, one about something else. */
const triples = [
  ['The cat is sleeping on the sofa.', 'A kitten naps on the couch.', 'Interest rates rose again last quarter.'],
  ['The river flooded the village after the storm.', 'Heavy rain put the town under water.', 'She plays the violin.'],
  ['The court rejected the appeal.', 'Judges turned the request down.', 'Add two spoons of sugar and stir.'],
  ['We trained the network on a small data set.', 'The model learned from few examples.', 'He repaired the old fence.'],
] as const;
const story = [
  'The station closed at midnight.',
  'A single lamp burned in the waiting room.',
  'Nobody had come for the parcel that arrived in the morning.',
  'The clerk put it under his coat and went out into the snow.',
  'His house was two miles away.',
  'He had never opened a letter that was not his own.',
];

/** `count` unit vectors near those of `base`, all different. */
function varied(base: readonly ConceptVector[], count: number): ConceptVector[] {
  return Array.from({ length: count }, (_, i) =>
    normalized((base[i % base.length] as ConceptVector).map((x, d) => x + 0.02 * Math.sin((i + 1) * (d + 1)))),
  );
}
const similarities = (a: readonly ConceptVector[], b: readonly ConceptVector[]) =>
  a.map((vector, i) => cosine(vector, b[i] as ConceptVector));
function expectUnit(vectors: readonly ConceptVector[], dim: number) {
  for (const vector of vectors) {
    expect(vector.length).toBe(dim);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 3);
  }
}
/** What both engines answered, to be compared at the end. */
const answers = new Map<string, unknown[]>();
const note = (name: string, answer: unknown) => answers.set(name, [...(answers.get(name) ?? []), answer]);

describe.skipIf(!hasBundle)('the bundle (skipped without models/bundle)', () => {
  describe.each(Object.entries(engines))('%s', (_, create) => {
    let engine: ConceptEngine;
    let info: EngineInfo;
    let context: ConceptVector[];
    beforeAll(async () => {
      engine = create();
      info = await engine.ready();
      context = await engine.encode(story, neverCancelled);
    }, limit);
    afterAll(async () => {
      await Promise.all([engine.dispose(), engine.dispose()]);
      await expect(engine.encode(['x'], neverCancelled)).rejects.toThrow(EngineUnavailableError);
      await expect(engine.ready()).rejects.toThrow(EngineUnavailableError);
    }, limit);

    type Asked = Partial<Omit<PredictRequest, 'context'>> & { readonly context?: readonly ConceptVector[] };
    const predict = ({ context: before = context, ...request }: Asked = {}) =>
      engine.predictNext({ context: plainly(before), count: 3, seed: 7, ...request }, neverCancelled);
    async function decode(request: Partial<DecodeRequest> = {}): Promise<Wording[]> {
      const plans = request.plans ?? (await predict({ count: 2 }));
      const whole = { contextText: story.join(' '), typed: '', maxTokens: 24, ...request, plans };
      return engine.decode(whole, neverCancelled);
    }

    test('says what it is', () => {
      expect(info).toMatchObject({ bundle: { path: bundlePath }, languages: ['en'], provider: 'cpu' });
      expect(info.contextLength).toBeGreaterThanOrEqual(16);
      expect(info.residentBytes).toBeGreaterThan(1e6);
      expect(['lcm', 'extractive']).toContain(info.summaryDefault);
      note('info', info);
    });

    describe('encode', () => {
      test('gives unit vectors, the same for the same sentences', { timeout: limit }, async () => {
        expectUnit(context, info.conceptDim);
        expect(await engine.encode(story, neverCancelled)).toEqual(context);
        note('encode', context);
      });

      test('in the sentences’ order, whatever stands beside them', { timeout: limit }, async () => {
        const many = ['In 1924', 'By the sea', 'Long ago', 'At last', 'On Monday'].map((when) =>
          story.map((sentence) => `${when}, ${sentence}`),
        );
        const together = await engine.encode(many.flat(), neverCancelled);
        for (const i of [0, 7, 17, 29]) {
          const alone = await engine.encode([many.flat()[i] as string], neverCancelled);
          const found = together.map((vector) => cosine(vector, alone[0] as ConceptVector));
          expect(found.indexOf(Math.max(...found))).toBe(i);
          expect(found[i]).toBeGreaterThan(nearlyEqual);
        }
      });

      test.each(triples)('%s is nearer to: %s than to: %s', { timeout: limit }, async (...sentences) => {
        const [a, b, c] = (await engine.encode(sentences, neverCancelled)) as [
          ConceptVector,
          ConceptVector,
          ConceptVector,
        ];
        expect(cosine(a, b)).toBeGreaterThan(Math.max(cosine(a, c), cosine(b, c)) + 0.1);
      });

      test('takes whatever a document may hold', { timeout: limit }, async () => {
        const odd = [
          '',
          ' ',
          '\0',
          '\uD800',
          '山上有一座老房子。',
          'a'.repeat(1_000_000),
          'word '.repeat(200_000),
          '[SEP] [CLS]',
        ];
        expectUnit(await engine.encode(odd, neverCancelled), info.conceptDim);
        expect(await engine.encode([], neverCancelled)).toEqual([]);
      });
    });

    describe('predictNext', () => {
      test('gives unit vectors, all different, the same for the same seed', { timeout: limit }, async () => {
        const plans = await predict({ count: 8 });
        expect(plans.length).toBe(8);
        expectUnit(plans, info.conceptDim);
        for (const [i, plan] of plans.entries()) {
          for (const other of plans.slice(i + 1)) expect(cosine(plan, other)).toBeLessThan(0.9999);
        }
        expect(await predict({ count: 8 })).toEqual(plans);
        note('plans', plans);
      });

      test('others for another seed', { timeout: limit }, async () => {
        const plans = await predict();
        for (const seed of [0, 8, 4_294_967_295]) {
          for (const same of similarities(await predict({ seed }), plans)) expect(same).toBeLessThan(0.9999);
        }
      });

      test('one plan is the same however many are drawn', { timeout: limit }, async () => {
        const many = await predict({ count: 20 });
        for (const count of [1, 3, 8]) {
          for (const same of similarities(await predict({ count }), many)) expect(same).toBeGreaterThan(nearlyEqual);
        }
      });

      test('a context that grew is read as one from scratch', { timeout: limit }, async () => {
        const long = varied(context, 24);
        for (let count = 20; count < 24; count++) await predict({ context: long.slice(0, count), count: 1 });
        const grown = await predict({ context: long });
        // More windows than are kept, so that the next one begins with nothing.
        for (let i = 1; i <= 4; i++) await predict({ context: varied(context.slice(i), 3), count: 1 });
        for (const same of similarities(await predict({ context: long }), grown))
          expect(same).toBeGreaterThan(nearlyEqual);
      });

      test('of a long context the last window counts', { timeout: limit }, async () => {
        const long = varied(context, info.contextLength + 30);
        const window = long.slice(windowStart(long.length, info.contextLength));
        const same = similarities(await predict({ context: long }), await predict({ context: window }));
        for (const each of same) expect(each).toBeGreaterThan(nearlyEqual);
      });

      test('needs no context, and no plan', { timeout: limit }, async () => {
        expectUnit(await predict({ context: [] }), info.conceptDim);
        expect(await predict({ count: 0 })).toEqual([]);
      });

      test('depends on the context', { timeout: limit }, async () => {
        const other = await engine.encode(triples.flat(), neverCancelled);
        const [a, b] = [await predict(), await predict({ context: other })];
        expect(Math.min(...similarities(a, b))).toBeLessThan(nearlyEqual);
      });

      test.each<Partial<SamplerSettings>>([
        { steps: 1 },
        { steps: 20, guidanceScale: 4, guidanceRescale: 0 },
        { guidanceScale: 1 },
        { guidanceScale: 0 },
        { eta: 1, steps: 5 },
        { initialNoiseScale: 0 },
      ])('%j gives plans of its own', { timeout: limit }, async (sampler) => {
        const plans = await predict({ sampler });
        expectUnit(plans, info.conceptDim);
        expect(plans).not.toEqual(await predict());
        expect(await predict({ sampler })).toEqual(plans);
      });

      test.each<[Partial<SamplerSettings>, string]>([
        [{ steps: 3 }, 'steps is 3, expected a divisor of the 100 training steps'],
        [{ steps: 0 }, 'steps is 0'],
        [{ guidanceScale: -1 }, 'guidanceScale is -1, expected a number >= 0'],
        [{ guidanceRescale: 2 }, 'guidanceRescale is 2'],
        [{ eta: 1.5 }, 'eta is 1.5'],
        [{ initialNoiseScale: Number.NaN }, 'initialNoiseScale is NaN'],
      ])('%j is refused', { timeout: limit }, async (sampler, message) => {
        await expect(predict({ sampler })).rejects.toThrow(RangeError);
        await expect(predict({ sampler })).rejects.toThrow(message);
      });

      test('a concept of another dimension is refused', { timeout: limit }, async () => {
        await expect(predict({ context: [new Float32Array(3)] })).rejects.toThrow(RangeError);
        await expect(decode({ plans: [new Float32Array(3)] })).rejects.toThrow(RangeError);
      });
    });

    describe('expected', () => {
      test('one unit vector for each concept, also of a long document', { timeout: limit }, async () => {
        const long = varied(context, 2 * info.contextLength + 10);
        for (const count of [0, 1, 6, info.contextLength, long.length]) {
          const expected = await engine.expected(plainly(long.slice(0, count)), neverCancelled);
          expect(expected.length).toBe(count);
          expectUnit(expected, info.conceptDim);
        }
      });

      test('does not depend on the concept itself nor on what comes after it', { timeout: limit }, async () => {
        const whole = await engine.expected(plainly(context), neverCancelled);
        const others = varied(context, 12).slice(6);
        for (let i = 0; i < context.length; i++) {
          const changed = [...context.slice(0, i), ...others.slice(i)];
          const expected = await engine.expected(plainly(changed), neverCancelled);
          for (const same of similarities(whole.slice(0, i + 1), expected)) expect(same).toBeGreaterThan(nearlyEqual);
        }
        note('expected', whole);
      });
    });

    describe('decode', () => {
      const typedParts = ['', 'The', 'The ', 'The cl', 'He said: "', 'Café', 'In 19', 'Zzyzxqw'];

      test.each(typedParts)('typed %j is continued in one line, to an end', { timeout: limit }, async (typed) => {
        const wordings = await decode({ typed });
        expect(wordings.length).toBe(2);
        for (const { text, logProbability, complete } of wordings) {
          expect(text).not.toMatch(/\p{Cc}|\u2028|\u2029|\uFFFD/u);
          expect(text).not.toMatch(/<\|/);
          // Behind a space, and at the start, comes a word and no second space.
          if (typed === '' || typed.endsWith(' ')) expect(text).not.toMatch(/^\s/);
          if (typed.length > 3) expect(text.trimStart().startsWith(typed)).toBe(false);
          expect(text !== '' || complete).toBe(true);
          expect(logProbability).toBeLessThanOrEqual(0);
          expect(Number.isFinite(logProbability)).toBe(true);
        }
        note(`decode ${typed}`, wordings);
      });

      test.each([1, 4, 12])('ends after %i tokens at most', { timeout: limit }, async (maxTokens) => {
        for (const { text, complete } of await decode({ maxTokens })) {
          // No token of the vocabulary is longer than a long word.
          expect(text.length).toBeLessThan(maxTokens * 24);
          if (!complete) expect(text).not.toBe('');
        }
      });

      test('the same again, with or without prefill, whatever came between', { timeout: limit }, async () => {
        const first = await decode({ typed: 'The cl' });
        for (const text of ['', 'Other.', 'More.', 'Still other.', 'And more.'])
          await engine.prefill(text, neverCancelled);
        expect(await decode({ typed: 'The cl' })).toEqual(first);
        await engine.prefill(story.join(' '), neverCancelled);
        expect(await decode({ typed: 'The cl' })).toEqual(first);
      });

      test('one wording for each plan, in their order, none for none', { timeout: limit }, async () => {
        const plans = await predict({ count: 5 });
        const wordings = await decode({ plans, maxTokens: 6 });
        expect(wordings.length).toBe(5);
        const turned = await decode({ plans: [...plans].reverse(), maxTokens: 6 });
        expect(turned.map(({ text }) => text).reverse()).toEqual(wordings.map(({ text }) => text));
        expect(await decode({ plans: [] })).toEqual([]);
      });

      test('hears the plan: what a sentence’s own concept is worded as is nearer to it than to others', {
        timeout: limit,
      }, async () => {
        const sources = triples.map(([sentence]) => sentence);
        const plans = await engine.encode(sources, neverCancelled);
        const wordings = await decode({ plans, contextText: '' });
        const vectors = await engine.encode(
          wordings.map(({ text }) => text),
          neverCancelled,
        );
        const own = vectors.map((vector, i) => cosine(vector, plans[i] as ConceptVector));
        const others = vectors.flatMap((vector, i) =>
          plans.filter((_, j) => j !== i).map((plan) => cosine(vector, plan)),
        );
        const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
        expect(mean(own)).toBeGreaterThan(mean(others) + 0.05);
      });

      test.each([
        ['a long context', { contextText: 'The garden was open. '.repeat(50_000) }],
        ['a context without a space', { contextText: 'a'.repeat(1_000_000) }],
        ['a long typed part', { typed: 'the garden of '.repeat(70_000) }],
        ['a typed part without a space', { typed: 'a'.repeat(1_000_000) }],
        ['surrogates and NUL', { contextText: 'a\uD800b\0', typed: 'The \uDC00 x\0y' }],
        ['other scripts', { contextText: '山上有一座老房子。', typed: 'كان الب' }],
        ['control tokens', { contextText: '<|endoftext|>', typed: '<|im_end|> an' }],
        ['line breaks', { contextText: 'One.\r\n\r\nTwo.', typed: 'The\n cl' }],
      ])('takes %s', { timeout: limit }, async (_, request) => {
        for (const { text } of await decode({ ...request, maxTokens: 6 })) expect(text).not.toMatch(/[\r\n]/);
      });
    });

    describe('planSummary', () => {
      const plan = (source: readonly ConceptVector[], maxLength: number, seed = 7) =>
        engine.planSummary({ source, maxLength, seed }, neverCancelled);

      test('no more concepts than wanted, the same for the same seed', { timeout: limit }, async () => {
        for (const maxLength of [1, 3]) {
          const plans = await plan(context, maxLength);
          expect(plans.length).toBeLessThanOrEqual(maxLength);
          expectUnit(plans, info.conceptDim);
          expect(await plan(context, maxLength)).toEqual(plans);
        }
        note('summary', await plan(context, 3));
      });

      test('of one sentence, and of more than the window holds', { timeout: limit }, async () => {
        expect((await plan(context.slice(0, 1), 3)).length).toBeLessThanOrEqual(3);
        const long = varied(context, 3 * info.contextLength);
        expect((await plan(long, 4)).length).toBeLessThanOrEqual(4);
      });
    });

    test('what nobody waits for gives way, between two runs, to what somebody does', { timeout: limit }, async () => {
      const answered = async (background: boolean) => {
        const order: string[] = [];
        const done = (name: string) => () => void order.push(name);
        const ahead = engine
          .predictNext({ context: plainly(context), count: 64, seed: 1, background }, neverCancelled)
          .then(done('ahead'));
        const asked = engine.encode(['One sentence.'], neverCancelled).then(done('asked'));
        await Promise.all([ahead, asked]);
        return order;
      };
      expect(await answered(true)).toEqual(['asked', 'ahead']);
      expect(await answered(false)).toEqual(['ahead', 'asked']);
    });

    describe('cancelling', () => {
      test('before its turn: nothing is done, and the next request is answered', { timeout: limit }, async () => {
        const source = new CancellationSource();
        source.cancel();
        await expect(engine.encode(story, source.token)).rejects.toThrow(CancellationError);
        await expect(engine.prefill('x', source.token)).rejects.toThrow(CancellationError);
        expect((await predict()).length).toBe(3);
      });

      test('in the middle: it ends, and the next request is answered', { timeout: limit }, async () => {
        const source = new CancellationSource();
        const many = Array.from({ length: 2000 }, (_, i) => `The bridge number ${i} is older than the houses of it.`);
        const long = engine.encode(many, source.token);
        const outcome = long.then(
          () => 'answered',
          (error: unknown) => error,
        );
        // A small request is answered in between: by then the long one has begun.
        expect((await engine.encode(['In between.'], neverCancelled)).length).toBe(1);
        source.cancel();
        expect(await outcome).toBeInstanceOf(CancellationError);
        expect((await decode({ maxTokens: 3 })).length).toBe(2);
      });

      test('of a wording leaves the next one whole', { timeout: limit }, async () => {
        const whole = await decode();
        const plans = await predict({ count: 2 });
        const source = new CancellationSource();
        const request = { contextText: story.join(' '), typed: '', plans, maxTokens: 40 };
        const cancelled = engine.decode(request, source.token);
        await Promise.resolve();
        source.cancel();
        await expect(cancelled).rejects.toThrow(CancellationError);
        expect(await decode()).toEqual(whole);
      });
    });
  });

  test('both engines give equal results', () => {
    expect(answers.size).toBeGreaterThan(10);
    for (const [name, [local, host, ...rest]] of answers) {
      expect(rest, name).toEqual([]);
      expect(host, name).toEqual(local);
    }
  });
});

test.skipIf(!hasBundle)(
  'a local engine that was never used ends at once, and twice (skipped without models/bundle)',
  async () => {
    const engine = createLocalEngine({ bundlePath, provider: 'auto' });
    await Promise.all([engine.dispose(), engine.dispose()]);
    await expect(engine.ready()).rejects.toThrow(EngineUnavailableError);
  },
);

test.skipIf(!hasBundle)(
  'a local engine disposed while it opens ends then (skipped without models/bundle)',
  { timeout: limit },
  async () => {
    const engine = createLocalEngine({ bundlePath, provider: 'auto' });
    const opening = engine.ready();
    const asked = engine.encode(['x'], neverCancelled);
    asked.catch(() => {});
    await engine.dispose();
    await opening;
    await expect(asked).rejects.toThrow(EngineUnavailableError);
  },
);

test.skipIf(!hasBundle)(
  'an unknown provider is noted and the processor takes its place (skipped without models/bundle)',
  { timeout: limit },
  async () => {
    const notices: string[] = [];
    const engine = createLocalEngine({
      bundlePath,
      provider: 'nonsense',
      onNotice: (message) => notices.push(message),
    });
    expect((await engine.ready()).provider).toBe('cpu');
    expect(notices).toEqual([expect.stringMatching(/^Provider nonsense cannot be used, cpu takes its place: /)]);
    await engine.dispose();
  },
);
