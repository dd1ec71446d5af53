/** Summaries in the text that are out of date: a lens over each, and the edit that makes them again. */
import { describe, expect, test } from 'vitest';
import {
  CancellationTokenSource,
  type CodeAction,
  type CodeLens,
  CodeLensRefreshRequest,
  type TextDocumentEdit,
} from 'vscode-languageserver/node';
import { EngineUnavailableError } from '../../server/src/concepts/engine.ts';
import type { RefreshSummariesResult, SummarizeResult } from '../../server/src/protocol.ts';
import { edited, fullClient, type TestServer, useServers } from '../support/serverHarness.ts';

const start = useServers();
const article = [
  '# Harbor',
  '',
  'The river fills the harbor in winter. A painter came to the harbor in summer. The market is near the station.',
  'The soldier crosses the bridge to the market.',
  '',
  '## Light',
  '',
  'A candle stands in the window at night. The window is open to the sea. The thunder is far from the valley.',
  '',
].join('\n');

/** The article with a summary of one sentence in each section, as the server puts it there. */
async function opened(server: TestServer, ...lines: number[]) {
  const uri = await server.openText(article);
  let text = article;
  let version = 1;
  for (const line of lines) {
    const at = { line, character: 0 };
    const length = { unit: 'sentences', count: 1 };
    const params = { textDocument: { uri }, range: { start: at, end: at }, scope: 'section', length };
    const { places } = (await server.request('foresay/summarize', params)) as SummarizeResult;
    const place = places.find(({ placement }) => placement === 'before');
    if (!place) throw new Error('no place');
    text = edited(text, place.edit);
    await server.change(uri, ++version, text);
  }
  return { uri, text, version };
}
const lenses = (server: TestServer, uri: string) =>
  server.request('textDocument/codeLens', { textDocument: { uri } }) as Promise<CodeLens[]>;
const refresh = (server: TestServer, uri: string, more: object = {}, token?: CancellationTokenSource) =>
  server.request(
    'foresay/refreshSummaries',
    { textDocument: { uri }, ...more },
    token?.token,
  ) as Promise<RefreshSummariesResult>;
const allEdits = (text: string, { edits }: RefreshSummariesResult) =>
  // From the end, so that the places of the others hold.
  [...edits].reverse().reduce((before, edit) => edited(before, edit), text);

describe('the lens', () => {
  test('comes when the text of a section has changed since, over the summary of that section alone', async () => {
    const server = await start();
    const { uri, text, version } = await opened(server, 7, 2);
    const plansBefore = server.engine.count('planSummary');
    expect(await lenses(server, uri)).toEqual([]);
    const changed = text.replaceAll('at night', 'by day');
    await server.change(uri, version + 1, changed);
    const found = await lenses(server, uri);
    const line = changed.split('\n').findIndex((each, i) => i > 10 && each.startsWith('<!-- foresay:summary'));
    expect(found).toMatchObject([
      {
        range: { start: { line, character: 0 } },
        command: { title: 'Summary is stale – refresh', command: 'foresay.server.refreshSummaries' },
      },
    ]);
    await server.change(uri, version + 2, text);
    expect(await lenses(server, uri)).toEqual([]);
    expect(server.engine.count('planSummary')).toBe(plansBefore);
  });

  test.each([
    ['the summary itself is changed', (text: string) => text.replace('**Summary.**', '**In short.**')],
    ['its heading is', (text: string) => text.replace('# Harbor', '# The Harbor')],
    ['another section is', (text: string) => text.replaceAll('at night', 'by day')],
    ['white space is', (text: string) => text.replace('summer. The', 'summer.\nThe')],
  ])('does not come when %s', async (_, change) => {
    const server = await start();
    const { uri, text, version } = await opened(server, 2);
    expect(change(text)).not.toBe(text);
    await server.change(uri, version + 1, change(text));
    expect(await lenses(server, uri)).toEqual([]);
  });

  test.each([
    ['by its setting', { summary: { staleLens: false } }],
    ['with the language', { enable: { markdown: false } }],
  ])('can be switched off %s', async (_, settings) => {
    const server = await start();
    const { uri, text, version } = await opened(server, 2);
    server.settings = settings;
    await server.notify('workspace/didChangeConfiguration', { settings: null });
    await server.change(uri, version + 1, text.replaceAll('in winter', 'in spring'));
    expect(await lenses(server, uri)).toEqual([]);
  });
});

test('an editor that shows lenses is told to ask again when settings change', async () => {
  const capabilities = { ...fullClient, workspace: { ...fullClient.workspace, codeLens: { refreshSupport: true } } };
  const server = await start({ capabilities });
  let asked = 0;
  server.client.onRequest(CodeLensRefreshRequest.type, () => {
    asked++;
  });
  const { uri, text, version } = await opened(server, 2);
  await server.change(uri, version + 1, text.replaceAll('in winter', 'in spring'));
  expect(await lenses(server, uri)).toHaveLength(1);
  server.settings = { summary: { staleLens: false } };
  await server.notify('workspace/didChangeConfiguration', { settings: null });
  await server.settled();
  expect(asked).toBeGreaterThan(0);
  expect(await lenses(server, uri)).toEqual([]);
});

describe('foresay/refreshSummaries', () => {
  test('makes what is stale again, in its length and its form, and leaves the rest as it is', async () => {
    const server = await start();
    const { uri, text, version } = await opened(server, 7, 2);
    const changed = text.replace(
      /^The river[^\n]*\n[^\n]*/mu,
      'The old bridge is made of copper. The copper bridge is old.',
    );
    await server.change(uri, version + 1, changed);
    const result = await refresh(server, uri);
    expect(result).toMatchObject({ version: version + 1, edits: [{}] });
    const made = allEdits(changed, result);
    expect(made).toMatch(
      /<!-- foresay:summary scope=section level=1 as=quote sentences=1 hash=\w+ -->\n> \*\*Summary\.\*\* The (?:old|copper) bridge [^.]*\.\n<!-- \/foresay:summary -->\n\nThe old bridge/u,
    );
    expect(made.slice(made.indexOf('## Light'))).toBe(text.slice(text.indexOf('## Light')));
    await server.change(uri, version + 2, made);
    expect(await lenses(server, uri)).toEqual([]);
    expect((await refresh(server, uri)).edits).toEqual([]);
  });

  test('of a range only those that it touches', async () => {
    const server = await start();
    const { uri, text, version } = await opened(server, 7, 2);
    await server.change(uri, version + 1, text.replaceAll('at night', 'by day').replaceAll('in winter', 'in spring'));
    const [first, second] = await lenses(server, uri);
    expect((await refresh(server, uri)).edits.length).toBe(2);
    const only = (await refresh(server, uri, { range: second?.range })).edits;
    expect(only.map(({ range }) => range)).toEqual([second?.range]);
    expect(first?.range).not.toEqual(second?.range);
  });

  test('cancelling ends it', async () => {
    const server = await start();
    const { uri, text, version } = await opened(server, 2);
    await server.change(uri, version + 1, text.replaceAll('in winter', 'in a long spring'));
    const release = server.hold('encode');
    const source = new CancellationTokenSource();
    const answer = refresh(server, uri, {}, source);
    await server.until(() => server.progress.size > 0);
    source.cancel();
    await expect(answer).rejects.toMatchObject({ code: -32800 });
    release();
  });
});

describe('for clients without our client', () => {
  test('a code action of the document, resolved to the edit', async () => {
    const server = await start();
    const { uri, text, version } = await opened(server, 2);
    const context = { diagnostics: [], only: ['source.foresay.refreshSummaries'] };
    const at = { line: 0, character: 0 };
    const asked = { textDocument: { uri }, range: { start: at, end: at }, context };
    expect(await server.request('textDocument/codeAction', asked)).toEqual([]);
    const changed = text.replaceAll('in winter', 'in spring');
    await server.change(uri, version + 1, changed);
    const [action] = (await server.request('textDocument/codeAction', asked)) as CodeAction[];
    expect(action).toMatchObject({ title: 'Refresh the stale summaries', kind: 'source.foresay.refreshSummaries' });
    const { edit } = (await server.request('codeAction/resolve', action)) as CodeAction;
    const [change] = (edit?.documentChanges ?? []) as TextDocumentEdit[];
    expect(change?.textDocument).toEqual({ uri, version: version + 1 });
    const hashes = (source: string) => [...source.matchAll(/hash=(\w+)/gu)].map(([, hash]) => hash);
    const made = change?.edits.reduce((before, each) => edited(before, each as never), changed) ?? '';
    expect(hashes(made)).toHaveLength(1);
    expect(hashes(made)).not.toEqual(hashes(changed));
  });

  test('a command, from the lens', async () => {
    const server = await start();
    const { uri, text, version } = await opened(server, 2);
    await server.change(uri, version + 1, text.replaceAll('in winter', 'in spring'));
    const [lens] = await lenses(server, uri);
    const { command, arguments: args } = lens?.command ?? {};
    await server.request('workspace/executeCommand', { command, arguments: args });
    expect(server.edits).toMatchObject([{ edit: { documentChanges: [{ edits: [{ range: lens?.range }] }] } }]);
    expect(server.messages).toEqual([]);
  });

  test.each([
    ['that nothing is stale', (uri: string) => [uri], /as its text is/],
    ['that the document is not open', () => ['file:///gone'], /not open/],
    ['that nothing is named', () => [], /not open/],
  ])('which says %s', async (_, args, message) => {
    const server = await start();
    const { uri } = await opened(server, 2);
    await server.request('workspace/executeCommand', {
      command: 'foresay.server.refreshSummaries',
      arguments: args(uri),
    });
    await server.settled();
    expect(server.edits).toEqual([]);
    expect(server.messages).toEqual([{ type: 3, message: expect.stringMatching(message) }]);
  });

  test('which says why there is no model', async () => {
    const server = await start();
    const { uri, text, version } = await opened(server, 2);
    await server.change(uri, version + 1, text.replaceAll('in winter', 'in spring'));
    server.engine.failure = new EngineUnavailableError('There is no bundle.');
    await server.request('workspace/executeCommand', { command: 'foresay.server.refreshSummaries', arguments: [uri] });
    await server.settled();
    expect(server.edits).toEqual([]);
    expect(server.messages.map(({ message }) => message)).toContain('There is no bundle.');
    server.engine.failure = undefined;
  });
});
