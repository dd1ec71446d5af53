/** The decoder round its graphs: what each row has been told, in which runs, and when it ends. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CancellationError } from '../../../server/src/base/cancellation.ts';
import type { DecodeRequest, Wording } from '../../../server/src/concepts/engine.ts';
import type { Bundle } from '../../../server/src/inference/bundle.ts';
import { type ConceptDecoder, openConceptDecoder } from '../../../server/src/inference/conceptDecoder.ts';
import { Device } from '../../../server/src/inference/device.ts';
import { BundleError } from '../../../server/src/inference/manifest.ts';
import { bytesOfText, endToken, smallByteTokenizer, startToken } from '../../support/byteVocabulary.ts';
import { conceptDim, decoderGraph, fakeBundle, fakeGraphs, prefixMark } from '../../support/fakeGraphs.ts';
import { fakeRuntime } from '../../support/fakeRuntime.ts';

type Runtime = ReturnType<typeof fakeRuntime>;
const runtime = vi.hoisted(() => ({ current: undefined as Runtime | undefined }));
vi.mock('onnxruntime-node', async () => {
  const { currentRuntime } = await import('../../support/fakeRuntime.ts');
  return currentRuntime(() => runtime.current as Runtime);
});

const tokenizer = smallByteTokenizer();
const goOn = async () => {};
/** A plan that the fake decoder hears as this number. */
const plan = (heard: number) => Float32Array.from({ length: conceptDim }, (_, d) => (d === 0 ? heard : 0));
/** What is in the cache, readable: `^` the start, `#` the soft prefix, `$` the end. */
function spelled(tokens: readonly number[]): string {
  const marks = new Map([
    [startToken, '^'],
    [prefixMark, '#'],
    [endToken, '$'],
  ]);
  return tokens.map((token) => marks.get(token) ?? tokenizer.pieceOf(token)).join('');
}
const idsOf = (text: string) => tokenizer.encode(text);

let decoder: ConceptDecoder | undefined;
afterEach(async () => {
  await decoder?.release();
  expect(runtime.current?.inMemory.size).toBe(0);
  expect(runtime.current?.opened.map(({ released }) => released)).toEqual([1, 1]);
  decoder = undefined;
});

/** A decoder that, for a plan heard as n, says the n-th sentence; `seen` are the token rows of its runs. */
async function open(sentences: readonly string[], bundle: Bundle = fakeBundle()) {
  const seen: string[] = [];
  const graph = decoderGraph((tokens, heard) => {
    seen.push(spelled(tokens));
    const own = spelled(tokens.slice(tokens.lastIndexOf(prefixMark) + 1));
    const script = sentences[heard] ?? '';
    return [script.startsWith(own) ? (idsOf(script.slice(own.length))[0] ?? endToken) : endToken];
  });
  runtime.current = fakeRuntime(fakeGraphs(graph));
  decoder = await openConceptDecoder(bundle, { device: new Device('cpu') });
  const decode = (request: Partial<DecodeRequest> = {}): Promise<Wording[]> =>
    (decoder as ConceptDecoder).decode(
      { contextText: '', typed: '', plans: [plan(0)], maxTokens: 40, ...request },
      goOn,
    );
  const runs = () => (runtime.current as Runtime).runs.filter(({ file }) => file === 'decoder.onnx').length;
  /** Tokens given to each run, one row's. */
  const fed = {
    at: (run: number) =>
      (runtime.current as Runtime).runs.filter(({ file }) => file === 'decoder.onnx')[run]?.feeds.input_ids?.dims[1],
  };
  return { decoder, decode, seen, runs, fed };
}
const texts = (wordings: readonly Wording[]) => wordings.map(({ text }) => text);

describe('what a row is told', () => {
  test('start, context, soft prefix, then the sentence from its first word on', async () => {
    const { decode, seen } = await open([' the cat sat']);
    const [wording] = await decode({ contextText: 'a cat' });
    expect(wording).toMatchObject({ text: 'the cat sat', complete: true });
    expect(seen).toEqual(['^a cat', '^a cat#', '^a cat# the', '^a cat# the cat', '^a cat# the cat sat']);
  });

  test('without context only the start', async () => {
    const { decode, seen } = await open([' the cat']);
    await decode();
    expect(seen[1]).toBe('^#');
  });

  test('of a long context the last tokens, white space collapsed', async () => {
    const { decode, seen } = await open([' the cat']);
    await decode({ contextText: `${'the cat sat '.repeat(5000)}\n\n a\tcat  sat  ` });
    // Eight tokens of context.
    expect(seen[0]).toBe('^ cat sat the cat sat a cat sat');
  });

  test('of a context that grew only what is new', async () => {
    const { decode, seen, fed } = await open([' the cat']);
    await decode({ contextText: 'a cat' });
    await decode({ contextText: 'the sat' });
    const before = seen.length;
    await decode({ contextText: 'a cat sat the' });
    expect(seen[before]).toBe('^a cat sat the');
    expect(fed.at(before)).toBe(2);
  });

  test('of any context nothing, where the bundle wants none', async () => {
    const bundle = fakeBundle();
    const manifest = { ...bundle.manifest, decoder: { ...bundle.manifest.decoder, contextTokens: 0 } };
    const { decode, seen } = await open([' the cat'], { ...bundle, manifest });
    await decode({ contextText: 'the cat sat' });
    expect(seen.slice(0, 2)).toEqual(['^', '^#']);
  });

  test('from the soft prefix on, where nothing stands before it', async () => {
    const bundle = fakeBundle();
    const decoder = { ...bundle.manifest.decoder, contextTokens: 0, startToken: null };
    const { decode, seen } = await open([' the cat', ' a cat'], {
      ...bundle,
      manifest: { ...bundle.manifest, decoder },
    });
    const wordings = await decode({ contextText: 'the cat sat', plans: [plan(0), plan(1)] });
    expect(texts(wordings)).toEqual(['the cat', 'a cat']);
    expect(seen.slice(0, 3)).toEqual(['#', '#', '# the']);
    expect(texts(await decode({ typed: 'the c' }))).toEqual(['at']);
  });

  test('the typed part, whose last token is healed', async () => {
    const { decode, seen } = await open([' the cat sat']);
    const [wording] = await decode({ contextText: 'a', typed: 'the  ca' });
    expect(wording?.text).toBe('t sat');
    expect(seen.slice(0, 2)).toEqual(['^a', '^a# the']);
  });

  test.each([
    ['', 'the cat sat'],
    ['t', 'he cat sat'],
    ['the', ' cat sat'],
    ['the ', 'cat sat'],
    ['the c', 'at sat'],
    ['the cat sat', ''],
    ['   the', ' cat sat'],
    ['the\n', 'cat sat'],
  ])('typed %j is continued verbatim: %j', async (typed, text) => {
    const { decode } = await open([' the cat sat']);
    expect(await decode({ typed })).toMatchObject([{ text, complete: true }]);
  });

  test('what the decoder would not have said is spelled out first', async () => {
    const { decode } = await open([' the cat']);
    const [wording] = await decode({ typed: 'xyz é😀' });
    expect(wording).toMatchObject({ text: '', complete: true });
  });

  test('a long typed part is fed in several runs, its last tokens only', async () => {
    const { decode, seen } = await open(['']);
    await decode({ typed: 'the cat sat '.repeat(100), plans: [plan(0), plan(0)] });
    const rows = seen.filter((row) => row.includes('#')).map((row) => row.slice(row.indexOf('#') + 1));
    // The space typed last is healed; what stands before it is in the cache of both rows, and no more.
    const [whole] = rows.filter((row) => row.endsWith(' the cat sat')).slice(-1);
    expect(idsOf(String(whole)).length).toBe(95);
    expect(rows.slice(0, -2).length).toBeGreaterThan(4);
  });

  test.each([1_000_000, 3_000_000])('%i typed characters without a space do no harm', async (length) => {
    const { decode } = await open(['']);
    const [wording] = await decode({ typed: 'ca'.repeat(length / 2) });
    expect(wording?.complete).toBe(true);
  });
});

describe('rows', () => {
  const sentences = [' the cat sat', ' a', ' the the cat a sat a', ' sat the', ' cat'];

  test.each([[[0, 1, 2, 3, 4]], [[4, 3, 2, 1, 0]], [[1, 2, 1]], [[2]], [Array.from({ length: 20 }, (_, i) => i % 5)]])(
    'of plans %j end at their own times, in the plans’ order',
    async (heard) => {
      const { decode } = await open(sentences);
      const wordings = await decode({ contextText: 'the cat', plans: heard.map(plan) });
      expect(texts(wordings)).toEqual(heard.map((n) => (sentences[n] as string).trim()));
      const alone = [];
      for (const n of heard) alone.push(...(await decode({ contextText: 'the cat', plans: [plan(n)] })));
      expect(wordings).toEqual(alone);
    },
  );

  test('a row that ended is not run any more', async () => {
    const { decode, seen } = await open(sentences);
    await decode({ plans: [1, 2].map(plan) });
    expect(seen.filter((row) => row.endsWith('# a')).length).toBe(1);
    expect(seen.filter((row) => row === '^# the the cat').length).toBe(1);
  });

  test.each([
    [undefined, [true, true, true, true, true]],
    [4, [true, true, false, true, true]],
    [2, [false, true, false, false, true]],
  ])('of which %s are enough: slower ones are given up', async (enough, complete) => {
    const { decode } = await open(sentences);
    const plans = [0, 1, 2, 3, 4].map(plan);
    const wordings = await decode(enough === undefined ? { plans } : { plans, enough });
    expect(wordings.map((wording) => wording.complete)).toEqual(complete);
    for (const [i, { text }] of wordings.entries()) expect(sentences[i]).toContain(text);
  });

  test('of one request begin as their plans want, unless they are to be apart', async () => {
    const { decode } = await open([' the cat sat a']);
    const plans = [0, 0, 0].map(plan);
    expect(new Set(texts(await decode({ plans })))).toEqual(new Set(['the cat sat a']));
    const [first, ...others] = texts(await decode({ plans, apartFrom: [], maxTokens: 6 })) as string[];
    expect(first).toBe('the cat sat a');
    for (const text of others) expect(text).toMatch(/^the cat(?! sat)/);
    expect(new Set(others).size).toBe(2);
  });

  test.each([
    ['', 'the cat sat'],
    ['the ', 'cat sat a'],
    ['a c', 'at sat a'],
  ])('behind %j begin with something else than %j, which was had', async (typed, had) => {
    const { decode } = await open([` ${typed}${had}`]);
    const [again] = await decode({ typed });
    expect(again?.text).toBe(had);
    const [other] = await decode({ typed, apartFrom: ['the the the', had], maxTokens: 6 });
    expect(other?.text).not.toMatch(new RegExp(`^${had}`));
    const [word = ''] = had.split(' ');
    expect(other?.text).toMatch(new RegExp(`^${word}`));
  });

  test('that are shorter than an opening are like none', async () => {
    const { decode } = await open([' the']);
    expect(texts(await decode({ plans: [0, 0].map(plan), apartFrom: ['the', 'a'] }))).toEqual(['the', 'the']);
  });

  test('no plans: no rows, no runs', async () => {
    const { decode, runs } = await open(sentences);
    expect(await decode({ plans: [] })).toEqual([]);
    expect(runs()).toBe(0);
  });
});

describe('limits', () => {
  test.each([1, 2, 5])('no more than %i tokens, and then not complete', async (maxTokens) => {
    const { decode } = await open([' the cat sat a the the the a cat']);
    const [wording] = await decode({ maxTokens });
    expect(idsOf(` ${wording?.text}`).length).toBe(maxTokens);
    expect(wording?.complete).toBe(false);
  });

  test('line breaks, tabs and control tokens never come', async () => {
    const { decode } = await open(['\nthe', '\tthe', '<|end|>']);
    const unwanted = [tokenizer.idOf('\n'), tokenizer.idOf('\t'), startToken];
    for (const { text } of await decode({ plans: [0, 1, 2].map(plan) })) {
      for (const id of unwanted) expect(idsOf(text)).not.toContain(id);
    }
  });

  test('a plan of another dimension is refused', async () => {
    const { decode } = await open(['']);
    await expect(decode({ plans: [plan(0), new Float32Array(3)] })).rejects.toThrow(RangeError);
    await expect(decode({ plans: [new Float32Array(3)] })).rejects.toThrow('plan has 3 dimensions, expected 6');
  });
});

describe('a wording that was given up', () => {
  const sentences = [' the cat sat a cat', ' a cat sat the cat sat', ' sat the cat'];
  const plans = [0, 1, 2].map(plan);
  const request = { contextText: 'the cat', plans, apartFrom: [], enough: 1 };
  const rest = { ...request, plans: [plans[1] as Float32Array, plans[0] as Float32Array], enough: 2 };

  test('is gone on with where it is, in the order wanted now', async () => {
    const { decode, runs, seen } = await open(sentences);
    const first = await decode(request);
    expect(first.map(({ complete, givenUp }) => [complete, givenUp])).toEqual([
      [false, true],
      [false, true],
      [true, false],
    ]);
    const before = [runs(), seen.length];
    expect(texts(await decode(rest))).toEqual([1, 0].map((n) => sentences[n]?.trim()));
    // The longer one's tokens and its end, less those that were said and the one that is fed first.
    const said = first[1]?.text ?? '';
    expect(runs() - (before[0] as number)).toBe(idsOf(sentences[1] as string).length - idsOf(` ${said}`).length + 1);
    expect(seen.slice(before[1]).every((row) => row.length > '^the cat#'.length)).toBe(true);
  });

  test('may be given up again', async () => {
    const { decode } = await open(sentences);
    await decode(request);
    const [longer, shorter] = await decode({ ...rest, enough: 1 });
    expect([longer?.complete, shorter?.text]).toEqual([false, 'the cat sat a cat']);
    const [wording] = await decode({ ...rest, plans: [plans[1] as Float32Array] });
    expect(wording).toMatchObject({ text: sentences[1]?.trim(), complete: true });
  });

  test.each([
    ['its context', { contextText: 'the cat sat' }],
    ['what is typed', { typed: 'a' }],
    ['the plans', { plans: [plans[1] as Float32Array, plan(7)] }],
    ['how long it may be', { maxTokens: 30 }],
    ['what it must not begin like', { apartFrom: ['a cat sat'] }],
  ])('begins anew for a request that differs in %s', async (_, other) => {
    const { decode, decoder: opened } = await open(sentences);
    const asked = { ...rest, ...other };
    const expected = await decode(asked);
    await opened.prefill('', goOn);
    await decode(request);
    expect(await decode(asked)).toEqual(expected);
  });

  test.each([
    ['the cat', '^the cat# the cat sat'],
    ['the cat sat', '^the cat#'],
  ])('is forgotten with the next text that is read, unless it stands behind that: %s', async (text, run) => {
    const { decode, decoder: opened, seen } = await open(sentences);
    await decode(request);
    await opened.prefill(text, goOn);
    const before = seen.length;
    await decode(rest);
    expect(seen.slice(before).some((row) => row === '^the cat#')).toBe(run === '^the cat#');
    expect(seen.slice(before).some((row) => row.startsWith(run))).toBe(true);
  });

  test('begins anew where its beginning is not settled', async () => {
    const { decode, seen } = await open([...sentences.slice(0, 2), ' cat']);
    await decode(request);
    const before = seen.length;
    await decode(rest);
    expect(seen[before]).toBe('^the cat#');
  });

  test('is let go of where going on is cancelled', async () => {
    const { decode, decoder: opened, seen } = await open(sentences);
    await decode(request);
    const cancelled = opened.decode({ typed: '', maxTokens: 40, ...rest }, async () => {
      throw new CancellationError();
    });
    await expect(cancelled).rejects.toThrow(CancellationError);
    const before = seen.length;
    expect(texts(await decode(rest))).toEqual([1, 0].map((n) => sentences[n]?.trim()));
    expect(seen[before]).toBe('^the cat#');
  });
});

describe('the context’s cache', () => {
  test('is filled once for a text, by prefill or by the first wording', async () => {
    const { decode, decoder: opened, runs } = await open([' the cat']);
    await opened.prefill('the cat sat', goOn);
    expect(runs()).toBe(1);
    const first = await decode({ contextText: 'the cat sat' });
    const perWording = runs() - 1;
    await opened.prefill('the cat  sat ', goOn);
    expect(await decode({ contextText: 'the cat sat' })).toEqual(first);
    expect(runs()).toBe(1 + 2 * perWording);
  });

  test('is never read on by one token alone, whatever was prefilled before', async () => {
    const bundle = fakeBundle();
    const manifest = { ...bundle.manifest, decoder: { ...bundle.manifest.decoder, contextTokens: 200 } };
    const { decoder: opened, runs, fed } = await open([], { ...bundle, manifest });
    const words = Array.from({ length: 160 }, () => 'cat');
    for (const count of [0, 1, 2, 3, 46, 47, 48, 49, 50, 94, 95, 96, 97, 98, 160, 159]) {
      await opened.prefill(words.slice(0, count).join(' '), goOn);
    }
    const lengths = Array.from({ length: runs() }, (_, run) => fed.at(run));
    expect(lengths[0]).toBe(1); // the start of an empty text, which is not kept
    expect(lengths.slice(1)).not.toContain(1);
    expect(Math.max(...(lengths as number[]))).toBe(48);
  });

  test('changes no result, whatever was prefilled before', async () => {
    const fresh = await open([' the cat sat']);
    const expected = await fresh.decode({ contextText: 'the cat', typed: 'the c' });
    await fresh.decoder.release();
    const { decode, decoder: opened } = await open([' the cat sat']);
    for (const text of ['', 'the', 'the cat', 'cat', 'a', 'sat', 'the cat sat']) await opened.prefill(text, goOn);
    expect(await decode({ contextText: 'the cat', typed: 'the c' })).toEqual(expected);
  });
});

describe('cancelling', () => {
  test.each([0, 1, 2, 4])('after %i checkpoints ends the wording; the next one is whole', async (count) => {
    const { decoder: opened, decode } = await open([' the cat sat']);
    let left = count;
    const checkpoint = async () => {
      if (left-- === 0) throw new CancellationError();
    };
    const request = { contextText: 'the cat', typed: '', plans: [plan(0)], maxTokens: 9 };
    await expect(opened.decode(request, checkpoint)).rejects.toThrow(CancellationError);
    expect(texts(await decode({ contextText: 'the cat' }))).toEqual(['the cat sat']);
  });
});

describe('a tokenizer that does not fit', () => {
  test('has more tokens than the graph', async () => {
    const bundle = fakeBundle();
    const small = { ...bundle.manifest.decoder, vocabularySize: 100 };
    runtime.current = fakeRuntime({});
    const opening = openConceptDecoder(
      { ...bundle, manifest: { ...bundle.manifest, decoder: small } },
      { device: new Device('cpu') },
    );
    await expect(opening).rejects.toThrow(BundleError);
    await expect(opening).rejects.toThrow(/^decoder\.tokenizer\.json: has \d+ tokens, expected at most 100$/);
    runtime.current = { ...fakeRuntime({}), opened: [1, 2].map(() => ({ file: '', provider: '', released: 1 })) };
  });
});

test('the bytes of a typed character that is half in one token are kept', async () => {
  const { decode } = await open([' é']);
  expect(await decode({ typed: 'é' })).toMatchObject([{ text: '', complete: true }]);
  expect(bytesOfText('é').length).toBe(2);
});
