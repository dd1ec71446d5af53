/** Diagnostics of repeated ideas: when they come, what they say, and when they go. */
import { expect, test, vi } from 'vitest';
import type { PublishDiagnosticsParams } from 'vscode-languageserver/node';
import { fullClient, type TestServer, useServers } from '../support/serverHarness.ts';

const start = useServers();
const text = [
  'The harbor wall is old and it is broken.',
  '',
  'Nobody bought a ladder in the winter market.',
  'The harbor wall is old and broken, and it is.',
  'The harbor wall is old and it is broken.',
].join('\n');
const on = { diagnostics: { repeats: 'hint' } };

async function open(settings: unknown, capabilities?: object) {
  const server = await start({ settings, ...(capabilities && { capabilities }) });
  const published: PublishDiagnosticsParams[] = [];
  server.client.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.push(params);
  });
  const uri = await server.openText(text, 'plaintext');
  return { server, published, uri };
}

/** Lets the pause after a change pass, and the index follow. */
async function rest(server: TestServer, uri: string): Promise<void> {
  await server.settled();
  vi.advanceTimersByTime(800);
  await server.indexed(uri);
  await server.settled();
}

test('nothing is published unless it is switched on', async () => {
  const { server, published, uri } = await open({});
  await rest(server, uri);
  expect(published).toEqual([]);
});

test('a repeated idea is marked, with the line that said it first', async () => {
  const { server, published, uri } = await open(on);
  await rest(server, uri);
  expect(published).toHaveLength(1);
  expect(published[0]).toMatchObject({ uri, version: 1 });
  const [similar, same] = published[0]?.diagnostics ?? [];
  expect(similar).toMatchObject({
    severity: 4,
    source: 'Foresay',
    code: 'repeats',
    range: { start: { line: 3, character: 0 }, end: { line: 3 } },
    message: expect.stringMatching(/^Line 1 says this already \(similarity 0\.9\d\)\.$/),
  });
  expect(same).toMatchObject({ range: { start: { line: 4 } }, message: 'Line 1 says this word for word.' });
});

test('a client that shows related places gets the earlier sentence as one', async () => {
  const { server, published, uri } = await open(on, {
    ...fullClient,
    textDocument: { ...fullClient.textDocument, publishDiagnostics: { relatedInformation: true } },
  });
  await rest(server, uri);
  expect(published[0]?.diagnostics[0]?.relatedInformation).toEqual([
    {
      location: { uri, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 40 } } },
      message: 'The harbor wall is old and it is broken.',
    },
  ]);
});

test('they follow a change, and go with the last repeat and with the document', async () => {
  const { server, published, uri } = await open(on);
  await rest(server, uri);
  await server.change(uri, 2, text.split('\n').slice(0, 4).join('\n'));
  await rest(server, uri);
  expect(published.at(-1)).toMatchObject({ version: 2, diagnostics: [{ range: { start: { line: 3 } } }] });
  await server.change(uri, 3, 'Nobody bought a ladder in the winter market.');
  await rest(server, uri);
  expect(published.at(-1)).toMatchObject({ version: 3, diagnostics: [] });
  await server.change(uri, 4, text);
  await rest(server, uri);
  await server.close(uri);
  await server.settled();
  expect(published.at(-1)?.diagnostics).toEqual([]);
  expect(published).toHaveLength(5);
});

test('they go when it is switched off', async () => {
  const { server, published, uri } = await open(on);
  await rest(server, uri);
  server.settings = {};
  await server.notify('workspace/didChangeConfiguration', { settings: {} });
  await rest(server, uri);
  expect(published.at(-1)?.diagnostics).toEqual([]);
});
