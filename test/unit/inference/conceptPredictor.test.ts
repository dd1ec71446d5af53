/** The predictor round its graphs: which noise, which window and which past each run is given. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CancellationError } from '../../../server/src/base/cancellation.ts';
import { type ConceptVector, normalized } from '../../../server/src/concepts/conceptVector.ts';
import { type ConceptRole, type ContextConcept, conceptRoles } from '../../../server/src/concepts/contextConcept.ts';
import type { SamplerSettings } from '../../../server/src/concepts/engine.ts';
import { cosine } from '../../../server/src/concepts/similarity.ts';
import { type ConceptPredictor, openConceptPredictor } from '../../../server/src/inference/conceptPredictor.ts';
import { Device } from '../../../server/src/inference/device.ts';
import { conceptDim, fakeBundle, fakeGraphs } from '../../support/fakeGraphs.ts';
import { type FakeGraph, fakeRuntime, floatTensor } from '../../support/fakeRuntime.ts';
import { plainly } from '../../support/plainSequence.ts';

type Runtime = ReturnType<typeof fakeRuntime>;
const runtime = vi.hoisted(() => ({ current: undefined as Runtime | undefined }));
vi.mock('onnxruntime-node', async () => {
  const { currentRuntime } = await import('../../support/fakeRuntime.ts');
  return currentRuntime(() => runtime.current as Runtime);
});

const goOn = async () => {};
const { contextLength } = fakeBundle().manifest.lcm;
let predictor: ConceptPredictor;
async function open(changes: Record<string, FakeGraph> = {}, bundle = fakeBundle()): Promise<ConceptPredictor> {
  runtime.current = fakeRuntime({ ...fakeGraphs(), ...changes });
  predictor = await openConceptPredictor(bundle, { device: new Device('cpu') });
  return predictor;
}
beforeEach(() => open());
afterEach(async () => {
  await predictor.release();
  expect(runtime.current?.inMemory.size).toBe(0);
  expect(runtime.current?.opened.map(({ released }) => released)).toEqual([1, 1, 1]);
});
const runs = (file: string) => (runtime.current as Runtime).runs.filter((run) => run.file === file);

/** Unit vectors, distinct for each number. */
function concepts(count: number, from = 0): ConceptVector[] {
  return Array.from({ length: count }, (_, i) =>
    normalized(Float32Array.from({ length: conceptDim }, (_, d) => Math.sin((from + i + 1) * (d + 1)))),
  );
}
const plans = (count: number, settings: Partial<SamplerSettings> = {}, seed = 5, context = concepts(3)) =>
  predictor.predictNext({ context: plainly(context), count, seed, sampler: settings }, goOn);

describe('plans', () => {
  test.each([{ eta: 0 }, { eta: 0.5 }, { eta: 1, steps: 10 }])(
    '%j: one is the same however many are drawn',
    async (settings) => {
      const many = await plans(40, settings);
      expect(many.length).toBe(40);
      for (const count of [1, 3, 16, 17]) expect(await plans(count, settings)).toEqual(many.slice(0, count));
    },
  );

  test('no more than sixteen in one run', async () => {
    await plans(40);
    expect(runs('sampler.onnx').map(({ feeds }) => feeds.noise?.dims[0])).toEqual([16, 16, 8]);
  });

  test('are unit vectors, all different', async () => {
    const many = await plans(40);
    for (const plan of many) expect(Math.hypot(...plan)).toBeCloseTo(1, 6);
    expect(new Set(many.map((plan) => plan.join())).size).toBe(40);
  });

  test('the same seed gives the same, another seed or context others', async () => {
    const first = await plans(3);
    expect(await plans(3)).toEqual(first);
    for (const seed of [6, 2 ** 32 - 1, 2 ** 40]) expect(await plans(3, {}, seed)).not.toEqual(first);
    expect(await plans(3, {}, 5, concepts(3, 1))).not.toEqual(first);
    expect(await plans(3, {}, 5, [])).not.toEqual(first);
  });

  test('none are wanted: none are drawn', async () => {
    expect(await plans(0)).toEqual([]);
    expect(runs('sampler.onnx')).toEqual([]);
  });

  test('settings reach the graph; what is undefined leaves the bundle’s', async () => {
    await plans(1, { steps: 4, guidanceScale: 3.5, guidanceRescale: 0.25 });
    await plans(1, { steps: undefined } as unknown as Partial<SamplerSettings>);
    await plans(1, { initialNoiseScale: 0 });
    const [given, normal, still] = runs('sampler.onnx').map(({ feeds }) => feeds);
    expect(Array.from(given?.timesteps?.data ?? [], Number)).toEqual([19, 14, 9, 4]);
    expect(given?.guidance_scale?.data[0]).toBe(3.5);
    expect(given?.guidance_rescale?.data[0]).toBe(0.25);
    expect(normal?.timesteps?.dims).toEqual([5]);
    expect(normal?.guidance_scale?.data[0]).toBe(2);
    expect(still?.noise?.data.every((x) => Number(x) === 0)).toBe(true);
  });

  test.each([
    [{ steps: 0 }, 'steps is 0'],
    [{ steps: 3 }, 'steps is 3, expected a divisor of the 20 training steps'],
    [{ steps: 2.5 }, 'steps is 2.5'],
    [{ steps: Number.NaN }, 'steps is NaN'],
    [{ eta: -0.1 }, 'eta is -0.1, expected a number from 0 to 1'],
    [{ eta: Number.NaN }, 'eta is NaN'],
    [{ guidanceScale: -1 }, 'guidanceScale is -1, expected a number >= 0'],
    [{ guidanceScale: Number.NaN }, 'guidanceScale is NaN'],
    [{ guidanceScale: Number.POSITIVE_INFINITY }, 'guidanceScale is Infinity'],
    [{ guidanceRescale: 1.5 }, 'guidanceRescale is 1.5, expected a number from 0 to 1'],
    [{ initialNoiseScale: -2 }, 'initialNoiseScale is -2, expected a number >= 0'],
  ])('%j are refused before any work', async (settings, message) => {
    await expect(plans(2, settings)).rejects.toThrow(RangeError);
    await expect(plans(2, settings)).rejects.toThrow(message);
    const planning = predictor.planSummary({ source: concepts(3), maxLength: 2, seed: 1, sampler: settings }, goOn);
    await expect(planning).rejects.toThrow(RangeError);
    expect((runtime.current as Runtime).runs).toEqual([]);
  });

  test('a context of another dimension is refused', async () => {
    await expect(plans(1, {}, 1, [new Float32Array(3)])).rejects.toThrow('concept has 3 dimensions, expected 6');
  });
});

describe('the contextualizer', () => {
  /** The states that the sampler attended to in its last run. */
  const attended = () => {
    const { cross_keys, cross_values } = runs('sampler.onnx').at(-1)?.feeds ?? {};
    return { keys: cross_keys?.data, values: cross_values?.data, dims: cross_keys?.dims };
  };
  /** New concepts and past ones of each run since the last call. */
  let seen = 0;
  const fed = () => {
    const all = runs('contextualizer.onnx').map(({ feeds }) => [feeds.concepts?.dims[0], feeds.past_keys?.dims[2]]);
    const news = all.slice(seen);
    seen = all.length;
    return news;
  };
  beforeEach(() => {
    seen = 0;
  });
  async function states(context: readonly ConceptVector[]) {
    await predictor.predictNext({ context: plainly(context), count: 1, seed: 1 }, goOn);
    return attended();
  }
  async function fromScratch(context: readonly ConceptVector[]) {
    const other = predictor;
    const before = runtime.current;
    await open();
    const found = await states(context);
    await predictor.release();
    predictor = other;
    runtime.current = before;
    return found;
  }

  test('one more concept is one step, with the states it has from scratch', async () => {
    const all = concepts(contextLength);
    await states(all.slice(0, 3));
    expect(fed()).toEqual([[3, 0]]);
    for (let count = 4; count <= contextLength; count++) {
      const grown = await states(all.slice(0, count));
      expect(fed()).toEqual([[1, count - 1]]);
      expect(grown).toEqual(await fromScratch(all.slice(0, count)));
    }
  });

  test('the same context costs nothing, a shorter one neither', async () => {
    const all = concepts(6);
    await states(all);
    fed();
    await states(all);
    const shorter = await states(all.slice(0, 4));
    expect(fed()).toEqual([]);
    expect(shorter).toEqual(await fromScratch(all.slice(0, 4)));
  });

  test('a change in the middle costs what stands behind it', async () => {
    const all = concepts(7);
    await states(all);
    fed();
    const changed = [...all.slice(0, 4), ...concepts(1, 50), ...all.slice(5)];
    const found = await states(changed);
    expect(fed()).toEqual([[3, 4]]);
    expect(found).toEqual(await fromScratch(changed));
    await states(all);
    expect(fed(), 'the old one is still kept').toEqual([]);
  });

  test('the window moves by half its length, and only then is read anew', async () => {
    const all = concepts(3 * contextLength);
    const sizes: unknown[] = [];
    for (let count = contextLength; count <= all.length; count++) {
      const found = await states(all.slice(0, count));
      sizes.push(...fed().map(([added]) => added));
      expect(found.dims?.[2]).toBeLessThanOrEqual(contextLength);
    }
    // The first window, then three steps between two windows that begin with five: half, and the new one.
    expect(sizes).toEqual([8, 5, 1, 1, 1, 5, 1, 1, 1, 5, 1, 1, 1, 5, 1, 1, 1]);
  });

  test('no context: no step', async () => {
    expect((await states([])).dims).toEqual([2, 1, 0, 3]);
    expect(fed()).toEqual([]);
  });

  test('equal numbers are the same concept, whoever holds them', async () => {
    await states(concepts(5));
    fed();
    await states(concepts(5).map((vector) => vector.slice()));
    expect(fed()).toEqual([]);
  });

  test('a step that fails leaves what was known whole', async () => {
    const all = concepts(6);
    await states(all.slice(0, 3));
    fed();
    await expect(states([...all.slice(0, 3), new Float32Array(2)])).rejects.toThrow(RangeError);
    expect(await states(all.slice(0, 4))).toEqual(await fromScratch(all.slice(0, 4)));
  });
});

describe('roles', () => {
  const shifts = Object.fromEntries(
    conceptRoles.map((role, i) => [role, Array.from({ length: conceptDim }, (_, d) => (i + 1) / (d + 2))]),
  ) as Record<ConceptRole, number[]>;
  const openWithRoles = (changes: Record<string, FakeGraph> = {}) => open(changes, fakeBundle(shifts));
  const inRoles = (vectors: readonly ConceptVector[], ...roles: (ConceptRole | undefined)[]): ContextConcept[] =>
    vectors.map((vector, i) => {
      const role = roles[i];
      return role ? { vector, role } : { vector };
    });
  const predicted = (context: readonly ContextConcept[]) => predictor.predictNext({ context, count: 1, seed: 1 }, goOn);
  const attended = () => runs('sampler.onnx').at(-1)?.feeds.cross_keys;
  /** New concepts and past ones of all runs. */
  const fed = () => runs('contextualizer.onnx').map(({ feeds }) => [feeds.concepts?.dims[0], feeds.past_keys?.dims[2]]);
  /** Rows of a graph's `concepts`, in its last run. */
  const rows = (file: string) => {
    const found = runs(file).at(-1)?.feeds.concepts;
    return Array.from({ length: found?.dims[0] ?? 0 }, (_, i) =>
      Array.from(found?.data.slice(i * conceptDim, (i + 1) * conceptDim) ?? [], Number),
    );
  };
  const shifted = ({ vector, role }: ContextConcept) =>
    Array.from(vector, (x, d) => Math.fround(x + (role ? (shifts[role][d] as number) : 0)));

  test('add what the bundle says to what contextualizer and expectation read', async () => {
    await openWithRoles();
    const sequence = inRoles(concepts(3), 'heading', undefined, 'place9');
    await predicted(sequence);
    expect(rows('contextualizer.onnx')).toEqual(sequence.map(shifted));
    await predictor.expected(sequence, goOn);
    expect(rows('expectation.onnx')).toEqual(sequence.map(shifted));
  });

  test('add nothing where the bundle knows none', async () => {
    const sequence = inRoles(concepts(2), 'heading', 'place1');
    await predicted(sequence);
    expect(rows('contextualizer.onnx')).toEqual(sequence.map(({ vector }) => [...vector]));
  });

  test('a concept in another role is read anew, and what stands behind it', async () => {
    await openWithRoles();
    await predicted(inRoles(concepts(4), 'heading', 'place1', 'place2', 'place3'));
    await predicted(inRoles(concepts(4), 'heading', 'place1', 'place3', 'place3'));
    await predicted(inRoles(concepts(4), 'heading', 'place1', 'place2', 'place3'));
    expect(fed()).toEqual([
      [4, 0],
      [2, 2],
    ]);
  });

  test('what follows is read behind the window, and the next concept goes on from the window', async () => {
    await openWithRoles();
    const all = concepts(contextLength + 2);
    const following = inRoles(concepts(2, 70), 'following1', 'following2');
    const window = plainly(all.slice(0, 4));
    const between = await predicted([...window, ...following]);
    expect(attended()?.dims[2]).toBe(6);
    const scratch = attended();
    expect(rows('contextualizer.onnx')).toEqual(following.map(shifted));
    await predicted([...window, ...following]);
    await predicted(plainly(all.slice(0, 5)));
    await predicted([...plainly(all.slice(0, 5)), ...following.slice(0, 1)]);
    expect(fed()).toEqual([
      [4, 0],
      [2, 4],
      [2, 4],
      [1, 4],
      [1, 5],
    ]);
    await predictor.release();
    await openWithRoles();
    expect(await predicted([...window, ...following])).toEqual(between);
    expect(attended()).toEqual(scratch);
  });

  test('what follows neither moves a full window nor stands in for it', async () => {
    await openWithRoles();
    const window = plainly(concepts(contextLength));
    const following = inRoles(concepts(2, 70), 'following1', 'following2');
    await predicted([...window, ...following]);
    expect(attended()?.dims[2]).toBe(contextLength + 2);
    await predicted(window);
    await predicted(following);
    expect(fed()).toEqual([
      [contextLength, 0],
      [2, contextLength],
      [2, 0],
    ]);
  });

  test('behind a note, plans that are its stop are left out; elsewhere none is', async () => {
    const stops: FakeGraph = {
      ...(fakeGraphs()['sampler.onnx'] as FakeGraph),
      run: () => ({ plans: floatTensor([0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0], [2, conceptDim]) }),
    };
    await openWithRoles({ 'sampler.onnx': stops });
    const asked = (...roles: ConceptRole[]) =>
      predictor.predictNext({ context: inRoles(concepts(3), ...roles), count: 2, seed: 1 }, goOn);
    expect((await asked('place1', 'note')).map((plan) => [...plan])).toEqual([[0, 0, 1, 0, 0, 0]]);
    expect(await asked('place1', 'place2')).toHaveLength(2);
  });

  test.each([
    [undefined, undefined],
    [1, 'summary1'],
    [5, 'summary4'],
    [30, 'summary9'],
  ] as const)('a summary of %s sentences is asked for at its separator', async (wantedLength, role) => {
    await openWithRoles();
    const request = { source: concepts(2), maxLength: 3, seed: 1, ...(wantedLength && { wantedLength }) };
    await predictor.planSummary(request, goOn);
    const [first] = runs('contextualizer.onnx');
    const separator = { vector: Float32Array.of(1, 0, 0, 0, 0, 0), ...(role && { role }) };
    const read = [...plainly(concepts(2)), separator].flatMap(shifted);
    expect(Array.from(first?.feeds.concepts?.data ?? [], Number)).toEqual(read);
  });
});

describe('expectations', () => {
  /** The same by its definition: the sum of what stands before a place in its window. */
  test.each([1, 2, contextLength, contextLength + 1, 20, 33])(
    'of %i concepts: one for each, of what is before it',
    async (count) => {
      const all = concepts(count);
      const expected = await predictor.expected(plainly(all), goOn);
      expect(expected.length).toBe(count);
      expected.forEach((vector, i) => {
        expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
        // Some window with at least half a context before the place, or all that there is.
        const starts = Array.from({ length: contextLength }, (_, back) => i - back).filter((start) => start >= 0);
        const fits = starts.some((start) => {
          if (i - start < Math.min(i, contextLength / 2)) return false;
          const before = all.slice(start, i);
          const total = Float32Array.from({ length: conceptDim }, (_, d) =>
            before.length === 0 ? 1 : before.reduce((sum, each) => sum + (each[d] as number), 0),
          );
          return cosine(total, vector) > 1 - 1e-5;
        });
        expect(fits, `place ${i}`).toBe(true);
      });
    },
  );

  test('do not depend on what comes after', async () => {
    const all = concepts(contextLength);
    const whole = await predictor.expected(plainly(all), goOn);
    for (let count = 1; count < contextLength; count++) {
      expect(await predictor.expected(plainly(all.slice(0, count)), goOn)).toEqual(whole.slice(0, count));
    }
  });

  test('of none are none', async () => {
    expect(await predictor.expected([], goOn)).toEqual([]);
  });
});

describe('summaries', () => {
  const axis = (d: number) => Float32Array.from({ length: conceptDim }, (_, i) => (i === d ? 1 : 0));
  /** A sampler that answers these concepts, one by one. */
  const answering = (list: readonly ConceptVector[]): FakeGraph => {
    let at = 0;
    return {
      ...(fakeGraphs()['sampler.onnx'] as FakeGraph),
      run: () => ({ plans: floatTensor(list[Math.min(at++, list.length - 1)] as ConceptVector, [1, conceptDim]) }),
    };
  };
  const summary = (maxLength: number, source = concepts(3), wantedLength?: number) =>
    predictor.planSummary({ source, maxLength, seed: 3, ...(wantedLength !== undefined && { wantedLength }) }, goOn);

  test('end at the stop concept, which is not among them', async () => {
    await open({ 'sampler.onnx': answering([axis(2), axis(3), axis(1), axis(4)]) });
    expect(await summary(4)).toEqual([axis(2), axis(3)]);
  });

  test('that are to be so long end there, and draw an early stop again, but not for ever', async () => {
    const drawn = [axis(2), axis(1), axis(1), axis(3), axis(4)];
    for (const [wanted, length] of [
      [1, 1],
      [2, 2],
      [3, 3],
    ] as const) {
      await open({ 'sampler.onnx': answering(drawn) });
      expect(await summary(4, concepts(3), wanted)).toHaveLength(length);
    }
    await open({ 'sampler.onnx': answering([axis(2), axis(1)]) });
    expect(await summary(4, concepts(3), 2)).toEqual([axis(2)]);
    expect(runs('sampler.onnx').length).toBe(4);
  });

  test('may be empty', async () => {
    await open({ 'sampler.onnx': answering([axis(1)]) });
    expect(await summary(4)).toEqual([]);
  });

  test('have no more concepts than wanted, nor than half the window', async () => {
    await open({ 'sampler.onnx': answering([2, 3, 4, 5, 0].map(axis)) });
    expect((await summary(2)).length).toBe(2);
    await open({ 'sampler.onnx': answering([2, 3, 4, 5, 0].map(axis)) });
    expect((await summary(100)).length).toBe(contextLength / 2);
  });

  test('do not say one thing twice, and end when nothing else comes', async () => {
    await open({ 'sampler.onnx': answering([axis(2), axis(2), axis(3), axis(3)]) });
    expect(await summary(4)).toEqual([axis(2), axis(3)]);
    expect(runs('sampler.onnx').length).toBe(6);
  });

  test('read the whole of a long source, its separator, then the summary so far', async () => {
    await open({ 'sampler.onnx': answering([2, 3, 4].map(axis)) });
    const source = concepts(100);
    await summary(3, source);
    const [first, ...later] = runs('contextualizer.onnx').map(({ feeds }) => feeds.concepts);
    const rows = Array.from({ length: first?.dims[0] ?? 0 }, (_, i) =>
      Float32Array.from(first?.data.slice(i * conceptDim, (i + 1) * conceptDim) ?? [], Number),
    );
    expect(rows.at(-1)).toEqual(axis(0));
    const places = rows.slice(0, -1).map((vector) => source.findIndex((each) => each.join() === vector.join()));
    expect(places).toEqual([12, 37, 62, 87]);
    expect(later.map((fed) => Array.from(fed?.data ?? [], Number))).toEqual([axis(2), axis(3)].map((v) => [...v]));
  });

  test('the same seed gives the same, from a noise of its own for each draw', async () => {
    const first = await summary(4);
    const noises = runs('sampler.onnx').map(({ feeds }) => feeds.noise?.data.join());
    expect(noises.length).toBeGreaterThan(1);
    expect(new Set(noises).size).toBe(noises.length);
    expect(await summary(4)).toEqual(first);
  });
});

describe('cancelling', () => {
  const endingAfter = (count: number) => {
    let left = count;
    return async () => {
      if (left-- === 0) throw new CancellationError();
    };
  };
  test.each([0, 1, 2])('after %i checkpoints ends each kind of work', async (count) => {
    await expect(
      predictor.predictNext({ context: plainly(concepts(2)), count: 40, seed: 1 }, endingAfter(count)),
    ).rejects.toThrow(CancellationError);
    await expect(predictor.expected(plainly(concepts(40)), endingAfter(count))).rejects.toThrow(CancellationError);
    const request = { source: concepts(9), maxLength: 4, seed: 1 };
    await expect(predictor.planSummary(request, endingAfter(count))).rejects.toThrow(CancellationError);
    expect((await plans(2)).length).toBe(2);
  });
});
