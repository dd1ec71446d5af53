/** Notes expanded over LSP: the request, the code action, the command, progress and cancels. */
import { describe, expect, test } from 'vitest';
import { CancellationTokenSource, type CodeAction, type TextDocumentEdit } from 'vscode-languageserver/node';
import { EngineUnavailableError } from '../../server/src/concepts/engine.ts';
import { commands, type ExpandResult } from '../../server/src/protocol.ts';
import { edited, fullClient, type Marked, type TestServer, useServers } from '../support/serverHarness.ts';

const start = useServers();
const article =
  'The river fills the harbor in winter. The market is near the station.\n\n⟦copper bridge of the soldier⟧\n\nThe end is near.\n';
type Opened = { readonly uri: string } & Marked;

const expand = (server: TestServer, doc: Opened, more: object = {}, token?: CancellationTokenSource) =>
  server.request(
    'foresay/expand',
    { textDocument: { uri: doc.uri }, range: doc.range, sentences: null, ...more },
    token?.token,
  ) as Promise<ExpandResult | null>;

/** The text after the edits of the workspace edit that the server asked for. */
function applied(server: TestServer, { text }: Marked): string {
  expect(server.edits).toHaveLength(1);
  const [change] = (server.edits[0]?.edit.documentChanges ?? []) as TextDocumentEdit[];
  return change?.edits.reduce((before, edit) => edited(before, edit as never), text) ?? '';
}

describe('foresay/expand', () => {
  test('gives the sentences, and the places for them as edits', async () => {
    const server = await start({ settings: { suggest: { paragraphSentences: 2 } } });
    const doc = await server.open(article);
    const result = await expand(server, doc);
    expect(result).toMatchObject({ version: 1, note: 'copper bridge of the soldier', silence: '', range: doc.range });
    const prose = result?.sentences.map(({ text }) => text).join(' ') ?? '';
    expect(result?.sentences).toHaveLength(2);
    expect(result?.block).toBe(prose);
    const [after, instead] = (result?.places ?? []).map(({ edit }) => edited(doc.text, edit));
    expect(after).toBe(doc.text.replace('soldier\n', `soldier\n\n${prose}\n`));
    expect(instead).toBe(doc.text.replace('copper bridge of the soldier', prose));
    expect((await expand(server, doc, { sentences: 1 }))?.sentences).toEqual(result?.sentences.slice(0, 1));
  });

  test('gives nothing where there is no note, or where Foresay is off', async () => {
    const server = await start();
    expect(await expand(server, await server.open('One here.\n\n|\n\nTwo here.'))).toBeNull();
    server.settings = { enable: { '*': false } };
    await server.notify('workspace/didChangeConfiguration', { settings: null });
    expect(await expand(server, await server.open(article, 'markdown', 'file:///off.md'))).toBeNull();
    expect(server.engine.calls).toEqual([]);
  });

  test('shows progress at the token that the client gave', async () => {
    const server = await start();
    await expand(server, await server.open(article), { workDoneToken: 'mine' });
    await server.settled();
    const values = server.progress.get('mine') ?? [];
    expect(values[0]).toMatchObject({ kind: 'begin', title: 'Foresay: expanding' });
    expect(values.map(({ message }) => message)).toContain('1 of 3 sentences');
    expect(values.at(-1)).toEqual({ kind: 'end' });
  });

  test.each(['encode', 'predictNext', 'decode'])('is cancelled during %s', async (stage) => {
    const server = await start();
    const doc = await server.open(article);
    const release = server.hold(stage);
    const source = new CancellationTokenSource();
    const answer = expand(server, doc, { workDoneToken: 'mine' }, source);
    await server.until(() => server.engine.count(stage) > 0 && server.progress.size > 0);
    source.cancel();
    await expect(answer).rejects.toMatchObject({ code: -32800 });
    release();
  });
});

describe('for clients without our client', () => {
  test('a code action of the selection, resolved to the edit', async () => {
    const server = await start();
    const doc = await server.open(article);
    const context = { diagnostics: [], only: ['refactor.rewrite.foresay.expand'] };
    const params = { textDocument: { uri: doc.uri }, range: doc.range, context };
    const [action, ...others] = (await server.request('textDocument/codeAction', params)) as CodeAction[];
    expect(others).toEqual([]);
    expect(action?.title).toBe('Expand “copper bridge of the soldier” into a paragraph');
    expect(server.engine.count('predictNext')).toBe(0);
    const { edit } = (await server.request('codeAction/resolve', action)) as CodeAction;
    const [change] = (edit?.documentChanges ?? []) as TextDocumentEdit[];
    const made = change?.edits.reduce((before, each) => edited(before, each as never), doc.text);
    expect(made).toMatch(/soldier\n\n\S.*\n\nThe end/);
  });

  test('no action for a selection that is too long for a note', async () => {
    const server = await start();
    const doc = await server.open(`⟦${'The river fills the harbor in winter. '.repeat(20)}⟧`);
    const context = { diagnostics: [], only: ['refactor.rewrite.foresay.expand'] };
    const params = { textDocument: { uri: doc.uri }, range: doc.range, context };
    expect(await server.request('textDocument/codeAction', params)).toEqual([]);
  });

  test('a command where the client cannot resolve', async () => {
    const server = await start({ capabilities: { ...fullClient, textDocument: { codeAction: {} } } });
    const doc = await server.open(article);
    const context = { diagnostics: [], only: ['refactor.rewrite.foresay.expand'] };
    const params = { textDocument: { uri: doc.uri }, range: doc.range, context };
    const [action] = (await server.request('textDocument/codeAction', params)) as CodeAction[];
    const { command, arguments: args } = action?.command ?? {};
    expect(command).toBe(commands.expand);
    await server.request('workspace/executeCommand', { command, arguments: args });
    expect(applied(server, doc)).toMatch(/soldier\n\n\S.*\n\nThe end/);
  });

  test('the command can put it in the note’s place', async () => {
    const server = await start();
    const doc = await server.open(article);
    const args = [{ textDocument: { uri: doc.uri }, range: doc.range, sentences: 1 }, 'instead'];
    await server.request('workspace/executeCommand', { command: commands.expand, arguments: args });
    const text = applied(server, doc);
    expect(text).not.toContain('copper bridge of the soldier');
    expect(text.split('\n\n')).toHaveLength(3);
  });

  test.each([
    ['there is no note', 'One here.\n\n|\n\nTwo here.', undefined, /no note/],
    ['there is no model', article, new EngineUnavailableError('There is no bundle.'), /no bundle/],
  ])('says that %s', async (_, source, failure, message) => {
    const server = await start();
    const doc = await server.open(source);
    server.engine.failure = failure;
    const args = [{ textDocument: { uri: doc.uri }, range: doc.range }];
    await server.request('workspace/executeCommand', { command: commands.expand, arguments: args });
    await server.settled();
    expect(server.edits).toEqual([]);
    expect(server.messages.map((each) => each.message)).toContainEqual(expect.stringMatching(message));
    server.engine.failure = undefined;
  });
});
