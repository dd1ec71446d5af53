/** Summaries on request: what they cover, what they say, their progress and their cancels. */
import { describe, expect, test } from 'vitest';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import { EngineUnavailableError } from '../../server/src/concepts/engine.ts';
import type { LspRange, SummarizeResult } from '../../server/src/protocol.ts';
import { type Marked, type TestServer, useServers } from '../support/serverHarness.ts';

const start = useServers();
const article = [
  '# Harbor',
  '',
  'The river fills the harbor in winter. A painter came to the harbor in summer. The market is near the station.',
  'The soldier crosses the bridge to the market.',
  '',
  '## Light',
  '',
  'A candle stands in the window. The window is open. The| thunder is far from the valley.',
  '',
  '## Empty',
  '',
  '```',
  'code()',
  '```',
  '',
].join('\n');

type Opened = { readonly uri: string } & Marked;

function summarize(server: TestServer, doc: Opened, more: object = {}, token?: CancellationTokenSource) {
  const params = {
    textDocument: { uri: doc.uri },
    range: doc.range,
    scope: 'section',
    length: { unit: 'sentences', count: 2 },
    ...more,
  };
  return server.request('foresay/summarize', params, token?.token) as Promise<SummarizeResult | null>;
}
function textIn({ text }: Marked, { start, end }: LspRange): string {
  const lines = text.split('\n').slice(start.line, end.line + 1);
  const last = lines.length - 1;
  lines[last] = String(lines[last]).slice(0, end.character);
  lines[0] = String(lines[0]).slice(start.character);
  return lines.join('\n');
}

describe('foresay/summarize', () => {
  test('of a section: its own sentences, each with its source', async () => {
    const server = await start();
    const doc = await server.open(article);
    await server.change(doc.uri, 5, doc.text);
    const result = await summarize(server, doc);
    expect(result).toMatchObject({ version: 5, heading: 'Light', method: 'extractive', sourceWords: 17 });
    expect(result && textIn(doc, result.range).trim()).toMatch(/^A candle .* the valley\.$/);
    expect(result?.sentences.length).toBe(2);
    for (const { text, sources } of result?.sentences ?? []) {
      expect(sources.length).toBeGreaterThan(0);
      for (const source of sources) expect(textIn(doc, source.range)).toBe(source.text);
      expect(sources[0]?.text).toBe(text);
    }
    expect(result?.summaryWords).toBeLessThan(result?.sourceWords ?? 0);
  });

  test('of a selection: the whole sentences it touches', async () => {
    const server = await start();
    const doc = await server.open('The river is long. The har⟦bor is full. The market is op⟧en. The bridge is old.');
    const result = await summarize(server, doc, { scope: 'selection', length: { unit: 'sentences', count: 1 } });
    expect(result && textIn(doc, result.range)).toBe('The harbor is full. The market is open.');
    expect(result?.sentences.length).toBe(1);
  });

  test('planned by the LCM: no more concepts than asked for, sources best first', async () => {
    const server = await start({ settings: { summary: { method: 'lcm' } } });
    const doc = await server.open(article);
    const result = await summarize(server, doc);
    expect(result?.method).toBe('lcm');
    expect(server.engine.count('planSummary')).toBe(1);
    expect(result?.sentences.length).toBeGreaterThan(0);
    expect(result?.sentences.length).toBeLessThanOrEqual(2);
    for (const { sources } of result?.sentences ?? []) {
      const similarities = sources.map(({ similarity }) => similarity);
      expect(similarities.length).toBeGreaterThan(0);
      expect(similarities).toEqual([...similarities].sort((a, b) => b - a));
    }
  });

  test.each([
    ['extractive', 'lcm', 'extractive'],
    ['auto', 'lcm', 'lcm'],
    ['auto', 'extractive', 'extractive'],
    ['lcm', 'extractive', 'lcm'],
  ] as const)('method %j, where the bundle reports %j as better', async (method, summaryDefault, expected) => {
    const server = await start({
      settings: { summary: { method } },
      prepare: (engine) => {
        engine.info = { ...engine.info, summaryDefault };
      },
    });
    const result = await summarize(server, await server.open(article));
    expect(server.engine.count('decode') > 0).toBe(expected === 'lcm');
    expect(result?.method).toBe(expected);
  });

  test.each([
    [null, 3],
    [undefined, 3],
    [1, 1],
    [2.7, 2],
    [0, 3],
    [-4, 3],
    ['two', 3],
    [1000, 4],
  ])('%j sentences wanted, where the setting is 3, gives %j of 4', async (sentences, count) => {
    const server = await start();
    const doc = await server.open(article.replace('|', '').replace('# Harbor', '# Har|bor'));
    expect((await summarize(server, doc, { length: { unit: 'sentences', count: sentences } }))?.sentences.length).toBe(
      count,
    );
  });

  test.each([
    [null, 3],
    ['three', 3],
    [{ unit: 'pages', count: 1 }, 3],
    [{ unit: 'words', count: 12 }, 1],
    [{ unit: 'words', count: 500 }, 4],
    [{ unit: 'percent', count: 25 }, 1],
    [{ unit: 'percent', count: 50 }, 2],
  ])('length %j gives %i of 4', async (length, count) => {
    const server = await start();
    const doc = await server.open(article.replace('|', '').replace('# Harbor', '# Har|bor'));
    expect((await summarize(server, doc, { length }))?.sentences.length).toBe(count);
  });

  test.each([
    ['section', 'Harbor', 4],
    ['subtree', 'Harbor', 6],
    ['document', 'Harbor', 6],
    ['no such scope', 'Harbor', 4],
  ])('of a %s: what is in it', async (scope, heading, sentences) => {
    const server = await start();
    const doc = await server.open(article.replace('|', '').replace('# Harbor', '# Har|bor'));
    const result = await summarize(server, doc, { scope, length: { unit: 'sentences', count: 30 } });
    expect(result?.heading).toBe(heading);
    expect(result?.sentences.length).toBe(sentences);
  });

  test.each([
    ['without prose', article.replace('|', '').replace('code()', 'co|de()')],
    ['empty', '|'],
  ])('a section %s has none', async (_, source) => {
    const server = await start();
    const doc = await server.open(source);
    expect(await summarize(server, doc)).toBeNull();
    expect(server.progress.size).toBe(0);
    expect(server.engine.calls).toEqual([]);
  });

  test('no model: no summary, and nothing is lost', async () => {
    const server = await start();
    const doc = await server.open(article);
    server.engine.failure = new EngineUnavailableError('no bundle');
    expect(await summarize(server, doc)).toBeNull();
    server.engine.failure = undefined;
    expect((await summarize(server, doc))?.sentences.length).toBe(2);
  });
});

describe('progress', () => {
  test('goes to the token that the client gave', async () => {
    const server = await start();
    const doc = await server.open(article);
    await summarize(server, doc, { workDoneToken: 'mine' });
    await server.settled();
    expect([...server.progress.keys()]).toEqual(['mine']);
    const values = server.progress.get('mine') ?? [];
    expect(values[0]).toMatchObject({ kind: 'begin', title: 'Foresay: summarising', percentage: 0, cancellable: true });
    expect(values.at(-1)).toEqual({ kind: 'end' });
  });

  test('without one it is started by the server, and only grows', async () => {
    const server = await start({ settings: { summary: { method: 'lcm' } } });
    const doc = await server.open(article);
    await summarize(server, doc);
    await server.settled();
    const [values = []] = [...server.progress.values()];
    const shares = values.flatMap(({ percentage }) => (typeof percentage === 'number' ? [percentage] : []));
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(values.map(({ message }) => message)).toEqual(expect.arrayContaining(['Reading…', 'Planning…', 'Wording…']));
  });

  test.each([
    ['refuses it', { refusesProgress: true }],
    ['has none', { capabilities: {} }],
  ])('a client that %s gets its summary all the same', async (_, setup) => {
    const server = await start(setup);
    const doc = await server.open(article);
    expect((await summarize(server, doc))?.sentences.length).toBe(2);
    expect(server.progress.size).toBe(0);
  });

  test('while it lasts the status says so', async () => {
    const server = await start();
    const doc = await server.open(article);
    const release = server.hold('encode');
    const answer = summarize(server, doc);
    await server.until(() => server.statuses.at(-1)?.message === 'Summarising…');
    release();
    await answer;
    await server.settled();
    expect(server.statuses.at(-1)).toMatchObject({ state: 'ready', message: '' });
  });
});

describe('cancelling', () => {
  test.each(['encode', 'planSummary', 'decode'])('by $/cancelRequest during %s ends it at once', async (stage) => {
    const server = await start({ settings: { summary: { method: 'lcm' } } });
    const doc = await server.open(article);
    const release = server.hold(stage);
    const source = new CancellationTokenSource();
    const answer = summarize(server, doc, { workDoneToken: 'mine' }, source);
    await server.until(() => server.engine.count(stage) === 1);
    source.cancel();
    await expect(answer).rejects.toMatchObject({ code: -32800 });
    expect(server.progress.get('mine')?.at(-1)).toEqual({ kind: 'end' });
    release();
    expect((await summarize(server, doc))?.method).toBe('lcm');
  });

  test('in the editor’s progress ends it too', async () => {
    const server = await start();
    const doc = await server.open(article);
    server.hold('encode');
    const answer = summarize(server, doc);
    await server.until(() => server.engine.count('encode') === 1 && server.progress.size === 1);
    const [token] = server.progress.keys();
    await server.notify('window/workDoneProgress/cancel', { token });
    await expect(answer).rejects.toMatchObject({ code: -32800 });
  });

  test('a change makes the answer ContentModified', async () => {
    const server = await start();
    const doc = await server.open(article);
    const release = server.hold('encode');
    const answer = summarize(server, doc);
    await server.until(() => server.engine.count('encode') === 1);
    await server.change(doc.uri, 2, 'Something else is here now.');
    await server.settled();
    release();
    await expect(answer).rejects.toMatchObject({ code: -32801 });
  });
});
