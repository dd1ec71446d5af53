/** What follows the suggestion that is shown, or a sentence that was just finished: worked out before it is asked for. */
import { describe, expect, test } from 'vitest';
import type { InlineCompletionItem, Position } from 'vscode-languageserver/node';
import { type TestServer, useServers } from '../support/serverHarness.ts';

const start = useServers();
const prose = 'The river fills the harbor in winter. The garden needs the rain of the summer and it is dry.|';
const automatic = { triggerKind: 2 };

type Open = { readonly uri: string; readonly cursor: Position };

function inline(server: TestServer, { uri, cursor }: Open) {
  const params = { textDocument: { uri }, position: cursor, context: automatic };
  return server.request('textDocument/inlineCompletion', params) as Promise<InlineCompletionItem[]>;
}
const behind = ({ line, character }: Position, text: string): Position => ({
  line,
  character: character + text.length,
});
const foreseen = ({ logs }: TestServer) => logs.filter((line) => line.startsWith('foresee '));

/** A document whose ghost text is shown, and what it says. */
async function shown(server: TestServer) {
  const doc = await server.open(prose);
  const [first] = await inline(server, doc);
  return { doc, text: String(first?.insertText) };
}

describe('what follows the suggestion', () => {
  test('is there at once when that was accepted', async () => {
    const server = await start();
    const { doc, text } = await shown(server);
    await server.until(() => foreseen(server).length === 1);
    await server.change(doc.uri, 2, text, { start: doc.cursor, end: doc.cursor });
    const next = await inline(server, { ...doc, cursor: behind(doc.cursor, text) });
    expect(next.length).toBeGreaterThan(0);
    expect([server.engine.count('predictNext'), server.engine.count('decode')]).toEqual([1, 1]);
  });

  test('is what it would have been without', async () => {
    const texts = async (prefetch: boolean) => {
      const server = await start({ settings: { suggest: { prefetch } } });
      const { doc, text } = await shown(server);
      if (prefetch) await server.until(() => foreseen(server).length === 1);
      await server.settled();
      expect(foreseen(server).length).toBe(prefetch ? 1 : 0);
      await server.change(doc.uri, 2, text, { start: doc.cursor, end: doc.cursor });
      const next = await inline(server, { ...doc, cursor: behind(doc.cursor, text) });
      return next.map(({ insertText }) => insertText);
    };
    const ahead = await texts(true);
    expect(ahead.length).toBeGreaterThan(0);
    expect(await texts(false)).toEqual(ahead);
  });

  test('is waited for where it is still under way, and worked out once', async () => {
    const server = await start();
    const { doc, text } = await shown(server);
    const release = server.hold('predictNext');
    await server.until(() => server.engine.count('predictNext', true) === 1);
    // In two bites, as by accepting a word and then the rest.
    await server.change(doc.uri, 2, text.slice(0, 6), { start: doc.cursor, end: doc.cursor });
    const cursor = behind(doc.cursor, text.slice(0, 6));
    await server.change(doc.uri, 3, text.slice(6), { start: cursor, end: cursor });
    const answer = inline(server, { ...doc, cursor: behind(cursor, text.slice(6)) });
    await server.settled();
    release();
    expect((await answer).length).toBeGreaterThan(0);
    expect(server.engine.count('predictNext')).toBe(1);
  });

  test('where nothing does, that is not worked out again, and its reason is told', async () => {
    const server = await start();
    server.engine.wording = ({ background }) => ({
      text: background ? 'Half `a span.' : 'The silver mountain rose.',
      logProbability: -1,
      complete: true,
    });
    const { doc, text } = await shown(server);
    await server.until(() => foreseen(server).length === 1);
    await server.change(doc.uri, 2, text, { start: doc.cursor, end: doc.cursor });
    expect(await inline(server, { ...doc, cursor: behind(doc.cursor, text) })).toEqual([]);
    expect(server.engine.count('predictNext')).toBe(1);
    await server.settled();
    expect(server.statuses.at(-1)?.lastSilence).toMatch(/No wording made/);
  });

  test('is not worked out again while the suggestion is typed', async () => {
    const server = await start();
    const { doc, text } = await shown(server);
    await server.until(() => foreseen(server).length === 1);
    await server.change(doc.uri, 2, text.slice(0, 4), { start: doc.cursor, end: doc.cursor });
    const [rest] = await inline(server, { ...doc, cursor: behind(doc.cursor, text.slice(0, 4)) });
    expect(rest?.insertText).toBe(text.slice(4));
    await server.settled();
    expect(server.engine.count('predictNext', true)).toBe(1);
  });
});

describe('it is given up', () => {
  const ways: Record<string, (server: TestServer, doc: Open) => Promise<unknown>> = {
    'when something else is typed': (server, { uri, cursor }) =>
      server.change(uri, 2, ' Not this.', { start: cursor, end: cursor }),
    'when text is taken away': (server, { uri, cursor }) =>
      server.change(uri, 2, '', { start: { line: 0, character: 3 }, end: cursor }),
    'when another document is typed in': async (server) => {
      const other = await server.open('The market|', 'markdown', 'file:///w/b.md');
      await server.change(other.uri, 2, ' is', { start: other.cursor, end: other.cursor });
    },
    'when the document is closed': (server, { uri }) => server.close(uri),
    'when ideas are asked for': (server, { uri }) =>
      server.request('foresay/nextSentences', { textDocument: { uri }, position: { line: 0, character: 37 } }),
    'when a summary is asked for': (server, { uri, cursor }) =>
      server.request('foresay/summarize', {
        textDocument: { uri },
        range: { start: cursor, end: cursor },
        scope: 'section',
        sentences: 1,
      }),
  };
  test.each(Object.entries(ways))('%s', async (_, way) => {
    const server = await start();
    server.engine.held = new Set(['predictNext']);
    server.engine.onCall = ({ background }) => {
      if (background) server.engine.gate = new Promise(() => {});
    };
    const { doc } = await shown(server);
    await server.settled();
    expect(server.engine.count('predictNext', true)).toBe(1);
    server.engine.gate = undefined;
    server.engine.onCall = () => {};
    await way(server, doc);
    await server.settled();
    expect(server.engine.count('decode', true)).toBe(0);
    expect(foreseen(server)).toEqual([]);
    expect(server.errors).toEqual([]);
  });
});

test('nothing is worked out ahead while something else is, nor where that is switched off', async () => {
  const server = await start();
  const { uri } = await server.open('The market was in the old station of the town.|', 'markdown', 'file:///w/b.md');
  const release = server.hold('planSummary', 'encode');
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  const summary = server.request('foresay/summarize', { textDocument: { uri }, range, scope: 'section', sentences: 1 });
  await server.until(() => server.statuses.at(-1)?.state === 'working');
  server.engine.held = new Set(['planSummary']);
  release();
  await summary;
  const off = await start({ settings: { suggest: { prefetch: false } } });
  await shown(off);
  await off.settled();
  expect(off.engine.count('predictNext', true)).toBe(0);
});

test('a failure of it is no more than a line in the log', async () => {
  const server = await start();
  server.engine.onCall = ({ background }) => {
    server.engine.failure = background ? new Error('the graph is broken') : undefined;
  };
  const { doc } = await shown(server);
  await server.until(() => server.errors.length > 0);
  expect(server.errors).toEqual([`foresee ${doc.uri}: the graph is broken`]);
  server.engine.onCall = () => {};
  server.engine.failure = undefined;
});

describe('what follows a finished sentence', () => {
  const type = (server: TestServer, { uri, cursor }: Open, version: number, text: string) =>
    server.change(uri, version, text, { start: cursor, end: cursor });
  const worded = ({ engine }: TestServer) => engine.count('decode');

  /** A document whose last sentence has no end yet, in which the editor has asked by itself. */
  async function asked(setup?: Parameters<typeof start>[0]) {
    const server = await start(setup);
    const doc = await server.open(prose.replace('.|', '|'));
    await inline(server, doc);
    await server.settled();
    return { server, doc, before: worded(server) };
  }

  test('is there when the editor asks, as it would have been without', async () => {
    const texts = async (prefetch: boolean) => {
      const { server, doc, before } = await asked({ settings: { suggest: { prefetch } } });
      await type(server, doc, 2, '.');
      if (prefetch) await server.until(() => worded(server) === before + 1);
      await server.settled();
      expect(worded(server)).toBe(before + (prefetch ? 1 : 0));
      const next = await inline(server, { ...doc, cursor: behind(doc.cursor, '.') });
      expect(worded(server)).toBe(before + 1);
      return next.map(({ insertText }) => insertText);
    };
    const begun = await texts(true);
    expect(begun.length).toBeGreaterThan(0);
    expect(await texts(false)).toEqual(begun);
  });

  test('goes on while a space is typed, and is waited for', async () => {
    const { server, doc, before } = await asked();
    const release = server.hold('decode');
    await type(server, doc, 2, '.');
    await server.until(() => worded(server) === before + 1);
    await type(server, { ...doc, cursor: behind(doc.cursor, '.') }, 3, ' ');
    const answer = inline(server, { ...doc, cursor: behind(doc.cursor, '. ') });
    await server.settled();
    release();
    const [first] = await answer;
    expect(first?.insertText).toMatch(/^\S/);
    expect(worded(server)).toBe(before + 1);
  });

  test('does not give way to the reading of the sentence', async () => {
    const { server, doc, before } = await asked();
    const release = server.hold('decode');
    await type(server, doc, 2, '.');
    await server.until(() => worded(server) === before + 1);
    await server.indexed(doc.uri);
    const answer = inline(server, { ...doc, cursor: behind(doc.cursor, '.') });
    await server.settled();
    release();
    expect((await answer).length).toBeGreaterThan(0);
    expect(worded(server)).toBe(before + 1);
  });

  test('is given up when another sentence is begun', async () => {
    const { server, doc } = await asked();
    server.hold('predictNext');
    await type(server, doc, 2, '.');
    await server.until(() => server.engine.calls.at(-1)?.method === 'predictNext');
    const before = worded(server);
    await type(server, { ...doc, cursor: behind(doc.cursor, '.') }, 3, ' T');
    await server.settled();
    server.engine.gate = undefined;
    await server.settled();
    expect(worded(server)).toBe(before);
    expect(server.errors).toEqual([]);
  });

  test('is begun once for each time that the editor asks', async () => {
    const { server, doc, before } = await asked();
    await type(server, doc, 2, '.');
    await server.until(() => worded(server) === before + 1);
    await type(server, { ...doc, cursor: behind(doc.cursor, '.') }, 3, ' It is so.');
    await server.settled();
    expect(worded(server)).toBe(before + 1);
  });

  test.each<[string, object, string]>([
    ['an abbreviation', {}, ' e.g.'],
    ['a word', {}, ' too'],
    ['where it is switched off', { suggest: { prefetch: false } }, '.'],
    ['where ideas come only when asked for', { suggest: { trigger: 'manual' } }, '.'],
    ['where Foresay is off', { enable: { '*': false } }, '.'],
  ])('nothing is begun: %s', async (_, settings, text) => {
    const { server, doc, before } = await asked({ settings });
    await type(server, doc, 2, text);
    await server.settled();
    expect(worded(server)).toBe(before);
  });

  test('nothing is begun for an editor that has not asked by itself', async () => {
    const server = await start();
    const doc = await server.open(prose.replace('.|', '|'));
    await type(server, doc, 2, '.');
    await server.settled();
    expect(worded(server)).toBe(0);
  });
});
