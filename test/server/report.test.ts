/** The concept report: a virtual document that the server writes, and calls outdated when its document changes. */
import { expect, test, vi } from 'vitest';
import { fullClient, type TestServer, useServers } from '../support/serverHarness.ts';

const start = useServers();
const uri = 'file:///w/the%20harbor.md';
const report = `foresay-report:/Report.foresay-report?${encodeURIComponent(uri)}`;
const text = [
  'The harbor wall is old and it is broken.',
  '',
  '# Kitchen',
  '',
  'Bread needs flour. Bread needs flour and salt. The harbor wall is old and it is broken.',
  '',
].join('\n');

async function read(server: TestServer, of = report): Promise<string> {
  const answer = await server.request('workspace/textDocumentContent', { uri: of });
  return (answer as { text: string }).text;
}

test('it tells of each section what it is about, what has been said before, and what a summary would say', async () => {
  const server = await start();
  await server.openText(text, 'markdown', uri);
  expect(server.capabilities.workspace?.textDocumentContent).toEqual({ schemes: ['foresay-report'] });
  expect((await read(server)).split('\n')).toEqual([
    '# the harbor.md',
    '',
    '4 sentences, sections: 2, topics: 2, jumps: 0, repeated ideas: 1',
    'Similarity in meaning: 1.00 is the same, 0.00 is unrelated.',
    'New: how far a topic is from the nearest one before it.',
    '',
    '## Before the first heading  L1',
    '  1 sentence',
    '',
    '  What it is about',
    '    L1      “The harbor wall is old and it is broken.”',
    '            1 sentence',
    '',
    '  What a summary would say',
    '    L1      “The harbor wall is old and it is broken.”',
    '',
    '## Kitchen  L3',
    '  3 sentences',
    '',
    '  What it is about',
    expect.stringMatching(/^ {4}L5 {6}“Bread needs flour( and salt)?\.”$/),
    expect.stringMatching(/^ {12}3 sentences, holds together 0\.\d\d, new 0\.\d\d$/),
    '',
    '  What has been said before',
    '    L5      1.00 “The harbor wall is old and it is broken.”',
    '  = L1      “The harbor wall is old and it is broken.”',
    '',
    '  What a summary would say',
    expect.stringMatching(/^ {4}L5 {6}“.*”$/),
    '',
  ]);
});

test('a long section that jumps is told where', async () => {
  const server = await start();
  const lines = Array.from({ length: 12 }, (_, i) => `The harbor wall of year ${i} is old and broken.`);
  lines.splice(6, 0, 'A violin teacher paints purple candles overnight.');
  await server.openText(lines.join('\n'), 'plaintext', uri);
  expect(await read(server)).toMatch(
    / {2}Where it jumps\n {4}L\d+ +0\.\d\d “(A violin teacher|The harbor wall of year 6)/,
  );
});

/** A server, the reports it calls outdated, and what lets it read the document after an edit. */
async function followed() {
  const server = await start({
    capabilities: { ...fullClient, workspace: { ...fullClient.workspace, textDocumentContent: {} } },
  });
  const outdated: unknown[] = [];
  server.client.onRequest('workspace/textDocumentContent/refresh', (params) => {
    outdated.push(params);
    return null;
  });
  const rest = async () => {
    await server.settled();
    vi.advanceTimersByTime(800);
    await server.indexed(uri);
    await server.settled();
  };
  return { server, outdated, rest };
}

test('it is called outdated once the document has been read anew, and only if somebody has it', async () => {
  const { server, outdated, rest } = await followed();
  await server.openText(text, 'markdown', uri);
  await rest();
  expect(outdated).toEqual([]);
  await read(server);
  await server.change(uri, 2, `${text}Ovens are hot.`);
  await rest();
  expect(outdated).toEqual([{ uri: report }]);
  // Not shown any more: not read, and not called outdated again.
  await server.change(uri, 3, `${text}Ovens are hot. They bake bread.`);
  await rest();
  expect(outdated).toHaveLength(1);
  expect(await read(server)).toMatch(/^6 sentences/m);
});

test('one that is asked for while its document is read is not called outdated by that, but by the next edit', async () => {
  const { server, outdated, rest } = await followed();
  const release = server.hold('encode');
  await server.openText(text, 'markdown', uri);
  const answer = read(server);
  await server.until(() => server.engine.count('encode') > 0);
  release();
  await answer;
  await rest();
  expect(outdated).toEqual([]);
  await server.change(uri, 2, `${text}Ovens are hot.`);
  await rest();
  expect(outdated).toEqual([{ uri: report }]);
});

test('an edit while it is written starts it anew', async () => {
  const server = await start();
  const release = server.hold('encode');
  await server.openText(text, 'markdown', uri);
  const answer = read(server);
  await server.until(() => server.engine.count('encode') > 0);
  await server.change(uri, 2, 'Another text stands here.');
  await server.settled();
  release();
  expect(await answer).toMatch(/“Another text stands here\.”/);
});

test('without its document it says so; of one that is switched off, why there is none', async () => {
  const server = await start({ settings: { enable: { '*': true, plaintext: false } } });
  expect(await read(server)).toMatch(/is not open/);
  expect(await read(server, 'foresay-report:/nothing')).toMatch(/is not open/);
  expect(await read(server, 'foresay-report:/x?%zz')).toMatch(/is not open/);
  await server.openText(text, 'plaintext', uri);
  expect(await read(server)).toMatch(/Switched off for plaintext/);
});
