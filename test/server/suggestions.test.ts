/** Ghost text, its fallback as completion items, and the request for ideas: what is offered, and when nothing is. */
import { describe, expect, test } from 'vitest';
import {
  CancellationTokenSource,
  type CodeAction,
  type CompletionList,
  type InlineCompletionItem,
  type Position,
} from 'vscode-languageserver/node';
import { EngineUnavailableError, type PredictRequest } from '../../server/src/concepts/engine.ts';
import type { NextSentencesResult } from '../../server/src/protocol.ts';
import {
  edited,
  fullClient,
  type Marked,
  type TestServer,
  unmark,
  useServers,
  wordPlans,
} from '../support/serverHarness.ts';

const start = useServers();
const prose =
  '# Water\n\nThe river fills the harbor in winter. The garden needs the rain of the summer and it is dry.|';
const ask = { invoked: 1, automatic: 2 };

function inline(server: TestServer, doc: { readonly uri: string; readonly cursor: Position }, context: unknown = {}) {
  const params = { textDocument: { uri: doc.uri }, position: doc.cursor, context };
  return server.request('textDocument/inlineCompletion', params) as Promise<InlineCompletionItem[]>;
}
function ideas(server: TestServer, doc: { readonly uri: string; readonly cursor: Position }, candidates?: unknown) {
  const params = { textDocument: { uri: doc.uri }, position: doc.cursor, candidates };
  return server.request('foresay/nextSentences', params) as Promise<NextSentencesResult>;
}
/** The requests for plans that reach the engine, in full. */
function predictions({ engine }: TestServer): PredictRequest[] {
  const requests: PredictRequest[] = [];
  engine.plans = (request) => {
    if (!request.background) requests.push(request);
    return wordPlans(request.count, request.seed);
  };
  return requests;
}

describe('inline completion', () => {
  test.each([
    ['at a sentence’s end', 'markdown', prose, /^ \p{Lu}.*\.$/u],
    ['behind a space', 'markdown', 'The river fills the harbor in winter. |', /^\p{Lu}.*\.$/u],
    ['on a new line', 'plaintext', 'The river fills the harbor in winter.\n\n|', /^\p{Lu}.*\.$/u],
    ['in mid-sentence', 'markdown', 'The river fills the harbor. The garden needs|', /^ .*\.$/u],
    ['in LaTeX', 'latex', '\\section{Water}\nThe river fills the harbor in winter.|\n', /^ \p{Lu}.*\.$/u],
  ])('%s continues the text', async (_, languageId, source, shape) => {
    const server = await start();
    const doc = await server.open(source, languageId);
    const items = await inline(server, doc, { triggerKind: ask.invoked });
    expect(items.length).toBeGreaterThan(0);
    for (const { insertText, range } of items) {
      expect(insertText).toMatch(shape);
      expect(range).toEqual({ start: doc.cursor, end: doc.cursor });
    }
    expect(new Set(items.map(({ insertText }) => insertText)).size).toBe(items.length);
  });

  test.each([
    ['a heading', 'markdown', '# Water|\n\nThe river.', /heading/],
    ['code', 'markdown', 'The river.\n\n```\nlet x|\n```\n', /No prose/],
    ['a formula', 'latex', 'The river $a + b|$ is long.', /No prose/],
    ['the middle of a word', 'markdown', 'The river fills the har|bor.', /touches the word/],
    ['the middle of a written sentence', 'markdown', 'The river fills| the harbor.', /already written/],
    ['an empty document', 'markdown', '|', /no sentence before/],
  ])('in %s there is none, and the reason is given', async (_, languageId, source, reason) => {
    const server = await start();
    const doc = await server.open(source, languageId);
    expect(await inline(server, doc)).toEqual([]);
    expect(await ideas(server, doc)).toMatchObject({ version: 1, items: [], silence: expect.stringMatching(reason) });
    expect(server.engine.calls).toEqual([]);
    await server.settled();
    expect(server.statuses.at(-1)?.lastSilence).toMatch(reason);
  });

  describe('while a list of completions is open', () => {
    const source = 'The river fills the harbor in winter. The garden of the old town needs wat|';
    const selected = (text: string, start = 71, end = 74) => ({
      text,
      range: { start: { line: 0, character: start }, end: { line: 0, character: end } },
    });
    const context = (info: unknown) => ({ triggerKind: ask.automatic, selectedCompletionInfo: info });

    test('only what extends the selected item comes, in its place', async () => {
      const server = await start();
      const doc = await server.open(source);
      const typed: string[] = [];
      server.engine.wording = (request) => {
        typed.push(request.typed);
        return { text: ' from the silver mountain.', logProbability: -1, complete: true };
      };
      const info = selected('water');
      const [item] = await inline(server, doc, context(info));
      expect(item).toMatchObject({ insertText: 'water from the silver mountain.', range: info.range });
      expect(new Set(typed)).toEqual(new Set(['The garden of the old town needs water']));
      const other = await inline(server, doc, context(selected('waterfalls')));
      expect(other[0]?.insertText).toBe('waterfalls from the silver mountain.');
    });

    test('a suggestion that was shown before stays if the item is on its way', async () => {
      const server = await start();
      const doc = await server.open(prose);
      const [first] = await inline(server, doc);
      const text = String(first?.insertText);
      const [word = ''] = /^ \S+/u.exec(text) ?? [];
      await server.change(doc.uri, 2, word.slice(0, 3), { start: doc.cursor, end: doc.cursor });
      const { line, character } = doc.cursor;
      const cursor = { line, character: character + 3 };
      const range = { start: { line, character: character + 1 }, end: cursor };
      const info = { text: word.trim(), range };
      const [rest] = await inline(server, { ...doc, cursor }, context(info));
      expect(rest).toMatchObject({ insertText: text.slice(1), range });
      expect(server.engine.count('predictNext')).toBe(1);
    });

    test.each([
      ['without a text', { range: selected('water').range }],
      ['elsewhere', selected('water', 0, 3)],
      [
        'over several lines',
        { text: 'water', range: { start: { line: 0, character: 3 }, end: { line: 1, character: 73 } } },
      ],
    ])('none comes for an item %s', async (_, info) => {
      const server = await start();
      const doc = await server.open(`One.\n${source}`);
      expect(await inline(server, doc, context(info))).toEqual([]);
      expect(server.engine.calls).toEqual([]);
    });
  });

  test('typing along a suggestion keeps the rest of it without asking the model again', async () => {
    const server = await start();
    const doc = await server.open(prose);
    const [first] = await inline(server, doc);
    const typed = String(first?.insertText).slice(0, 5);
    await server.change(doc.uri, 2, typed, { start: doc.cursor, end: doc.cursor });
    const cursor = { ...doc.cursor, character: doc.cursor.character + typed.length };
    const [next] = await inline(server, { ...doc, cursor });
    expect(typed + next?.insertText).toBe(first?.insertText);
    expect(server.engine.count('predictNext')).toBe(1);
  });

  test('what the document says already is not said again', async () => {
    const server = await start();
    server.engine.wording = () => ({
      text: 'The river fills the harbor in winter.',
      logProbability: -1,
      complete: true,
    });
    const doc = await server.open(prose);
    expect(await inline(server, doc)).toEqual([]);
    expect(await ideas(server, doc)).toMatchObject({ items: [], silence: expect.stringMatching(/repeats/) });
  });

  test.each([
    ['a line break', 'markdown', 'One line.\nAnother line.'],
    ['a control character', 'plaintext', 'One\u0000line.'],
    ['half a code span', 'markdown', 'One `line.'],
    ['a command', 'latex', 'One \\input{line}.'],
  ])('a wording with %s is not offered', async (_, languageId, text) => {
    const server = await start();
    server.engine.wording = () => ({ text, logProbability: -1, complete: true });
    const doc = await server.open('The river fills the harbor in winter and it is cold.|', languageId);
    expect(await ideas(server, doc)).toMatchObject({ items: [], silence: expect.stringMatching(/markup/) });
  });
});

describe('completion items, for clients without inline completion', () => {
  const capabilities = { ...fullClient, textDocument: { completion: {} } };
  function completion(server: TestServer, doc: { readonly uri: string; readonly cursor: Position }, triggerKind = 1) {
    const params = { textDocument: { uri: doc.uri }, position: doc.cursor, context: { triggerKind } };
    return server.request('textDocument/completion', params) as Promise<CompletionList>;
  }

  test.each([
    ['a sentence’s end', prose],
    ['mid-sentence', 'The river fills the harbor. The garden needs wa|'],
  ])('at %s they insert what ghost text would, in its order', async (_, source) => {
    const server = await start({ capabilities });
    const doc = await server.open(source);
    const { items, isIncomplete } = await completion(server, doc);
    expect(isIncomplete).toBe(true);
    expect(items.length).toBeGreaterThan(0);
    const wanted = await ideas(server, doc);
    const range = { start: doc.cursor, end: doc.cursor };
    expect(items.map(({ textEdit }) => textEdit)).toEqual(
      wanted.items.map(({ insertText }) => ({ range, newText: insertText })),
    );
    const order = items.map(({ sortText }) => sortText);
    expect(order).toEqual([...order].sort());
    // Clients drop items that do not begin with the word before the cursor.
    const word = /[\p{L}]*$/u.exec(doc.text)?.[0] ?? '';
    for (const { filterText } of items) expect(filterText?.startsWith(word)).toBe(true);
  });

  test('there are none where there is no ghost text', async () => {
    const server = await start({ capabilities });
    const doc = await server.open('# Water|');
    expect(await completion(server, doc)).toEqual({ isIncomplete: true, items: [] });
  });

  test('manual suggestions do not come with a typed space', async () => {
    const server = await start({ capabilities, settings: { suggest: { trigger: 'manual' } } });
    const doc = await server.open(prose);
    expect((await completion(server, doc, 2)).items).toEqual([]);
    expect((await completion(server, doc, 1)).items.length).toBeGreaterThan(0);
  });
});

describe('ideas', () => {
  test('carry the version, scores and no reason for silence', async () => {
    const server = await start();
    const doc = await server.open(prose);
    await server.change(doc.uri, 7, doc.text);
    const { version, items, silence } = await ideas(server, doc);
    expect({ version, silence }).toEqual({ version: 7, silence: '' });
    expect(items.length).toBe(3);
    const scores = items.map(({ score }) => score);
    for (const score of scores) expect(score >= 0 && score <= 1).toBe(true);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  test.each([
    [1, 1],
    [5, 5],
    [8, 8],
    [50, 8],
    [2.9, 2],
    [null, 4],
    [undefined, 4],
    [0, 4],
    [-3, 4],
    ['many', 4],
  ])('%j wanted: %j are worked out, where the setting is 4', async (candidates, count) => {
    const server = await start({ settings: { suggest: { candidates: 4 } } });
    const requests = predictions(server);
    const { items } = await ideas(server, await server.open(prose), candidates);
    expect(requests.map((request) => request.count)).toEqual([4 * count]);
    expect(items.length).toBeLessThanOrEqual(count);
  });
});

describe('settings of suggestions', () => {
  test('reach the sampler', async () => {
    const server = await start({ settings: { suggest: { seed: 7, steps: 25, guidanceScale: 3.5 } } });
    const requests = predictions(server);
    await ideas(server, await server.open(prose));
    expect(requests).toMatchObject([{ seed: 7, sampler: { steps: 25, guidanceScale: 3.5 } }]);
  });

  test('left to the bundle they do not', async () => {
    const server = await start();
    const requests = predictions(server);
    await ideas(server, await server.open(prose));
    expect(requests).toMatchObject([{ seed: 0, sampler: {} }]);
  });

  test('the same seed gives the same suggestions, another seed others', async () => {
    const server = await start();
    const doc = await server.open(prose);
    const withSeed = async (seed: number) => {
      server.settings = { suggest: { seed } };
      await server.notify('workspace/didChangeConfiguration', { settings: null });
      return (await ideas(server, doc)).items;
    };
    const first = await withSeed(1);
    expect(first.length).toBe(3);
    expect(await withSeed(2)).not.toEqual(first);
    expect(await withSeed(1)).toEqual(first);
    expect(server.engine.count('predictNext'), 'the first ones were kept').toBe(2);
  });

  test.each([
    ['a goal is encoded and leads them', ' winter on the harbor ', ['winter on the harbor']],
    ['a goal that is no text is none', 7, []],
    ['of an endless goal the start counts', 'w'.repeat(5000), ['w'.repeat(600)]],
  ])('%s', async (_, towards, wanted) => {
    const server = await start();
    const doc = await server.open(prose);
    await server.request('foresay/indexed', { textDocument: { uri: doc.uri } });
    const encoded: string[] = [];
    const encode = server.engine.encode.bind(server.engine);
    server.engine.encode = (sentences, token) => {
      encoded.push(...sentences);
      return encode(sentences, token);
    };
    const params = { textDocument: { uri: doc.uri }, position: doc.cursor, candidates: 2, towards };
    expect(((await server.request('foresay/nextSentences', params)) as NextSentencesResult).items.length).toBe(2);
    expect(encoded.slice(0, wanted.length)).toEqual(wanted);
    expect(encoded.filter((text) => /winter on|ww/.test(text))).toEqual(wanted);
  });

  test('more and less like an idea: both are encoded, what is no text is not', async () => {
    const server = await start();
    const doc = await server.open(prose);
    await server.request('foresay/indexed', { textDocument: { uri: doc.uri } });
    const first = await ideas(server, doc, 2);
    const [liked, unliked] = first.items.map(({ insertText }) => insertText.trim());
    const encoded: string[][] = [];
    const encode = server.engine.encode.bind(server.engine);
    server.engine.encode = (sentences, token) => {
      encoded.push([...sentences]);
      return encode(sentences, token);
    };
    const params = { textDocument: { uri: doc.uri }, position: doc.cursor, candidates: 2 };
    const wishes = { like: [liked, 7, ' '], unlike: [unliked, null], seed: 0 };
    const next = (await server.request('foresay/nextSentences', { ...params, ...wishes })) as NextSentencesResult;
    expect(encoded[0]).toEqual([liked, unliked]);
    const texts = next.items.map(({ insertText }) => insertText.trim());
    expect(texts.length).toBeGreaterThan(0);
    expect(texts).not.toContain(liked);
    expect(texts).not.toContain(unliked);
    expect(await server.request('foresay/nextSentences', { ...params, ...wishes })).toEqual(next);
  });

  test('a seed and a guidance scale of the request hold for it alone; wrong ones ask for nothing', async () => {
    const server = await start({ settings: { suggest: { seed: 5, steps: 4 } } });
    const requests = predictions(server);
    const doc = await server.open(prose);
    const params = { textDocument: { uri: doc.uri }, position: doc.cursor, candidates: 1 };
    for (const wishes of [{ seed: 9, guidanceScale: 1.5 }, { seed: 1.5, guidanceScale: 99 }, {}]) {
      await server.request('foresay/nextSentences', { ...params, ...wishes });
    }
    expect(requests.map(({ seed, sampler }) => [seed, sampler])).toEqual([
      [9, { steps: 4, guidanceScale: 1.5 }],
      [5, { steps: 4 }],
    ]);
  });

  test('an idea tells the section of the sentence it is closest to', async () => {
    const server = await start();
    const { items } = await ideas(server, await server.open(prose));
    expect(items.map(({ heading }) => heading)).toEqual(items.map(() => 'Water'));
  });

  test('a gap needs something that follows', async () => {
    const server = await start();
    const gap = async (source: string) => {
      const doc = await server.open(source, 'markdown', `file:///w/${source.length}.md`);
      const params = { textDocument: { uri: doc.uri }, position: doc.cursor, gap: true };
      return (await server.request('foresay/nextSentences', params)) as NextSentencesResult;
    };
    expect((await gap(prose)).silence).toMatch(/Nothing follows/);
    const filled = await gap(`${prose}\n\nA tap was built at the gate.`);
    expect(filled.items.length).toBeGreaterThan(0);
    expect(server.engine.count('expected')).toBeGreaterThan(0);
  });

  test('a high least score silences, with the reason', async () => {
    const server = await start({ settings: { suggest: { minScore: 1 } } });
    const answer = await ideas(server, await server.open(prose));
    expect(answer).toMatchObject({ items: [], silence: expect.stringContaining('foresay.suggest.minScore') });
  });

  test('automatic requests work out three at most, those that were asked for all', async () => {
    const server = await start({ settings: { suggest: { candidates: 8 } } });
    const requests = predictions(server);
    const doc = await server.open(prose);
    await inline(server, doc, { triggerKind: ask.automatic });
    await inline(server, doc, { triggerKind: ask.invoked });
    expect(requests.map(({ count }) => count)).toEqual([12, 32]);
  });

  test('manual ones come only when asked for', async () => {
    const server = await start({ settings: { suggest: { trigger: 'manual' } } });
    const doc = await server.open(prose);
    expect(await inline(server, doc, { triggerKind: ask.automatic })).toEqual([]);
    expect(server.engine.calls).toEqual([]);
    expect((await inline(server, doc, { triggerKind: ask.invoked })).length).toBe(3);
  });

  test('none comes by itself after a deletion, until something is typed again', async () => {
    const server = await start();
    const doc = await server.open(prose);
    const shorter = { ...doc, text: doc.text.trimEnd().slice(0, -1) };
    await server.change(doc.uri, 2, shorter.text);
    expect(await inline(server, shorter, { triggerKind: ask.automatic })).toEqual([]);
    expect(server.engine.calls).toEqual([]);
    expect((await inline(server, shorter, { triggerKind: ask.invoked })).length).toBe(3);
    const longer = { ...doc, text: `${shorter.text}.` };
    await server.change(doc.uri, 3, longer.text);
    expect((await inline(server, longer, { triggerKind: ask.automatic })).length).toBeGreaterThan(0);
  });

  test('clients that count trigger kinds from zero are understood', async () => {
    const server = await start({ settings: { suggest: { trigger: 'manual' } } });
    const doc = await server.open(prose);
    expect((await inline(server, doc, { triggerKind: 0 })).length).toBe(3);
    expect(await inline(server, doc, { triggerKind: 1 })).toEqual([]);
  });

  test.each([
    ['coc.nvim', 1, 0],
    ['Neovim', 1, 3],
    [undefined, 1, 3],
    ['coc.nvim', 2, 0],
    ['Neovim', undefined, 3],
  ])('the name of the client tells how it counts: %s, %j', async (name, triggerKind, count) => {
    const clientInfo = name === undefined ? undefined : { name };
    const server = await start({ settings: { suggest: { trigger: 'manual' } }, clientInfo });
    expect((await inline(server, await server.open(prose), { triggerKind })).length).toBe(count);
  });
});

describe('answers nobody waits for', () => {
  const stages = ['encode', 'predictNext', 'decode'];

  test.each(stages)('a change during %s makes the answer ContentModified', async (stage) => {
    const server = await start();
    const doc = await server.open(prose);
    const release = server.hold(stage);
    const answer = ideas(server, doc);
    await server.until(() => server.engine.count(stage) === 1);
    await server.change(doc.uri, 2, `${doc.text} More`);
    await expect(answer).rejects.toMatchObject({ code: -32801 });
    release();
    const calls = server.engine.count('decode');
    await server.settled();
    expect(server.engine.count('decode'), 'work given up').toBe(calls);
  });

  test.each(stages)(
    '$/cancelRequest during %s is answered RequestCancelled, and the next one is answered',
    async (stage) => {
      const server = await start();
      const doc = await server.open(prose);
      const release = server.hold(stage);
      const source = new CancellationTokenSource();
      const params = { textDocument: { uri: doc.uri }, position: doc.cursor };
      const answer = server.request('foresay/nextSentences', params, source.token);
      await server.until(() => server.engine.count(stage) === 1);
      source.cancel();
      await expect(answer).rejects.toMatchObject({ code: -32800 });
      release();
      expect((await ideas(server, doc)).items.length).toBe(3);
    },
  );

  test('closing the document drops the answer', async () => {
    const server = await start();
    const doc = await server.open(prose);
    const release = server.hold('predictNext');
    const answer = inline(server, doc);
    await server.until(() => server.engine.count('predictNext') === 1);
    await server.close(doc.uri);
    await expect(answer).rejects.toMatchObject({ code: -32801 });
    release();
  });

  test('a request cancelled before its settings came is not begun', async () => {
    const server = await start();
    const doc = await server.open(prose);
    const source = new CancellationTokenSource();
    const params = { textDocument: { uri: doc.uri }, position: doc.cursor };
    const answer = server.request('foresay/nextSentences', params, source.token);
    source.cancel();
    await expect(answer).rejects.toMatchObject({ code: -32800 });
    expect(server.engine.calls).toEqual([]);
  });
});

describe('requests at the same time', () => {
  const [here, there] = [prose, prose.replace('|', '').replace('winter.', 'winter.|')];
  const isNext = ({ kind }: CodeAction) => kind?.endsWith('.next') === true;
  const actions = async (server: TestServer, { uri, range }: { readonly uri: string } & Marked) => {
    const params = { textDocument: { uri }, range, context: { diagnostics: [], triggerKind: 1 } };
    return (await server.request('textDocument/codeAction', params)) as CodeAction[];
  };
  /** Suggestions that come by themselves: the better of two wordings first, the other behind it. */
  const ghostTexts = 2;
  /** The document, and the same document with the cursor elsewhere. */
  async function twoPlaces(server: TestServer) {
    const doc = await server.open(here);
    return [doc, { ...doc, cursor: unmark(there).cursor }] as const;
  }

  test('for the same place wait for one computation, whoever asks', async () => {
    const server = await start();
    const doc = await server.open(here);
    const release = server.hold('predictNext');
    const listed = ideas(server, doc);
    await server.until(() => server.engine.count('predictNext') === 1);
    const ghost = inline(server, doc, { triggerKind: ask.automatic });
    const offered = actions(server, doc);
    await server.settled();
    release();
    const texts = (await listed).items.map(({ insertText }) => insertText);
    expect(texts.length).toBe(3);
    expect((await ghost).map(({ insertText }) => insertText)).toEqual(texts);
    expect((await offered).filter(isNext).length).toBe(3);
    expect(server.engine.count('predictNext')).toBe(1);
  });

  test('for another number of ideas they do not', async () => {
    const server = await start();
    const doc = await server.open(here);
    const release = server.hold('predictNext');
    const answers = Promise.all([ideas(server, doc), ideas(server, doc, 5)]);
    await server.until(() => server.engine.count('predictNext') === 2);
    release();
    expect((await answers).map(({ items }) => items.length)).toEqual([3, 5]);
  });

  test('one that is cancelled takes nothing from the others', async () => {
    const server = await start();
    const doc = await server.open(here);
    const release = server.hold('predictNext');
    const source = new CancellationTokenSource();
    const params = { textDocument: { uri: doc.uri }, position: doc.cursor };
    const first = server.request('textDocument/inlineCompletion', params, source.token);
    const second = ideas(server, doc);
    await server.settled();
    source.cancel();
    await expect(first).rejects.toMatchObject({ code: -32800 });
    release();
    expect((await second).items.length).toBe(3);
    expect(server.engine.count('predictNext')).toBe(1);
  });

  test('when all are cancelled the computation is given up, and the next request begins anew', async () => {
    const server = await start();
    const doc = await server.open(here);
    const release = server.hold('predictNext');
    const source = new CancellationTokenSource();
    const params = { textDocument: { uri: doc.uri }, position: doc.cursor };
    const methods = ['textDocument/inlineCompletion', 'foresay/nextSentences'];
    const answers = methods.map((method) => server.request(method, params, source.token));
    await server.settled();
    source.cancel();
    const cancelled = { status: 'rejected', reason: expect.objectContaining({ code: -32800 }) };
    expect(await Promise.allSettled(answers)).toEqual([cancelled, cancelled]);
    const again = ideas(server, doc);
    await server.until(() => server.engine.count('predictNext') === 2);
    release();
    expect((await again).items.length).toBe(3);
    expect(server.engine.count('decode'), 'of the first computation').toBe(1);
  });

  test('ghost text for another place ends the one before, of this document only', async () => {
    const server = await start();
    const [first, second] = await twoPlaces(server);
    const other = await server.open('The market was in the old station of the town.|', 'markdown', 'file:///w/b.md');
    const release = server.hold('predictNext');
    const old = inline(server, first, { triggerKind: ask.automatic });
    const elsewhere = inline(server, other, { triggerKind: ask.automatic });
    await server.until(() => server.engine.count('predictNext') === 2);
    const newest = inline(server, second, { triggerKind: ask.automatic });
    await expect(old).rejects.toMatchObject({ code: -32800 });
    release();
    expect((await newest).length).toBe(ghostTexts);
    expect((await elsewhere).length).toBe(ghostTexts);
  });

  test('a completion for another place ends the one before', async () => {
    const server = await start({ capabilities: { ...fullClient, textDocument: { completion: {} } } });
    const [first, second] = await twoPlaces(server);
    const release = server.hold('predictNext');
    const completion = ({ uri, cursor: position }: { readonly uri: string; readonly cursor: Position }) => {
      const context = { triggerKind: 1 };
      return server.request('textDocument/completion', { textDocument: { uri }, position, context });
    };
    const old = completion(first);
    await server.until(() => server.engine.count('predictNext') === 1);
    const newest = completion(second);
    await expect(old).rejects.toMatchObject({ code: -32800 });
    release();
    expect(((await newest) as CompletionList).items.length).toBe(3);
  });

  test('what the writer asked for outlives ghost text elsewhere, also where ghost text had joined it', async () => {
    const server = await start();
    const [first, second] = await twoPlaces(server);
    const release = server.hold('predictNext');
    const offered = actions(server, first);
    const listed = ideas(server, first);
    await server.until(() => server.engine.count('predictNext') === 1);
    const ghost = inline(server, first, { triggerKind: ask.automatic });
    await server.settled();
    const newest = inline(server, second, { triggerKind: ask.automatic });
    await expect(ghost).rejects.toMatchObject({ code: -32800 });
    release();
    expect((await offered).filter(isNext).length).toBe(3);
    expect((await listed).items.length).toBe(3);
    expect((await newest).length).toBe(ghostTexts);
    expect(server.engine.count('predictNext')).toBe(2);
  });

  test('and ends no ghost text', async () => {
    const server = await start();
    const [first, second] = await twoPlaces(server);
    const release = server.hold('predictNext');
    const ghost = inline(server, first, { triggerKind: ask.automatic });
    await server.until(() => server.engine.count('predictNext') === 1);
    const listed = ideas(server, second);
    await server.until(() => server.engine.count('predictNext') === 2);
    release();
    expect((await ghost).length).toBe(ghostTexts);
    expect((await listed).items.length).toBe(3);
  });

  test('a change ends them all', async () => {
    const server = await start();
    const doc = await server.open(here);
    server.hold('predictNext');
    const answers = [inline(server, doc), ideas(server, doc), actions(server, doc)];
    await server.until(() => server.engine.count('predictNext') === 1);
    await server.change(doc.uri, 2, `${doc.text} More`);
    const changed = { status: 'rejected', reason: expect.objectContaining({ code: -32801 }) };
    expect(await Promise.allSettled(answers)).toEqual([changed, changed, changed]);
  });
});

describe('errors of the engine', () => {
  test.each(['encode', 'predictNext', 'decode'])('in %s: an empty answer and a line in the log', async (stage) => {
    const server = await start();
    const doc = await server.open(prose);
    server.engine.onCall = ({ method }) => {
      server.engine.failure = method === stage ? new Error('the graph\nis broken') : undefined;
    };
    expect(await inline(server, doc)).toEqual([]);
    expect(await ideas(server, doc)).toBeNull();
    await server.settled();
    expect(server.logs).toContain(`inlineCompletion ${doc.uri} v1: the graph is broken, 0 ms`);
    expect(server.logs).toContain(`nextSentences ${doc.uri} v1: the graph is broken, 0 ms`);
    server.engine.onCall = () => {};
    server.engine.failure = undefined;
    expect((await inline(server, doc)).length).toBe(3);
  });

  test('no model: empty answers with the reason, nothing in the log of errors', async () => {
    const server = await start();
    const doc = await server.open(prose);
    server.engine.failure = new EngineUnavailableError('The inference host ended twice within a minute.');
    expect(await inline(server, doc)).toEqual([]);
    expect(await ideas(server, doc)).toMatchObject({
      version: 1,
      items: [],
      silence: 'The inference host ended twice within a minute.',
    });
  });

  test('vectors that are missing from an answer do not become a suggestion', async () => {
    const server = await start();
    const doc = await server.open(prose);
    server.engine.plans = () => [];
    expect(await ideas(server, doc)).toMatchObject({ items: [], silence: expect.stringMatching(/./) });
  });
});

test('an accepted suggestion leaves a document that takes the next one', async () => {
  const server = await start();
  const doc = await server.open(prose);
  const [item] = await inline(server, doc);
  if (!item?.range) throw new Error('no suggestion');
  const text = edited(doc.text, { range: item.range, newText: String(item.insertText) });
  await server.change(doc.uri, 2, text);
  const lines = text.split('\n');
  const cursor = { line: lines.length - 1, character: String(lines.at(-1)).length };
  expect((await inline(server, { ...doc, cursor })).length).toBeGreaterThan(0);
});
