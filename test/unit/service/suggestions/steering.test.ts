/** Where ideas are led: towards some meanings, away from others, over to what follows. */
import { describe, expect, test } from 'vitest';
import { neverCancelled } from '../../../../server/src/base/cancellation.ts';
import { normalized } from '../../../../server/src/concepts/conceptVector.ts';
import type { ContextConcept } from '../../../../server/src/concepts/engine.ts';
import { cosine } from '../../../../server/src/concepts/similarity.ts';
import type { Scene } from '../../../../server/src/service/suggestions/scene.ts';
import { type Steering, steerBy, unsteered } from '../../../../server/src/service/suggestions/steering.ts';
import { encodeWords, FakeEngine, wordVector } from '../../../support/fakeEngine.ts';
import { plainly } from '../../../support/plainSequence.ts';

const following = wordVector('following');
const scene: Scene = {
  languageId: 'plaintext',
  typed: '',
  isMidSentence: false,
  contextText: '',
  context: plainly(Array.from({ length: 30 }, (_, i) => wordVector(`context ${i}`))),
  behind: [],
  indexInSection: undefined,
  last: undefined,
  following,
  nearby: [],
  nearbyVectors: [],
  ahead: [],
  *closestTo() {
    yield;
    return [];
  },
};
const violin = 'silver violin';
const ladder = 'wooden ladder';
/** All have something of a garden; one is about the violin, one about the ladder. */
const plans = [violin, ladder, 'rain'].map((text) =>
  normalized(encodeWords(text).map((x, i) => x + 1.2 * (wordVector('garden')[i] as number))),
);
const steer = (steering: Partial<Steering>, engine = new FakeEngine()) =>
  steerBy(engine, { ...unsteered, ...steering }, scene, neverCancelled);
const nearness = (vectors: readonly Float32Array[], text: string) => vectors.map((v) => cosine(v, encodeWords(text)));

test('without a wish plans stay as they are, and the engine is not asked', async () => {
  const engine = new FakeEngine();
  const free = await steer({}, engine);
  expect(free.lead(plans)).toEqual(plans);
  expect(await free.pulls(plans, neverCancelled)).toEqual([0, 0, 0]);
  expect(free.seen).toEqual([]);
  expect(engine.calls).toEqual([]);
});

describe('like and towards', () => {
  test.each([
    ['towards', { towards: violin }, 0],
    ['like', { like: [violin] }, 1],
  ] as const)('%s: every plan comes nearer, unit vectors all', async (_, steering, seen) => {
    const led = await steer(steering);
    const moved = led.lead(plans);
    for (const [i, near] of nearness(moved, violin).entries()) {
      expect(near).toBeGreaterThan((nearness(plans, violin)[i] as number) + 0.05);
      expect(Math.hypot(...(moved[i] as Float32Array))).toBeCloseTo(1);
    }
    const pulls = await led.pulls(plans, neverCancelled);
    expect(pulls[0]).toBeGreaterThan(pulls[1] as number);
    expect(led.seen).toHaveLength(seen);
  });

  test('several goals are one between them', async () => {
    const moved = (await steer({ towards: violin, like: [ladder] })).lead(plans);
    for (const goal of [violin, ladder]) expect(Math.min(...nearness(moved, goal))).toBeGreaterThan(0.3);
  });
});

test.each([[{ towards: violin }], [{ unlike: [violin] }]])('%j: a plan keeps its length', async (steering) => {
  const led = await steer(steering);
  const moved = led.lead(plans.map((plan, i) => plan.map((x) => (i + 2) * x)));
  const unit = led.lead(plans);
  for (const [i, vector] of moved.entries()) {
    expect(Math.hypot(...vector)).toBeCloseTo((i + 2) * Math.hypot(...(plans[i] as Float32Array)), 4);
    // The middle of plans of different lengths is another one: nearly the same way is all that can be asked.
    expect(cosine(vector, unit[i] as Float32Array)).toBeGreaterThan(0.95);
  }
});

test('unlike: what is about it loses that, and what all share stays', async () => {
  const led = await steer({ unlike: [violin] });
  const moved = led.lead(plans);
  expect(nearness(moved, violin)[0]).toBeLessThan((nearness(plans, violin)[0] as number) - 0.3);
  expect(Math.min(...nearness(moved, 'garden'))).toBeGreaterThan(0.5);
  const pulls = await led.pulls(plans, neverCancelled);
  expect(pulls[0]).toBeLessThan(pulls[1] as number);
  expect(led.seen).toHaveLength(1);
});

describe('a gap', () => {
  test('counts how near a plan is to what follows, and how expected that is behind it', async () => {
    const engine = new FakeEngine();
    const asked: ContextConcept[][] = [];
    engine.expected = async (concepts) => {
      asked.push([...concepts]);
      return concepts.map(() => (concepts.at(-2)?.vector === plans[1] ? following : wordVector('else')));
    };
    const led = await steer({ gap: true }, engine);
    expect(led.lead(plans)).toEqual(plans);
    const pulls = await led.pulls(plans, neverCancelled);
    const expectedBehind = [cosine(wordVector('else'), following), 1, cosine(wordVector('else'), following)];
    expect(pulls).toEqual(plans.map((plan, i) => (cosine(plan, following) + (expectedBehind[i] as number)) / 2));
    // The last concepts before the place, the plan, and what follows it.
    expect(asked[0]).toEqual([...scene.context.slice(-12), { vector: plans[0] }, { vector: following }]);
  });

  test('a plan has its place in the section, for an LCM that knows places', async () => {
    const engine = new FakeEngine();
    const asked: ContextConcept[][] = [];
    engine.expected = async (concepts) => {
      asked.push([...concepts]);
      return concepts.map(() => following);
    };
    const led = await steerBy(engine, { ...unsteered, gap: true }, { ...scene, indexInSection: 2 }, neverCancelled);
    await led.pulls(plans.slice(0, 1), neverCancelled);
    expect(asked[0]?.slice(-2)).toEqual([{ vector: plans[0], role: 'place3' }, { vector: following }]);
  });

  test('and wishes go together', async () => {
    const led = await steer({ gap: true, unlike: [violin] });
    const gap = await (await steer({ gap: true })).pulls(plans, neverCancelled);
    const both = await led.pulls(plans, neverCancelled);
    expect(both[0]).toBeLessThan((gap[0] as number) - 0.3);
  });
});
