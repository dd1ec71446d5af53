/** A whole suggestion on webgpu: the same ideas and words as on the processor, and little that crosses for them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { neverCancelled } from '../../server/src/base/cancellation.ts';
import type { ConceptVector } from '../../server/src/concepts/conceptVector.ts';
import type { ConceptEngine, EngineUsage } from '../../server/src/concepts/engine.ts';
import { cosine } from '../../server/src/concepts/similarity.ts';
import { createLocalEngine } from '../../server/src/inference/localEngine.ts';
import { plainly } from '../support/plainSequence.ts';
import { hasDevice, limit, orSkipped, tiny } from './device.ts';

/** Least cosine of two vectors: both round activations to 8 bits, each in its own places. */
const nearlyEqual = 0.99;
/** Nats a token by which the same words may be likelier there: of random weights, whose logits rounding moves most. */
const nearlyAsLikely = 0.15;

const story = ['The station closed at midnight.', 'A lamp burned in the waiting room.', 'Nobody had come.'];
const contextText = story.join(' ');

describe.skipIf(!hasDevice)(`a suggestion ${orSkipped}`, () => {
  const engines = ['cpu', 'webgpu'].map((provider) => createLocalEngine({ bundlePath: tiny, provider }));
  const [here, there] = engines as [ConceptEngine, ConceptEngine];
  beforeAll(async () => {
    expect((await there.ready()).provider).toBe('webgpu');
    expect((await there.ready()).notice).toBe('');
  }, limit);
  afterAll(() => Promise.all(engines.map((engine) => engine.dispose())), limit);

  const expectNear = (found: readonly ConceptVector[], wanted: readonly ConceptVector[]) => {
    expect(found.length).toBe(wanted.length);
    found.forEach((vector, i) => {
      expect(cosine(vector, wanted[i] as ConceptVector)).toBeGreaterThan(nearlyEqual);
    });
  };
  /** What work of `there` brings, and the bytes that crossed for it. */
  const counted = async <T>(work: Promise<T>, before: Promise<EngineUsage>) => {
    const { sentBytes, receivedBytes } = await before;
    const result = await work;
    const after = await there.usage();
    return { result, sent: after.sentBytes - sentBytes, received: after.receivedBytes - receivedBytes, after };
  };

  test('the same vectors, plans and words, step by step', { timeout: limit }, async () => {
    const concepts = await here.encode(story, neverCancelled);
    const dim = (concepts[0] as ConceptVector).length;
    const encoded = await counted(there.encode(story, neverCancelled), there.usage());
    expectNear(encoded.result, concepts);
    // Ids and masks there, vectors back.
    expect(encoded.sent).toBeLessThan(story.length * 16 * 16);
    expect(encoded.received).toBe(story.length * dim * 4);

    const request = { context: plainly(concepts), count: 2, seed: 7 };
    const plans = await here.predictNext(request, neverCancelled);
    const first = await counted(there.predictNext(request, neverCancelled), there.usage());
    expectNear(first.result, plans);
    // A context that has grown by one: one concept there, and the noise of two plans and two steps.
    const longer = { ...request, context: plainly([...concepts, concepts[0] as ConceptVector]) };
    const grown = await counted(there.predictNext(longer, neverCancelled), there.usage());
    expectNear(grown.result, await here.predictNext(longer, neverCancelled));
    expect(grown.sent).toBeLessThan(8 * dim * 4);
    expect(grown.received).toBe(2 * dim * 4);
    // An edit in the middle: the states before it are kept, and cut where they lie.
    const edited = { ...request, context: plainly([...concepts.slice(0, 2), concepts[0] as ConceptVector]) };
    const again = await counted(there.predictNext(edited, neverCancelled), there.usage());
    expectNear(again.result, await here.predictNext(edited, neverCancelled));
    expect(again.sent).toBeLessThan(9 * dim * 4);

    const wording = { contextText, typed: '', plans, maxTokens: 3 };
    const words = await here.decode(wording, neverCancelled);
    const worded = await counted(there.decode(wording, neverCancelled), there.usage());
    expect(worded.result.map(({ text }) => text)).toEqual(words.map(({ text }) => text));
    worded.result.forEach(({ logProbability }, i) => {
      expect(Math.abs(logProbability - (words[i]?.logProbability ?? 0))).toBeLessThan(nearlyAsLikely);
    });

    // The same once more: only plans and ids there, and the best of each row's tokens back; nothing is left over.
    const warm = await counted(there.decode(wording, neverCancelled), there.usage());
    expect(warm.result).toEqual(worded.result);
    expect(warm.sent).toBeLessThan(2 * dim * 4 + 256);
    const best = 48 * (4 + 8 + 4) + 4; // logits, ids, the plan's part, and one sum
    expect(warm.received).toBe(3 * 2 * best);
    expect(warm.after.residentBytes).toBe(worded.after.residentBytes);
  });

  test('what was expected', { timeout: limit }, async () => {
    const concepts = await here.encode(story, neverCancelled);
    const sequence = plainly(concepts);
    expectNear(await there.expected(sequence, neverCancelled), await here.expected(sequence, neverCancelled));
  });

  test('nothing crosses to the processor itself', async () => {
    expect(await here.usage()).toMatchObject({ sentBytes: 0, receivedBytes: 0 });
  });
});
