/** Summaries on a fake engine: planned and checked against the source, or taken from it, and always with sources. */
import { describe, expect, test } from 'vitest';
import { CancellationError, neverCancelled } from '../../../../server/src/base/cancellation.ts';
import { CancellationSource } from '../../../../server/src/base/cancellationSource.ts';
import { normalized } from '../../../../server/src/concepts/conceptVector.ts';
import { cosine } from '../../../../server/src/concepts/similarity.ts';
import { ConceptCache } from '../../../../server/src/service/conceptCache.ts';
import { type SummaryOptions, summarize } from '../../../../server/src/service/summaries/summary.ts';
import { snapshotOf } from '../../../support/extracted.ts';
import { encodeWords, FakeEngine } from '../../../support/fakeEngine.ts';

const source = [
  'Intro of the whole.',
  '## The wall',
  'The harbor wall is old and broken. The council has no money for the harbor wall. Fishers want a wall of stone.',
  'The mayor wants a park instead. Nobody asked the children about the park.',
].join('\n\n');

function setUp(text = source, heading = 'The wall') {
  const engine = new FakeEngine();
  const snapshot = snapshotOf('markdown', text);
  const cache = new ConceptCache(engine);
  const steps: string[] = [];
  const subject = { scope: 'document', span: whole(snapshot.text), heading, level: 2 } as const;
  const ask = (
    { sentences = 2, ...options }: Partial<SummaryOptions> & { sentences?: number } = {},
    token = neverCancelled,
  ) =>
    summarize(
      engine,
      cache,
      snapshot,
      subject,
      { length: { unit: 'sentences', count: sentences }, method: 'lcm', seed: 1, ...options },
      token,
      (step, i, n) => {
        steps.push(`${step} ${i}/${n}`);
      },
    );
  return { engine, snapshot, cache, steps, ask };
}

/** From the second heading on, or everything. */
const whole = (text: string) => ({ start: Math.max(0, text.indexOf('## ')), end: text.length });

/** Words each plan as this says it. */
function word(engine: FakeEngine, texts: readonly string[]): void {
  let next = 0;
  engine.wording = () => ({ text: texts[next++ % texts.length]!, logProbability: -0.5, complete: true });
}

describe('by the LCM', () => {
  test('worded plans that the source bears out are kept, with the sentences they come from', async () => {
    const { engine, snapshot, ask } = setUp();
    word(engine, ['The harbor wall is broken and old.', 'The mayor wants a park.']);
    const summary = await ask();
    expect(summary).toMatchObject({ version: 1, method: 'lcm', subject: { heading: 'The wall', span: whole(source) } });
    expect(summary!.sentences.map(({ text }) => text)).toEqual([
      'The harbor wall is broken and old.',
      'The mayor wants a park.',
    ]);
    for (const { sources } of summary!.sentences) {
      expect(sources.length).toBeGreaterThan(0);
      expect(sources.map(({ similarity }) => similarity)).toEqual(
        sources.map(({ similarity }) => similarity).sort((a, b) => b - a),
      );
      for (const { span, text } of sources) expect(snapshot.text.slice(span.start, span.end)).toBe(text);
    }
    expect(summary!.sentences[0]!.sources[0]!.text).toBe('The harbor wall is old and broken.');
    expect(summary!.sourceWords).toBe(35);
    expect(summary!.summaryWords).toBe(12);
  });

  test('the plan is made from the span’s sentences alone, and is of what a summary would open with', async () => {
    const { engine, ask } = setUp();
    const asked: unknown[] = [];
    const { planSummary } = engine;
    engine.planSummary = (request, token) => {
      asked.push([request.source.length, request.maxLength, request.wantedLength, request.seed]);
      return planSummary.call(engine, request, token);
    };
    await ask({ sentences: 3, seed: 9 });
    await ask({ sentences: 30 });
    expect(asked).toEqual([
      [5, 1, 1, 9],
      [5, 1, 1, 1],
    ]);
  });

  test('what is picked is worded, each drawn halfway to the opening', async () => {
    const { engine, snapshot, ask } = setUp();
    const opening = encodeWords('Winter came to the harbor.');
    engine.planSummary = async () => [opening];
    const plans: Float32Array[] = [];
    const { decode } = engine;
    engine.decode = (request, token) => {
      plans.push(...request.plans);
      return decode.call(engine, request, token);
    };
    const places = (await ask({ method: 'extractive', sentences: 3 }))!.sentences.map(({ text }) => text);
    await ask({ sentences: 3 });
    const texts = snapshot.sentences.map(({ text }) => text).filter((text) => places.includes(text));
    expect(plans).toHaveLength(3);
    for (const [i, plan] of plans.entries()) {
      const vector = encodeWords(texts[i]!);
      expect(cosine(plan, vector)).toBeCloseTo(cosine(plan, opening), 5);
      expect(cosine(plan, normalized(vector.map((x, j) => x + opening[j]!)))).toBeCloseTo(1, 5);
    }
  });

  test.each([
    ['has words the source has not', 'Violin teachers painted thirteen purple candles overnight.'],
    ['means something else', 'Park stone money children council fishers nobody.'],
    ['breaks the markup', 'The harbor `wall is old and broken.'],
    ['is empty', ' '],
  ])('a wording that %s gives way to the sentence that was picked', async (_, text) => {
    const { engine, ask } = setUp();
    word(engine, [text]);
    const summary = await ask({ sentences: 2 });
    expect(summary!.method).toBe('lcm');
    expect(summary!.sentences).toEqual((await ask({ sentences: 2, method: 'extractive' }))!.sentences);
  });

  test('one that was cut off too', async () => {
    const { engine, ask } = setUp();
    engine.wording = () => ({ text: 'The harbor wall is old', logProbability: -0.5, complete: false });
    for (const { text } of (await ask())!.sentences) expect(source).toContain(text);
  });

  test('no sentence stands in it twice', async () => {
    const { engine, ask } = setUp();
    word(engine, ['The harbor wall is old and broken.']);
    const texts = (await ask({ sentences: 4 }))!.sentences.map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts).toHaveLength(4);
  });

  test('a plan that ends at once leaves the extractive summary, and the result says so', async () => {
    const { engine, ask } = setUp();
    engine.planSummary = async () => [];
    const summary = await ask();
    expect(summary!.method).toBe('extractive');
    expect(summary!.sentences).toHaveLength(2);
  });

  test('a long text is fitted into the model’s window, from all its parts', async () => {
    const text = Array.from({ length: 100 }, (_, i) => `Sentence ${i} of the long text is here.`).join(' ');
    const { engine, ask, snapshot } = setUp(text);
    let given: readonly Float32Array[] = [];
    engine.planSummary = async (request) => {
      given = request.source;
      return [encodeWords('Sentence of the long text.')];
    };
    await ask({ sentences: 3 });
    // Beside the separator and the opening.
    expect(given.length).toBe(engine.info.contextLength - 2);
    const vectors = snapshot.sentences.map((sentence) => JSON.stringify([...encodeWords(sentence.text)]));
    const places = given.map((vector) => vectors.indexOf(JSON.stringify([...vector])));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeLessThan(10);
    expect(places.at(-1)).toBeGreaterThanOrEqual(90);
  });

  test('one longer than the model’s window', async () => {
    const text = Array.from({ length: 60 }, (_, i) => `Sentence ${i} of the long text is here.`).join(' ');
    const { ask } = setUp(text);
    expect((await ask({ sentences: 30 }))!.sentences).toHaveLength(30);
  });

  test.each([10, 14, 40])('no more than %i words, but always a sentence', async (most) => {
    const { engine, ask } = setUp();
    word(engine, ['The harbor wall is broken and old.', 'The mayor wants a park.']);
    const summary = await ask({ length: { unit: 'words', count: most } });
    expect(summary!.method).toBe('lcm');
    expect(summary!.sentences.length).toBeGreaterThan(0);
    if (summary!.sentences.length > 1) expect(summary!.summaryWords).toBeLessThanOrEqual(most);
  });
});

describe('extractive', () => {
  test('sentences of the source, in their order, each its own source', async () => {
    const { engine, ask } = setUp();
    const summary = await ask({ method: 'extractive', sentences: 3 });
    expect(summary!.method).toBe('extractive');
    const places = summary!.sentences.map(({ text }) => source.indexOf(text));
    expect(places).toHaveLength(3);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    for (const { text, sources } of summary!.sentences) {
      expect(sources).toMatchObject([{ text, similarity: 1 }]);
    }
    expect(engine.count('decode')).toBe(0);
  });

  test.each([
    ['its heading', 'The mayor and a park', [], 'The mayor wants a park instead.'],
    ['its heading', 'Fishers want a stone wall', [], 'Fishers want a wall of stone.'],
    ['what the LCM would open its summary with', '', ['The mayor wants a park.'], 'The mayor wants a park instead.'],
    ['what the LCM would open its summary with', '', ['Fishers want stone.'], 'Fishers want a wall of stone.'],
  ])('what the text is about is told by %s: %s%s', async (_, heading, opening, expected) => {
    const { engine, ask } = setUp(source, heading);
    const asked: unknown[] = [];
    engine.planSummary = async ({ source, ...request }) => {
      asked.push({ ...request, source: source.length });
      return opening.map(encodeWords);
    };
    const summary = await ask({ method: 'extractive', sentences: 1 });
    expect(summary!.sentences.map(({ text }) => text)).toEqual([expected]);
    expect(asked).toEqual([{ source: 5, maxLength: 1, wantedLength: 1, seed: 1 }]);
  });

  test('"auto" takes what the bundle found better', async () => {
    const { engine, ask } = setUp();
    word(engine, ['The harbor wall is broken and old.']);
    expect((await ask({ method: 'auto' }))!.method).toBe('extractive');
    engine.info = { ...engine.info, summaryDefault: 'lcm' };
    expect((await ask({ method: 'auto' }))!.method).toBe('lcm');
  });
});

test('nothing where there is no prose', async () => {
  const { engine, ask } = setUp('## Head\n\n```\ncode\n```');
  expect(await ask()).toBeUndefined();
  expect(engine.calls).toEqual([]);
});

test('progress goes through reading, planning and wording', async () => {
  const text = Array.from({ length: 50 }, (_, i) => `Sentence ${i} of the long text is here.`).join(' ');
  const { steps, ask } = setUp(text);
  await ask({ sentences: 2 });
  expect(steps).toEqual([
    'reading 0/50',
    'reading 24/50',
    'reading 48/50',
    'planning 0/1',
    'wording 0/2',
    'wording 1/2',
  ]);
});

describe('cancelled', () => {
  test.each(['encode', 'planSummary', 'decode'])('while the engine works on %s', async (method) => {
    const { engine, ask } = setUp();
    engine.held.add(method);
    engine.gate = new Promise(() => {});
    const cancelling = new CancellationSource();
    engine.onCall = (call) => {
      if (call.method === method) queueMicrotask(() => cancelling.cancel());
    };
    await expect(ask({}, cancelling.token)).rejects.toBeInstanceOf(CancellationError);
  });

  test('while the model loads', async () => {
    const { engine, ask } = setUp();
    engine.ready = () => new Promise(() => {});
    const cancelling = new CancellationSource();
    const question = ask({}, cancelling.token);
    setImmediate(() => cancelling.cancel());
    await expect(question).rejects.toBeInstanceOf(CancellationError);
  });
});
