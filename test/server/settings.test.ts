/** Settings as the editor gives them: per document, pulled or pushed, checked, and what follows from a change. */
import { describe, expect, test, vi } from 'vitest';
import type { NextSentencesResult } from '../../server/src/protocol.ts';
import { fullClient, type Marked, type TestServer, useServers } from '../support/serverHarness.ts';

const start = useServers();
const prose = 'The river fills the harbor in winter. The garden needs the rain of the summer and it is dry.|';
const pushing = { ...fullClient, workspace: {} };

function ideas(server: TestServer, doc: { readonly uri: string } & Marked) {
  const params = { textDocument: { uri: doc.uri }, position: doc.cursor };
  return server.request('foresay/nextSentences', params) as Promise<NextSentencesResult>;
}
const changed = (server: TestServer, settings: unknown = null) =>
  server.notify('workspace/didChangeConfiguration', { settings });

describe('where Foresay is on', () => {
  test.each([
    [{}, 'markdown', 'file:///w/a.md', true],
    [{ enable: { '*': true, markdown: false } }, 'markdown', 'file:///w/a.md', /markdown \(foresay\.enable\)/],
    [{ enable: { '*': false } }, 'markdown', 'file:///w/a.md', /foresay\.enable/],
    [{ enable: { '*': false, latex: true } }, 'latex', 'file:///w/a.tex', true],
    [{ exclude: ['**/CHANGELOG.md'] }, 'markdown', 'file:///w/CHANGELOG.md', /CHANGELOG\.md \(foresay\.exclude\)/],
    [{ exclude: ['drafts/**'] }, 'markdown', 'file:///w/drafts/b.md', /drafts/],
    [{ exclude: ['drafts/**'] }, 'markdown', 'file:///w/b.md', true],
    [{ exclude: ['*.md'] }, 'plaintext', 'untitled:Untitled-1', true],
  ])('%j, %s, %s: %s', async (settings, languageId, uri, expected) => {
    const server = await start({ settings });
    const doc = await server.open(prose, languageId, uri);
    const { items, silence } = await ideas(server, doc);
    await server.settled();
    if (expected === true) {
      expect(items.length).toBe(3);
      expect(server.statuses.at(-1)?.state).toBe('ready');
      expect(server.statuses.at(-1)).not.toHaveProperty('offDocuments');
      return;
    }
    expect(items).toEqual([]);
    expect(silence).toMatch(expected as RegExp);
    expect(server.engine.calls).toEqual([]);
    expect(server.statuses.at(-1)?.offDocuments).toEqual({ [uri]: silence });
    await expect(server.indexed(uri)).rejects.toMatchObject({ code: -32803, message: silence });
  });

  test('is asked for each document by its uri', async () => {
    const server = await start({
      settings: (scope?: string) => (scope?.endsWith('b.md') ? { enable: { '*': false } } : {}),
    });
    const on = await server.open(prose);
    const off = await server.open(prose, 'markdown', 'file:///w/b.md');
    expect((await ideas(server, on)).items.length).toBe(3);
    expect((await ideas(server, off)).items).toEqual([]);
    expect((await ideas(server, on)).items.length).toBe(3);
  });

  test('the status says which of the open documents are off, until they are closed or on again', async () => {
    const server = await start({ settings: { exclude: ['b.md', 'c.md'] } });
    const documents = ['a', 'b', 'c'].map((name) => server.openText('The river.', 'markdown', `file:///w/${name}.md`));
    const [, b = '', c = ''] = await Promise.all(documents);
    await server.settled();
    vi.advanceTimersByTime(250);
    const off = () => server.statuses.at(-1)?.offDocuments ?? {};
    await server.until(() => Object.keys(off()).length === 2);
    expect(off()).toEqual({
      [b]: 'This file is excluded by b.md (foresay.exclude).',
      [c]: 'This file is excluded by c.md (foresay.exclude).',
    });
    expect(server.statuses.at(-1)?.state).not.toBe('off');
    await server.close(b);
    await server.settled();
    expect(Object.keys(off())).toEqual([c]);
    server.settings = {};
    await changed(server);
    await server.settled();
    vi.advanceTimersByTime(250);
    await server.until(() => Object.keys(off()).length === 0);
  });

  test('everywhere off: the status says so from the start, and no document is read', async () => {
    const server = await start({ settings: { enable: { '*': false } } });
    await server.until(() => server.statuses.at(-1)?.state === 'off');
    expect(server.statuses.at(-1)?.message).toBe('Switched off (foresay.enable).');
  });

  test('switching it on again is heard', async () => {
    const server = await start({ settings: { enable: { '*': false } } });
    const doc = await server.open(prose);
    expect((await ideas(server, doc)).items).toEqual([]);
    server.settings = {};
    await changed(server);
    expect((await ideas(server, doc)).items.length).toBe(3);
    await server.settled();
    expect(server.statuses.at(-1)?.state).toBe('ready');
  });
});

describe('wrong settings', () => {
  test('are named once, with what was expected and found, and their defaults hold', async () => {
    const server = await start({ settings: { suggest: { candidates: 99, steps: 30 }, provider: 'quantum' } });
    const doc = await server.open(prose);
    expect((await ideas(server, doc)).items.length).toBe(3);
    await server.settled();
    expect(server.messages).toEqual([
      { type: 2, message: expect.stringMatching(/^foresay\.suggest\.candidates: expected .* 1 to 8, found 99;/) },
      { type: 2, message: expect.stringMatching(/^foresay\.suggest\.steps: expected a divisor of 100.*, found 30;/) },
      { type: 2, message: expect.stringMatching(/^foresay\.provider: expected one of auto, .*, found "quantum";/) },
    ]);
    expect(server.configs).toEqual([{ bundlePath: '', provider: 'auto' }]);
  });

  test.each([null, 'x', 3, [], [[]], { suggest: 7, summary: null, enable: [] }])(
    '%j does no harm',
    async (settings) => {
      const server = await start({ settings });
      expect((await ideas(server, await server.open(prose))).items.length).toBe(3);
    },
  );

  test('a client that fails to answer is told, and the defaults hold', async () => {
    const server = await start({
      settings: () => {
        throw new Error('no settings today');
      },
    });
    expect((await ideas(server, await server.open(prose))).items.length).toBe(3);
    expect(server.messages[0]).toMatchObject({ type: 2, message: expect.stringContaining('no settings today') });
  });
});

describe('a client that does not answer', () => {
  const noAnswer = new Promise<never>(() => {});
  const patience = 2000;

  test('is waited for a little; then what it gave before holds, which the log says once', async () => {
    const starting = start({
      settings: () => noAnswer,
      initializationOptions: { settings: { bundlePath: '/mine', enable: { latex: false } } },
    });
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
    vi.advanceTimersByTime(patience);
    const server = await starting;
    expect(server.configs).toEqual([{ bundlePath: '/mine', provider: 'auto' }]);
    const doc = await server.open(prose);
    const off = await server.open(prose, 'latex', 'file:///w/b.tex');
    const answers = [ideas(server, doc), ideas(server, off)];
    await server.settled();
    expect(server.engine.calls).toEqual([]);
    vi.advanceTimersByTime(patience);
    expect((await Promise.all(answers)).map(({ items }) => items.length)).toEqual([3, 0]);
    await server.settled();
    expect(server.logs.filter((line) => /workspace\/configuration/.test(line))).toEqual([
      'workspace/configuration: no answer for 2000 ms; going on without, until it comes',
    ]);
    expect(server.messages).toEqual([]);
  });

  test('and answers in the end is heard: for the document and for the engine', async () => {
    const server = await start();
    const doc = await server.open(prose);
    expect((await ideas(server, doc)).items.length).toBe(3);
    let answer: (settings: unknown) => void = () => {};
    const late = new Promise((resolve) => {
      answer = resolve;
    });
    server.settings = () => late;
    await changed(server);
    const first = ideas(server, doc);
    await server.settled();
    vi.advanceTimersByTime(patience);
    expect((await first).items.length).toBe(3);
    answer({ bundlePath: '/late', enable: { markdown: false } });
    await server.until(() => server.configs.length === 2);
    expect(server.configs[1]?.bundlePath).toBe('/late');
    expect((await ideas(server, doc)).silence).toMatch(/markdown/);
  });
});

describe('clients that are not asked', () => {
  test('give them at initialization', async () => {
    const server = await start({
      capabilities: pushing,
      initializationOptions: { settings: { bundlePath: '/mine', enable: { latex: false } } },
    });
    expect(server.configs).toEqual([{ bundlePath: '/mine', provider: 'auto' }]);
    expect((await ideas(server, await server.open(prose, 'latex'))).silence).toMatch(/latex/);
  });

  test('push changes', async () => {
    const server = await start({ capabilities: pushing });
    const doc = await server.open(prose);
    expect((await ideas(server, doc)).items.length).toBe(3);
    await changed(server, { foresay: { enable: { '*': false } } });
    expect((await ideas(server, doc)).items).toEqual([]);
    await changed(server, { editor: { fontSize: 12 } });
    expect((await ideas(server, doc)).items, 'a change of something else').toEqual([]);
  });

  test.each([undefined, null, 3, 'settings', { settings: 4 }])(
    'initialization options %j do no harm',
    async (options) => {
      const server = await start({ capabilities: pushing, initializationOptions: options });
      expect((await ideas(server, await server.open(prose))).items.length).toBe(3);
    },
  );
});

describe('the engine', () => {
  test('stays when other settings change', async () => {
    const server = await start({ settings: { suggest: { candidates: 2 } } });
    server.settings = { suggest: { candidates: 5 }, exclude: ['x'] };
    await changed(server);
    await server.settled();
    expect(server.engines.length).toBe(1);
  });

  test.each([{ bundlePath: '/other' }, { provider: 'cpu' }])('is another when %j is set', async (settings) => {
    const server = await start();
    const doc = await server.open(prose);
    await server.indexed(doc.uri);
    server.settings = settings;
    await changed(server);
    await server.until(() => server.engines.length === 2);
    expect(server.configs[1]).toEqual({ bundlePath: '', provider: 'auto', ...settings });
    expect(server.engines[0]?.disposed).toBe(1);
    expect((await ideas(server, doc)).items.length).toBe(3);
    expect(server.engines[1]?.count('predictNext')).toBe(1);
  });
});
