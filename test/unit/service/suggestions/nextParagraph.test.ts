/** Several sentences ahead on a fake engine: what each is planned and worded from, and where the paragraph ends. */
import { describe, expect, test } from 'vitest';
import { CancellationError, neverCancelled } from '../../../../server/src/base/cancellation.ts';
import { CancellationSource } from '../../../../server/src/base/cancellationSource.ts';
import type { DecodeRequest, PredictRequest } from '../../../../server/src/concepts/engine.ts';
import { ConceptCache } from '../../../../server/src/service/conceptCache.ts';
import { nextParagraph, type ParagraphOptions } from '../../../../server/src/service/suggestions/nextParagraph.ts';
import { snapshotOf } from '../../../support/extracted.ts';
import { encodeWords, FakeEngine } from '../../../support/fakeEngine.ts';
import { plainly } from '../../../support/plainSequence.ts';

const intro = 'The harbor wall is old and it is broken. The council of the town has no money for it.';
/** One for each seed. */
const sentences = ['Violin teachers painted candles.', 'Thunder rolled over deserts.', 'Nobody bought a ladder.'];

function setUp(source: string) {
  const engine = new FakeEngine();
  const predicted: PredictRequest[] = [];
  const decoded: DecodeRequest[] = [];
  engine.plans = (request) => {
    predicted.push(request);
    return Array.from({ length: request.count }, () => encodeWords(sentences[request.seed % sentences.length]!));
  };
  engine.wording = (request, index) => {
    if (index === 0) decoded.push(request);
    const plan = [...request.plans[index]!].join();
    const text = sentences.find((each) => [...encodeWords(each)].join() === plan)!;
    return { text: request.typed === '' ? text : ` ${text.toLowerCase()}`, logProbability: -0.5, complete: true };
  };
  const snapshot = snapshotOf('plaintext', source.replace('|', ''));
  const heard: string[] = [];
  const options: ParagraphOptions = { sentences: 3, earlier: [], seed: 0, sampler: {}, minScore: 0 };
  const ask = (given: Partial<ParagraphOptions> = {}, token = neverCancelled, onSentence = (_: string) => {}) =>
    nextParagraph(
      { engine, cache: new ConceptCache(engine) },
      snapshot,
      source.indexOf('|'),
      { ...options, ...given },
      token,
      ({ insertText }) => {
        heard.push(insertText);
        onSentence(insertText);
      },
    );
  return { engine, predicted, decoded, heard, ask };
}

test('each is planned and worded behind the ones before it, and told once it is there', async () => {
  const { ask, predicted, decoded, heard } = setUp(`${intro}|`);
  const result = await ask();
  const texts = sentences.map((sentence) => ` ${sentence}`);
  expect(result.sentences.map(({ insertText }) => insertText)).toEqual(texts);
  expect([heard, result.silence]).toEqual([texts, '']);
  for (const [i, { context, seed }] of predicted.entries()) {
    expect(seed).toBe(i);
    expect(context.slice(2)).toEqual(plainly(sentences.slice(0, i).map(encodeWords)));
  }
  expect(decoded.map(({ contextText }) => contextText)).toEqual([
    intro,
    `${intro} ${sentences[0]}`,
    `${intro} ${sentences[0]} ${sentences[1]}`,
  ]);
});

test('it goes on behind sentences of before as it would have without a stop', async () => {
  const whole = await setUp(`${intro}|`).ask();
  const rest = await setUp(`${intro}|`).ask({ sentences: 1, earlier: [` ${sentences[0]}`, ` ${sentences[1]}`] });
  expect(rest.sentences).toEqual(whole.sentences.slice(2));
});

test('a sentence being typed is finished first', async () => {
  const { ask, decoded } = setUp(`${intro} Yesterday the|`);
  const { sentences: found } = await ask({ sentences: 2 });
  expect(found.map(({ insertText }) => insertText)).toEqual([` ${sentences[0]!.toLowerCase()}`, ` ${sentences[1]}`]);
  expect(decoded[0]).toMatchObject({ typed: 'Yesterday the' });
  expect(decoded[1]).toMatchObject({ typed: '', contextText: `${intro} Yesterday the ${sentences[0]!.toLowerCase()}` });
});

test('on the only blank line before a paragraph the last of them leaves it one', async () => {
  const { sentences: found } = await setUp(`${intro}\n|\nThe end is near.`).ask({ sentences: 2 });
  expect(found.map(({ tail }) => tail)).toEqual(['\n', '\n']);
  expect(found[0]!.insertText).toBe(sentences[0]);
});

describe('it ends early', () => {
  test('where nothing new comes, with the reason', async () => {
    const { ask } = setUp(`${intro}|`);
    // The fourth would say the first again.
    const { sentences: found, silence } = await ask({ sentences: 5 });
    expect(found).toHaveLength(3);
    expect(silence).toMatch(/said nearby/);
  });

  test('where nothing is good enough', async () => {
    const { sentences: found, silence } = await setUp(`${intro}|`).ask({ minScore: 1 });
    expect([found, silence]).toEqual([[], expect.stringMatching(/good enough/)]);
  });

  test('where no prose is written', async () => {
    expect((await setUp(`|${intro}`).ask()).silence).toMatch(/\w/);
  });

  test('when it is cancelled; what was told is good', async () => {
    const source = new CancellationSource();
    const { ask, heard } = setUp(`${intro}|`);
    await expect(ask({}, source.token, () => source.cancel())).rejects.toThrow(CancellationError);
    expect(heard).toEqual([` ${sentences[0]}`]);
  });
});

test('for an LCM that knows roles each has its place in the section, before what follows', async () => {
  const { ask, engine, predicted } = setUp(`${intro}|\n\nThe end is near.`);
  engine.info = { ...engine.info, hasRoles: true };
  await ask();
  expect(predicted.map(({ context }) => context.map(({ role }) => role).join(' '))).toEqual([
    'place1 place2 following1',
    'place1 place2 place3 following1',
    'place1 place2 place3 place3 following1',
  ]);
});
