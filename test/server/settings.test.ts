/** Settings as the editor gives them: per document, pulled or pushed, checked, and what follows from a change. */
import { describe, expect, test } from 'vitest';
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
      return;
    }
    expect(items).toEqual([]);
    expect(silence).toMatch(expected as RegExp);
    expect(server.engine.calls).toEqual([]);
    expect(server.statuses.at(-1)).toMatchObject({ state: 'off', message: silence });
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
