/** Several sentences ahead, and gaps filled, over LSP: the request with its partial results, and the commands. */
import { describe, expect, test } from 'vitest';
import {
  type CancellationToken,
  CancellationTokenSource,
  type CodeAction,
  ExecuteCommandRequest,
  type Position,
  type TextDocumentEdit,
} from 'vscode-languageserver/node';
import { EngineUnavailableError } from '../../server/src/concepts/engine.ts';
import { commands, type NextParagraphResult } from '../../server/src/protocol.ts';
import { edited, type Marked, type TestServer, useServers } from '../support/serverHarness.ts';

const start = useServers();
const prose = 'The river fills the harbor in winter. The garden needs the rain of the summer and it is dry.|';
type Opened = Marked & { readonly uri: string };

const paragraph = (server: TestServer, { uri, cursor }: Opened, more: object = {}, token?: CancellationToken) =>
  server.request(
    'foresay/nextParagraph',
    { textDocument: { uri }, position: cursor, sentences: null, ...more },
    token,
  ) as Promise<NextParagraphResult>;

const run = (server: TestServer, command: string, ...given: unknown[]) =>
  server.request(ExecuteCommandRequest.method, { command, arguments: given });

/** The document's text after the one edit that the server made. */
function textAfter(server: TestServer, { text }: Marked): string {
  expect(server.edits).toHaveLength(1);
  const [change] = (server.edits[0]?.edit.documentChanges ?? []) as TextDocumentEdit[];
  expect(change?.edits).toHaveLength(1);
  return edited(text, change?.edits[0] as { range: { start: Position; end: Position }; newText: string });
}

describe('foresay/nextParagraph', () => {
  test('gives as many sentences as the setting or the request says, each told on its way', async () => {
    const server = await start({ settings: { suggest: { paragraphSentences: 2 } } });
    const doc = await server.open(prose);
    const two = await paragraph(server, doc, { partialResultToken: 'ahead' });
    expect(two.sentences).toHaveLength(2);
    expect(server.progress.get('ahead')).toEqual(two.sentences);
    // What is told is no work in progress that has to end.
    server.progress.delete('ahead');
    const one = await paragraph(server, doc, { sentences: 1 });
    expect(one.sentences).toEqual(two.sentences.slice(0, 1));
    const rest = await paragraph(server, doc, {
      sentences: 1,
      after: one.sentences.map(({ insertText }) => insertText),
    });
    expect(rest.sentences).toEqual(two.sentences.slice(1));
  });

  test('nothing comes where Foresay is switched off, and the reason is given', async () => {
    const server = await start({ settings: { enable: { '*': false } } });
    expect(await paragraph(server, await server.open(prose))).toMatchObject({
      sentences: [],
      silence: expect.stringContaining('foresay.enable'),
    });
    expect(server.engine.calls).toEqual([]);
  });

  test('it is cancelled in the middle', async () => {
    const server = await start();
    const doc = await server.open(prose);
    const release = server.hold('decode');
    const source = new CancellationTokenSource();
    const answer = paragraph(server, doc, {}, source.token);
    await server.until(() => server.engine.count('decode') === 1);
    source.cancel();
    await expect(answer).rejects.toThrow(/cancelled/);
    release();
    expect(server.engine.count('predictNext')).toBe(1);
  });
});

describe(commands.nextParagraph, () => {
  test('inserts the sentences in one edit, with progress', async () => {
    const server = await start();
    const doc = await server.open(`${prose}\n`);
    await run(server, commands.nextParagraph, doc.uri, doc.cursor, 2);
    const text = textAfter(server, doc);
    expect(text.startsWith(doc.text.trimEnd())).toBe(true);
    expect(text.slice(doc.text.trimEnd().length)).toMatch(/^ \p{Lu}[^.]+\. \p{Lu}[^.]+\.\n$/u);
    const reports = [...server.progress.values()].flat().filter(({ kind }) => kind === 'report');
    expect(reports.map(({ percentage }) => percentage)).toEqual([50, 100]);
  });

  test('cancelled by the writer it inserts what is there', async () => {
    const server = await start();
    const doc = await server.open(`${prose}\n`);
    let release = () => {};
    server.engine.onCall = ({ method }) => {
      if (method !== 'decode' || server.engine.count('decode') !== 2) return;
      release = server.hold('decode');
      const [token] = server.progress.keys();
      void server.notify('window/workDoneProgress/cancel', { token });
    };
    await run(server, commands.nextParagraph, doc.uri, doc.cursor, 3);
    release();
    expect(textAfter(server, doc).slice(doc.text.trimEnd().length)).toMatch(/^ \p{Lu}[^.]+\.\n$/u);
  });

  test.each([
    ['a document that is not open', ['file:///none.md', { line: 0, character: 0 }], /not open/],
    ['no arguments', [], /not open/],
  ])('%s is refused', async (_, given, message) => {
    const server = await start();
    await run(server, commands.nextParagraph, ...given);
    expect(server.edits).toEqual([]);
    expect(server.messages.at(-1)?.message).toMatch(message);
  });

  test('without a model the writer is told why', async () => {
    const server = await start({
      prepare: (engine) => {
        engine.failure = new EngineUnavailableError('The model bundle is missing.');
      },
    });
    const doc = await server.open(prose);
    await run(server, commands.nextParagraph, doc.uri, doc.cursor);
    expect(server.edits).toEqual([]);
    expect(server.messages.at(-1)?.message).toMatch(/bundle is missing/);
  });

  test('a document that changes meanwhile is left alone', async () => {
    const server = await start();
    const doc = await server.open(prose);
    const release = server.hold('decode');
    const done = run(server, commands.nextParagraph, doc.uri, doc.cursor);
    await server.until(() => server.engine.count('decode') > 0);
    await server.change(doc.uri, 2, 'Something else.');
    await server.settled();
    release();
    await done;
    expect(server.edits).toEqual([]);
    expect(server.messages.at(-1)?.message).toMatch(/nothing was inserted/);
  });
});

describe('a gap', () => {
  const gap = `${prose.replace('|', '')}\n|\nA tap was built at the gate.\n`;
  const actions = async (server: TestServer, { uri, cursor }: Opened, only: string[], triggerKind = 1) => {
    const range = { start: cursor, end: cursor };
    const params = { textDocument: { uri }, range, context: { diagnostics: [], only, triggerKind } };
    return (await server.request('textDocument/codeAction', params)) as CodeAction[];
  };

  test('is offered on an empty line between two paragraphs, and filled by its command', async () => {
    const server = await start();
    const doc = await server.open(gap);
    const [action, ...others] = await actions(server, doc, ['refactor.rewrite.foresay.gap']);
    expect([others, server.engine.count('decode')]).toEqual([[], 0]);
    expect(action?.command).toMatchObject({ command: commands.fillGap, arguments: [doc.uri, doc.cursor] });
    await run(server, commands.fillGap, doc.uri, doc.cursor);
    const lines = textAfter(server, doc).split('\n');
    expect(lines).toHaveLength(5);
    expect([lines[1], lines[2], lines[3]]).toEqual([
      expect.stringMatching(/^\p{Lu}.+\.$/u),
      '',
      'A tap was built at the gate.',
    ]);
  });

  test.each([
    ['where nobody asked', gap, 2],
    ['at the end of a paragraph', gap.replace('|', '').replace('dry.', 'dry.|'), 1],
    ['where nothing follows', `${prose.replace('|', '')}\n|\n`, 1],
  ])('is not offered %s', async (_, source, triggerKind) => {
    const server = await start();
    const doc = await server.open(source);
    expect(await actions(server, doc, ['refactor.rewrite.foresay.gap'], triggerKind)).toEqual([]);
  });

  test('where nothing follows the command says so', async () => {
    const server = await start();
    const doc = await server.open(prose);
    await run(server, commands.fillGap, doc.uri, doc.cursor);
    expect([server.edits, server.messages.at(-1)?.message]).toEqual([[], expect.stringMatching(/Nothing follows/)]);
  });

  test('in front of a sentence it goes behind the one before', async () => {
    const server = await start();
    const doc = await server.open('The river fills the harbor in winter. |A tap was built at the gate.');
    await run(server, commands.fillGap, doc.uri, doc.cursor);
    expect(textAfter(server, doc)).toMatch(
      /^The river fills the harbor in winter\. \p{Lu}[^.]+\. A tap was built at the gate\.$/u,
    );
  });
});
