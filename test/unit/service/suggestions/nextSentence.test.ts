/** Inline completion on a fake engine: what is asked of it, what is shown, and why nothing is shown. */
import { describe, expect, test } from 'vitest';
import { CancellationError, neverCancelled } from '../../../../server/src/base/cancellation.ts';
import { CancellationSource } from '../../../../server/src/base/cancellationSource.ts';
import type { DecodeRequest, PredictRequest } from '../../../../server/src/concepts/engine.ts';
import { cosine } from '../../../../server/src/concepts/similarity.ts';
import { ConceptCache } from '../../../../server/src/service/conceptCache.ts';
import {
  nextSentence,
  type SuggestOptions,
  settingsKey,
} from '../../../../server/src/service/suggestions/nextSentence.ts';
import { RecentSuggestions } from '../../../../server/src/service/suggestions/recentSuggestions.ts';
import { unsteered } from '../../../../server/src/service/suggestions/steering.ts';
import { snapshotOf } from '../../../support/extracted.ts';
import { encodeWords, FakeEngine } from '../../../support/fakeEngine.ts';
import { plainly } from '../../../support/plainSequence.ts';

const options: SuggestOptions = { candidates: 3, least: 3, seed: 7, sampler: {}, steering: unsteered, minScore: 0 };
const intro = 'The harbor wall is old and it is broken. The council of the town has no money for it.';

/** Plans with words of their own, and wordings that say exactly the plan: the engine of a good day. */
const ideas = ['Violin teachers painted candles.', 'Thunder rolled over deserts.', 'Nobody bought a ladder.'];

function setUp(source: string, languageId = 'plaintext') {
  const engine = new FakeEngine();
  const decoded: DecodeRequest[] = [];
  const predicted: PredictRequest[] = [];
  engine.plans = (request) => {
    predicted.push(request);
    return Array.from({ length: request.count }, (_, i) => encodeWords(ideas[i % ideas.length]!));
  };
  engine.wording = (request, index) => {
    if (index === 0) decoded.push(request);
    const plan = request.plans[index]!;
    const idea = ideas.reduce((best, each) =>
      cosine(encodeWords(each), plan) > cosine(encodeWords(best), plan) ? each : best,
    );
    const text = request.typed === '' || request.typed.endsWith(' ') ? idea : ` ${idea.toLowerCase()}`;
    return { text, logProbability: -0.5, complete: true };
  };
  const parts = { engine, cache: new ConceptCache(engine), recent: new RecentSuggestions() };
  const snapshot = snapshotOf(languageId, source.replace('|', ''));
  const offset = source.indexOf('|');
  const ask = (given: Partial<SuggestOptions> = {}, token = neverCancelled, at = offset) =>
    nextSentence(parts, snapshot, at, { ...options, least: given.candidates ?? 3, ...given }, token);
  return { engine, decoded, predicted, parts, snapshot, offset, ask };
}

describe('at a sentence’s end', () => {
  test('different ideas, best first, each behind the separator the place needs', async () => {
    const { ask } = setUp(`${intro}|`);
    const { items, silence, version } = await ask();
    expect(items.map(({ insertText }) => insertText).sort()).toEqual(ideas.map((idea) => ` ${idea}`).sort());
    expect(items.map(({ score }) => score)).toEqual(items.map(({ score }) => score).sort((a, b) => b - a));
    expect([silence, version]).toEqual(['', 1]);
  });

  test.each(['\n', '\r\n'])('on the only blank line before a paragraph they leave it one, %j', async (newline) => {
    const { ask } = setUp(`${intro}${newline}|${newline}The end is near.`);
    const { items } = await ask();
    expect(items.map(({ insertText }) => insertText).sort()).toEqual(ideas.map((idea) => `${idea}${newline}`).sort());
  });

  test('behind a space none is put before them', async () => {
    const { ask } = setUp(`${intro} |`);
    for (const { insertText } of (await ask()).items) expect(ideas).toContain(insertText);
  });

  test('the engine gets the concepts and the text before the cursor, and nothing from behind it', async () => {
    const { ask, predicted, decoded, snapshot } = setUp(`${intro}|\n\nBehind the cursor. Even more of it.`);
    await ask({ candidates: 3, seed: 5, sampler: { steps: 4 } });
    const [request] = predicted;
    expect(request).toMatchObject({ count: 12, seed: 5, sampler: { steps: 4 } });
    expect(request!.context).toEqual(plainly(snapshot.sentences.slice(0, 2).map(({ text }) => encodeWords(text))));
    expect(decoded[0]).toMatchObject({ typed: '', contextText: intro });
    // One more for every three wanted: some wording may have to be left out.
    expect(decoded[0]).toMatchObject({ enough: 3 });
    expect(decoded[0]!.plans).toHaveLength(4);
  });

  test('what the next sentences say is not suggested, though nobody has read them yet', async () => {
    const { ask, parts, snapshot } = setUp(`${intro}|\n\n${ideas[1]}`);
    const { items } = await ask();
    expect(items.map(({ insertText }) => insertText.trim()).sort()).toEqual([ideas[0]!, ideas[2]!].sort());
    expect(parts.cache.vector(snapshot.sentences[2]!)).toBeDefined();
  });

  test.each([
    [60, 48],
    [61, 48],
    [64, 48],
    [65, 56],
  ])('of a long document of %i sentences, the window before the cursor, which starts at %i', async (count, first) => {
    const long = Array.from({ length: count }, (_, i) => `This is the sentence ${i} of it.`).join(' ');
    const { ask, predicted, decoded, snapshot } = setUp(`${long}|`);
    await ask();
    const window = snapshot.sentences.slice(first);
    expect(predicted[0]!.context).toEqual(plainly(window.map(({ text }) => encodeWords(text))));
    expect(decoded[0]!.contextText.length).toBeLessThanOrEqual(700);
    expect(long.endsWith(decoded[0]!.contextText)).toBe(true);
  });
});

describe('an LCM that knows roles reads', () => {
  /** The sequence of the first request, each concept as its role and, of those here, its text. */
  async function read(source: string, given: Partial<SuggestOptions> = {}) {
    const { ask, engine, predicted, snapshot } = setUp(source, 'markdown');
    engine.info = { ...engine.info, hasRoles: true };
    await ask(given);
    const texts = [...snapshot.sections.map(({ heading }) => heading), ...snapshot.sentences.map(({ text }) => text)];
    const textOf = (vector: Float32Array) => texts.find((text) => cosine(encodeWords(text), vector) > 0.999);
    return predicted[0]?.context.map(({ vector, role }) => `${role} ${textOf(vector)}`);
  }
  const town = `# The town\n\n${intro}`;
  const before = [
    'heading The town',
    'place1 The harbor wall is old and it is broken.',
    'place2 The council of the town has no money for it.',
  ];

  test('headings, places, and the two sentences behind the cursor', async () => {
    const behind = ['following1 Behind the cursor.', 'following2 Even more of it.'];
    expect(await read(`${town}|\n\nBehind the cursor. Even more of it. And the rest.`)).toEqual([...before, ...behind]);
    expect(await read(`${town}| Behind the cursor. Even more of it.`)).toEqual([...before, ...behind]);
    expect(await read(`${town}|\n\n## Next\n\nBehind the cursor.`)).toEqual([...before, ...behind.slice(0, 1)]);
    expect(await read(`${town}|`)).toEqual(before);
  });

  test('the heading of a section that is only begun', async () => {
    expect(await read(`${town}\n\n## The market\n\n|\n\n## The end\n\nThat was all.`)).toEqual([
      ...before,
      'heading The market',
      'following1 That was all.',
    ]);
  });

  test('in mid-sentence both sides of the sentence', async () => {
    expect(await read(`${town} Yesterday the mayor said |\n\nBehind the cursor.`)).toEqual([
      ...before,
      'following1 Behind the cursor.',
    ]);
  });

  test('no more before the cursor than the window holds, headings counted', async () => {
    const long = Array.from({ length: 60 }, (_, i) => `This is the sentence ${i} of it.`).join(' ');
    const sequence = await read(`# Long\n\n${long}\n\n## Short\n\n${intro}|`);
    expect(sequence).toHaveLength(16);
    expect(sequence?.slice(-4)).toEqual([
      'place9 This is the sentence 59 of it.',
      'heading Short',
      'place1 The harbor wall is old and it is broken.',
      'place2 The council of the town has no money for it.',
    ]);
  });
});

test('ideas are led towards a goal, each from where the text leads it', async () => {
  const goal = 'The silver violin was broken.';
  const free = setUp(`${intro}|`);
  const led = setUp(`${intro}|`);
  await free.ask();
  await led.ask({ steering: { ...unsteered, towards: goal } });
  const nearness = (plans: readonly Float32Array[]) => plans.map((plan) => cosine(plan, encodeWords(goal)));
  expect(Math.max(...nearness(free.decoded[0]!.plans))).toBeLessThan(0.4);
  expect(Math.min(...nearness(led.decoded[0]!.plans))).toBeGreaterThan(0.6);
  expect(Math.max(...nearness(led.decoded[0]!.plans))).toBeLessThan(0.95);
});

test('towards a goal the bundle’s threshold does not count, the writer’s own does', async () => {
  const { engine, ask } = setUp(`${intro}|`);
  engine.info = { ...engine.info, defaults: { ...engine.info.defaults, minScore: 1 } };
  const steering = { ...unsteered, towards: 'The silver violin was broken.' };
  expect((await ask({ minScore: null })).items).toEqual([]);
  expect((await ask({ minScore: null, steering })).items.length).toBeGreaterThan(0);
  expect((await ask({ minScore: 1, steering })).items).toEqual([]);
});

test('an idea is named by the sentence it is closest to', async () => {
  const { ask, snapshot } = setUp(`${intro}|`);
  const { items } = await ask();
  const texts = snapshot.sentences.map(({ text }) => text);
  for (const { insertText, near } of items) {
    const [closest] = texts.toSorted(
      (a, b) =>
        cosine(encodeWords(b), encodeWords(insertText.trim())) - cosine(encodeWords(a), encodeWords(insertText.trim())),
    );
    expect(near).toBe(closest);
  }
});

describe('in mid-sentence', () => {
  test('the typed part is forced, and the sentence itself is no context', async () => {
    const { ask, decoded, predicted } = setUp(`${intro} Yesterday the mayor said|`);
    const { items } = await ask();
    expect(decoded[0]).toMatchObject({ typed: 'Yesterday the mayor said', contextText: intro });
    expect(predicted[0]!.context).toHaveLength(2);
    for (const { insertText } of items) expect(insertText).toMatch(/^ [a-z]/u);
    expect(items.length).toBeGreaterThan(0);
  });

  test('what is typed chooses among the plans once it says enough', async () => {
    const { ask, decoded } = setUp(`${intro} The thunder over deserts|`);
    await ask({ candidates: 1 });
    expect(cosine(decoded[0]!.plans[0]!, encodeWords(ideas[1]!))).toBeCloseTo(1, 5);
  });

  test('the completed sentence may resemble what is typed of it', async () => {
    const { engine, ask } = setUp(`${intro} Yesterday the mayor of the town said|`);
    engine.wording = () => ({ text: ' so.', logProbability: -0.5, complete: true });
    const { items } = await ask({ candidates: 1 });
    expect(items.map(({ insertText }) => insertText)).toEqual([' so.']);
  });
});

describe('silence, with its reason', () => {
  const silenced = async (given: ReturnType<typeof setUp>, more: Partial<SuggestOptions> = {}) => {
    const { items, silence } = await given.ask(more);
    expect(items).toEqual([]);
    return silence;
  };

  test('where no prose goes, without asking the engine', async () => {
    const given = setUp(`${intro}\n\n\`\`\`\ncode. |\n\`\`\``, 'markdown');
    expect(await silenced(given)).toBe('No prose is written here.');
    expect(given.engine.calls).toEqual([]);
  });

  test('where the language is another than the bundle’s', async () => {
    const given = setUp('Der Hafen ist alt und die Mauer ist nicht mehr gut. Das Geld fehlt auch für den Hafen.|');
    expect(await silenced(given)).toContain('the model knows English only');
    expect(given.engine.count('decode')).toBe(0);
  });

  test('a bundle for another language does not mind', async () => {
    const given = setUp('Der Hafen ist alt und die Mauer ist nicht mehr gut. Das Geld fehlt auch für den Hafen.|');
    given.engine.info = { ...given.engine.info, languages: ['de'] };
    expect((await given.ask()).items.length).toBeGreaterThan(0);
  });

  test('where every plan is said nearby, before or behind the cursor', async () => {
    const before = setUp(`${intro} ${ideas[0]}| More is written behind it.`);
    before.engine.plans = () => [encodeWords(ideas[0]!)];
    expect(await silenced(before)).toBe('Every idea for this place is already said nearby.');
    const behind = setUp(`${intro}|\n\n${ideas[0]}`);
    await behind.parts.cache.vectors(behind.snapshot.sentences, neverCancelled);
    behind.engine.plans = () => [encodeWords(ideas[0]!)];
    expect(await silenced(behind)).toBe('Every idea for this place is already said nearby.');
  });

  test('where every wording breaks the markup', async () => {
    const given = setUp(`${intro}|`, 'markdown');
    given.engine.wording = () => ({ text: 'An *open mark.', logProbability: -0.5, complete: true });
    expect(await silenced(given)).toBe('No wording made a whole sentence that fits the markup and says something.');
  });

  test('where every wording repeats the document', async () => {
    const given = setUp(`${intro}|`);
    given.engine.wording = () => ({
      text: 'The harbor wall is old and it is broken.',
      logProbability: -0.5,
      complete: true,
    });
    expect(await silenced(given)).toBe('Every wording repeats the document.');
  });

  test('where nothing reaches the score, the bundle’s or the writer’s', async () => {
    expect(await silenced(setUp(`${intro}|`), { minScore: 1 })).toContain('No wording is good enough');
    const given = setUp(`${intro}|`);
    given.engine.info = { ...given.engine.info, defaults: { ...given.engine.info.defaults, minScore: 1 } };
    expect(await silenced(given, { minScore: null })).toContain('No wording is good enough');
    expect((await given.ask({ minScore: 0 })).items.length).toBeGreaterThan(0);
  });
});

describe('one wording that is at fault does not silence the others', () => {
  test('broken markup, a repetition, a sentence cut off, the same idea twice', async () => {
    const { engine, ask } = setUp(`${intro}|`, 'markdown');
    const texts = [
      'Broken `code.',
      intro.split('. ')[1]!,
      'Violins are for sale in',
      'Violins are for sale in the garden.',
    ];
    engine.wording = (_, i) => ({ text: texts[i]!, logProbability: -0.5, complete: i !== 2 });
    expect((await ask()).items.map(({ insertText }) => insertText)).toEqual([` ${texts[3]}`]);
    const twice = setUp(`${intro}|`);
    twice.engine.wording = () => ({ text: texts[3]!, logProbability: -0.5, complete: true });
    expect((await twice.ask()).items).toHaveLength(1);
  });
});

describe('when the first wordings give fewer than wanted', () => {
  /** The first four wordings are one good one and three empty ones; the next ones are all good. */
  function poor(setting = setUp(`${intro}|`)) {
    let rounds = 0;
    const { wording } = setting.engine;
    setting.engine.wording = (request, i) => {
      if (i === 0) rounds++;
      return rounds === 1 && i > 0 ? { text: 'It is so.', logProbability: -0.5, complete: true } : wording!(request, i);
    };
    return setting;
  }

  test('one is an answer for a request that takes fewer', async () => {
    const { ask, engine } = poor();
    expect((await ask({ least: 1 })).items).toHaveLength(1);
    expect(engine.count('decode')).toBe(1);
  });

  test('on a slow machine one plan is worded first where it is wanted soon, then two until one is good', async () => {
    const { ask, decoded, engine } = setUp(`${intro}|`);
    engine.stepMs = new Map([
      [1, 20],
      [2, 30],
    ]);
    const { wording } = engine;
    engine.wording = (request, i) => ({ ...wording!(request, i), ...(decoded.length === 1 && { complete: false }) });
    expect((await ask({ least: 1, soon: true })).items.length).toBeGreaterThan(0);
    expect(decoded.map(({ plans, enough }) => [plans.length, enough])).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  test('a slow machine words as many as ever for who asked', async () => {
    const { ask, decoded, engine } = setUp(`${intro}|`);
    engine.stepMs = new Map([[1, 90]]);
    await ask({ least: 1 });
    expect(decoded.map(({ plans, enough }) => [plans.length, enough])).toEqual([[2, 2]]);
  });

  test('a wording that was given up is gone on with where the others are no good, then new ones are begun', async () => {
    const { ask, decoded, engine } = setUp(`${intro}|`);
    const { wording } = engine;
    engine.wording = (request, i) => ({
      ...wording!(request, i),
      ...(decoded.length <= 2 && { text: 'It is so.' }),
      ...(decoded.length === 1 && i === 3 && { complete: false, givenUp: true }),
    });
    expect((await ask()).items).toHaveLength(3);
    const [first, second, third] = decoded;
    expect([first?.plans.length, first?.enough]).toEqual([4, 3]);
    expect([second?.plans, second?.enough]).toEqual([[first?.plans[3]], 1]);
    expect(third?.plans).toHaveLength(4);
    expect(first?.plans).not.toContain(third?.plans[0]);
  });

  test('a wording that came to no end is not tried again', async () => {
    const { ask, decoded, engine } = setUp(`${intro}|`);
    const { wording } = engine;
    engine.wording = (request, i) => ({ ...wording!(request, i), complete: false });
    expect((await ask()).items).toEqual([]);
    const plans = decoded.flatMap((request) => request.plans);
    expect(plans).toHaveLength(12);
    expect(new Set(plans).size).toBe(12);
  });

  test('other plans are worded until there are as many as wanted', async () => {
    const { ask, decoded } = poor();
    expect((await ask()).items).toHaveLength(3);
    const plans = decoded.flatMap((request) => request.plans);
    expect(plans.length).toBeGreaterThan(4);
    expect(new Set(plans).size).toBe(plans.length);
  });

  test('the next wordings begin with something else than those that were had, whatever became of these', async () => {
    const { ask, decoded } = poor();
    await ask();
    const had = decoded.map(({ apartFrom }) => apartFrom);
    expect(had[0]).toEqual([]);
    expect(had[1]).toHaveLength(decoded[0]?.plans.length ?? 0);
    expect(had[1]).toContain('It is so.');
  });

  test('a writer who asked for more than were found is not given the few that were kept', async () => {
    const { ask, engine } = poor();
    await ask({ least: 1 });
    expect((await ask({ least: 1 })).items).toHaveLength(1);
    expect(engine.count('decode')).toBe(1);
    expect((await ask()).items).toHaveLength(3);
  });

  test('no plan is worded twice, and what could not be found is not looked for again', async () => {
    const { ask, engine } = setUp(`${intro}|`);
    engine.wording = () => ({ text: ideas[0]!, logProbability: -0.5, complete: true });
    expect((await ask()).items).toHaveLength(1);
    expect(engine.count('decode')).toBe(3);
    expect((await ask()).items).toHaveLength(1);
    expect(engine.count('decode')).toBe(3);
  });
});

describe('asked again', () => {
  test('at another place, wordings begin apart from what the writer wrote past; at the same place they need not', async () => {
    const { ask, decoded } = setUp(`${intro}|`);
    await ask({ least: 1, candidates: 1 });
    await ask();
    await ask({}, neverCancelled, intro.indexOf(' The council'));
    expect(decoded.map(({ apartFrom }) => apartFrom)).toEqual([[], [], [expect.any(String)]]);
    expect(ideas).toContain(decoded[2]?.apartFrom?.[0]);
  });

  test('at the same place, the same answer without the engine', async () => {
    const { engine, ask } = setUp(`${intro}|`);
    const first = await ask();
    engine.calls.length = 0;
    expect(await ask()).toEqual(first);
    expect(engine.calls).toEqual([]);
  });

  test('for fewer, the best of them; for more or with other settings, the engine', async () => {
    const { engine, ask } = setUp(`${intro}|`);
    const first = await ask();
    expect((await ask({ candidates: 1 })).items).toEqual(first.items.slice(0, 1));
    expect(engine.count('predictNext')).toBe(1);
    await ask({ candidates: 5 });
    await ask({ candidates: 5, seed: 8 });
    expect(engine.count('predictNext')).toBe(3);
  });

  test('silence is not kept', async () => {
    const { engine, ask } = setUp(`${intro}|`);
    await ask({ minScore: 1 });
    await ask({ minScore: 1 });
    expect(engine.count('predictNext')).toBe(2);
  });
});

describe('cancelled', () => {
  test.each(['encode', 'predictNext', 'decode'])('while the engine works on %s', async (method) => {
    const { engine, ask } = setUp(`${intro}|`);
    engine.held.add(method);
    engine.gate = new Promise(() => {});
    const source = new CancellationSource();
    engine.onCall = (call) => {
      if (call.method === method) queueMicrotask(() => source.cancel());
    };
    await expect(ask({}, source.token)).rejects.toBeInstanceOf(CancellationError);
  });

  test('while the model loads', async () => {
    const { engine, ask } = setUp(`${intro}|`);
    engine.ready = () => new Promise(() => {});
    const source = new CancellationSource();
    const question = ask({}, source.token);
    source.cancel();
    await expect(question).rejects.toBeInstanceOf(CancellationError);
  });

  test('before it is asked, nothing is sampled', async () => {
    const { engine, ask } = setUp(`${intro}|`);
    const source = new CancellationSource();
    source.cancel();
    await expect(ask({}, source.token)).rejects.toBeInstanceOf(CancellationError);
    expect(engine.count('predictNext') + engine.count('decode')).toBe(0);
  });
});

test('what the engine rejects with comes through', async () => {
  const { engine, ask } = setUp(`${intro}|`);
  engine.failure = new RangeError('no such plan');
  await expect(ask()).rejects.toThrow('no such plan');
});

test('settingsKey tells apart what changes an answer', () => {
  const keys = [
    options,
    { ...options, steering: { ...unsteered, towards: 'winter' } },
    { ...options, seed: 8 },
    { ...options, minScore: null },
    { ...options, sampler: { steps: 4 } },
  ].map(settingsKey);
  expect(new Set(keys).size).toBe(5);
  expect(settingsKey({ ...options, candidates: 1 })).toBe(settingsKey(options));
});
