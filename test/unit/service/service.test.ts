/** The service's face: what its parts do together, and what it says in the log. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { CancellationError, type CancellationToken, neverCancelled } from '../../../server/src/base/cancellation.ts';
import { CancellationSource } from '../../../server/src/base/cancellationSource.ts';
import type { PredictRequest } from '../../../server/src/concepts/engine.ts';
import { createConceptService, type SuggestOptions, unsteered } from '../../../server/src/service/index.ts';
import { snapshotOf } from '../../support/extracted.ts';
import { encodeWords, FakeEngine } from '../../support/fakeEngine.ts';
import { plainly } from '../../support/plainSequence.ts';

const options: SuggestOptions = { candidates: 3, least: 3, seed: 1, sampler: {}, steering: unsteered, minScore: 0 };
const text = 'The harbor wall is old and it is broken. The council has no money for it.';

function setUp() {
  const engine = new FakeEngine();
  const log: string[] = [];
  let now = 0;
  const service = createConceptService({
    engine,
    logger: { info: (line) => log.push(line), warn: (line) => log.push(line), error: (line) => log.push(line) },
    clock: () => {
      now += 5;
      return now;
    },
  });
  return { engine, log, service };
}

const settled = () => setImmediate();

describe('suggestions', () => {
  test('what was computed is there without the engine, at its place, with its settings', async () => {
    const { engine, service } = setUp();
    const snapshot = snapshotOf('plaintext', text);
    expect(service.suggested(snapshot, text.length, options)).toBeUndefined();
    const first = await service.suggest(snapshot, text.length, options, neverCancelled);
    expect(first.items.length).toBeGreaterThan(0);
    engine.calls.length = 0;
    expect(service.suggested(snapshot, text.length, options)).toEqual(first);
    expect(service.suggested(snapshot, 10, options)).toBeUndefined();
    expect(service.suggested(snapshot, text.length, { ...options, seed: 2 })).toBeUndefined();
    service.close(snapshot.uri);
    expect(service.suggested(snapshot, text.length, options)).toBeUndefined();
    expect(engine.calls).toEqual([]);
  });

  test.each([
    ['at a place for one, the place itself', 'One.| Two.', 4],
    ['in a paragraph that goes on, its end', 'One. T|wo goes on. Three.\n\nFour.', 24],
    ['in code, nowhere', 'One.\n\n```\nx|y\n```', undefined],
    ['in a heading, nowhere', '# He|ad\n\nOne.', undefined],
  ])('%s', (_, source, expected) => {
    const snapshot = snapshotOf('markdown', source.replace('|', ''));
    expect(setUp().service.suggestionOffset(snapshot, source.indexOf('|'))).toBe(expected);
  });
});

describe('a snapshot that is prepared', () => {
  const long = Array.from({ length: 3000 }, (_, i) => `Paragraph ${i} says little.`).join('\n\n');

  test('those who wait go on in their order, in turns with others, and one who leaves takes nothing along', async () => {
    const { service } = setUp();
    const snapshot = snapshotOf('markdown', long);
    const source = new CancellationSource();
    const order: number[] = [];
    const wait = (i: number, token: CancellationToken = neverCancelled) =>
      service.prepare(snapshot, token).then(() => order.push(i));
    const left = expect(wait(0, source.token)).rejects.toBeInstanceOf(CancellationError);
    const others = Promise.all([wait(1), wait(2), wait(3)]);
    let turns = 0;
    for (; order.length === 0; turns++) {
      await setImmediate();
      if (turns === 1) source.cancel();
    }
    await left;
    await others;
    expect(order).toEqual([1, 2, 3]);
    expect(turns).toBeGreaterThan(2);
    expect(snapshot.sentences).toHaveLength(3000);
    await service.prepare(snapshot, neverCancelled);
  });
});

describe('the index', () => {
  test('gives the hover its facts, and forgets them with the bundle', async () => {
    const { engine, service } = setUp();
    const snapshot = snapshotOf('plaintext', text);
    expect(service.facts(snapshot, 3)).toMatchObject({ indexing: true });
    await service.index(snapshot, 0, neverCancelled);
    const calls = engine.calls.length;
    expect(service.facts(snapshot, 3)).toMatchObject({
      text: 'The harbor wall is old and it is broken.',
      indexing: false,
    });
    expect(service.facts(snapshot, text.length + 5)).toBeUndefined();
    expect(engine.calls).toHaveLength(calls);
    service.clear();
    expect(service.facts(snapshot, 3)).toMatchObject({ toPrevious: null, nearest: [], indexing: true });
  });
});

describe('warming up', () => {
  test('the decoder reads the text before the cursor once, and again when that changed', async () => {
    const { engine, service } = setUp();
    const read: string[] = [];
    engine.prefill = async (given) => {
      read.push(given);
    };
    const snapshot = snapshotOf('plaintext', text);
    service.warm(snapshot, text.length);
    service.warm(snapshot, text.length);
    service.warm(snapshot, text.indexOf(' The council'));
    expect(read).toEqual([text, 'The harbor wall is old and it is broken.']);
  });

  test('it reads what is typed of a sentence too, behind what a suggestion for that one needs', async () => {
    const { engine, service } = setUp();
    const read: string[] = [];
    engine.prefill = async (given) => {
      read.push(given);
    };
    const typed = `${text} They want to bui`;
    service.warm(snapshotOf('plaintext', typed), typed.length);
    await settled();
    expect(read).toEqual([text, `${text} They want to`]);
  });

  test('the LCM reads the concepts before the cursor, and samples nothing', async () => {
    const { engine, service } = setUp();
    const asked: PredictRequest[] = [];
    engine.plans = (request) => {
      asked.push(request);
      return [];
    };
    const snapshot = snapshotOf('plaintext', text);
    service.warm(snapshot, text.length);
    await settled();
    expect(asked).toMatchObject([
      { count: 0, context: plainly(snapshot.sentences.map(({ text }) => encodeWords(text))) },
    ]);
  });

  test('nothing is read where nothing is suggested, nor at a document’s start', () => {
    const { engine, service } = setUp();
    service.warm(snapshotOf('markdown', '# Head'), 6);
    service.warm(snapshotOf('plaintext', 'We went'), 7);
    expect(engine.calls).toEqual([]);
  });

  test('a failure is no more than a line in the log, and the next hint is given again', async () => {
    const { engine, log, service } = setUp();
    const snapshot = snapshotOf('plaintext', text);
    engine.failure = new Error('no model');
    service.warm(snapshot, text.length);
    await settled();
    expect(log).toEqual(['warm file:///document: no model']);
    engine.failure = undefined;
    service.warm(snapshot, text.length);
    expect(engine.count('prefill')).toBe(2);
  });
});

test('the log has places, counts and milliseconds, and never the writer’s text', async () => {
  const { log, service } = setUp();
  const snapshot = snapshotOf('plaintext', text);
  await service.suggest(snapshot, text.length, options, neverCancelled);
  await service.suggest(snapshot, 5, options, neverCancelled);
  const all = { scope: 'document', span: { start: 0, end: text.length }, heading: '', level: 0 } as const;
  const length = { unit: 'sentences', count: 1 } as const;
  await service.summarize(snapshot, all, { length, method: 'extractive', seed: 0 }, neverCancelled);
  await service.summarize(snapshotOf('plaintext', ''), all, { length, method: 'auto', seed: 0 }, neverCancelled);
  expect(log).toEqual([
    expect.stringMatching(/^suggest file:\/\/\/document v1: [123] candidates, 5 ms$/u),
    'suggest file:///document v1: silence (The cursor touches the word after it.), 5 ms',
    'summarize file:///document v1: 1 sentences, extractive, 5 ms',
    'summarize file:///document v1: no prose, 5 ms',
  ]);
  for (const line of log) expect(line).not.toMatch(/harbor|council|money/iu);
});

test('what a summary covers, and how much there is in it', () => {
  const { service } = setUp();
  const snapshot = snapshotOf('markdown', `# Head\n\n${text}\n\n# Other\n\nMore.`);
  const span = service.summarySubject(snapshot, { start: 12, end: 12 }, 'section')?.span;
  expect(span && service.sentenceCount(snapshot, span)).toBe(2);
});
