/** What views ask for: outline, flow, concepts; and the outline as document symbols. */
import { describe, expect, test, vi } from 'vitest';
import { type DocumentSymbol, LSPErrorCodes, type SymbolInformation } from 'vscode-languageserver/node';
import { cosine } from '../../server/src/concepts/similarity.ts';
import type { ConceptsResult, FlowResult, LspRange, OutlineResult } from '../../server/src/protocol.ts';
import { encodeWords } from '../support/fakeEngine.ts';
import { fullClient, type TestServer, useServers } from '../support/serverHarness.ts';

const start = useServers();
const text = [
  'The harbor wall is old and it is broken.',
  '',
  '# Kitchen',
  '',
  'Bread needs flour. Bread needs flour and salt. The harbor wall is old and it is broken.',
  '',
  '## Ovens',
  '',
  'An oven is hot.',
  '',
].join('\n');
const textIn = ({ start, end }: LspRange) => text.split('\n')[start.line]?.slice(start.character, end.character);
const about = (uri: string) => ({ textDocument: { uri } });

function outline(server: TestServer, uri: string): Promise<OutlineResult> {
  return server.request('foresay/outline', about(uri)) as Promise<OutlineResult>;
}
function concepts(server: TestServer, uri: string, known: unknown): Promise<ConceptsResult> {
  return server.request('foresay/concepts', { ...about(uri), known }) as Promise<ConceptsResult>;
}

describe('foresay/outline', () => {
  test('sections with their subsections, topics with their key sentences', async () => {
    const server = await start();
    const uri = await server.openText(text);
    const { version, sections } = await outline(server, uri);
    expect(version).toBe(1);
    expect(sections).toMatchObject([
      { heading: '', topics: [{ sentences: 1, coherence: expect.closeTo(1) }], subsections: [] },
      {
        heading: 'Kitchen',
        // Down to the end of what is under it.
        range: { start: { line: 2, character: 0 }, end: { line: 9 } },
        topics: [{ sentences: 3, range: { start: { line: 4, character: 0 } } }],
        subsections: [{ heading: 'Ovens', topics: [{ key: { text: 'An oven is hot.' } }], subsections: [] }],
      },
    ]);
    for (const { topics } of sections) for (const { key } of topics) expect(textIn(key.range)).toBe(key.text);
  });

  test('it waits for the index, and an answer for an older version is not sent', async () => {
    const server = await start();
    const release = server.hold('encode');
    const uri = await server.openText(text);
    const answer = outline(server, uri);
    await server.until(() => server.engine.count('encode') > 0);
    await server.change(uri, 2, 'Another text.');
    await server.settled();
    // The pause after which the index follows, and lets go of what it was at.
    vi.advanceTimersByTime(800);
    await expect(answer).rejects.toMatchObject({ code: LSPErrorCodes.ContentModified });
    release();
    expect(await outline(server, uri)).toMatchObject({ version: 2, sections: [{ topics: [{ sentences: 1 }] }] });
  });

  test('of a document that is switched off, or not open, there is none, and the reason is told', async () => {
    const server = await start({ settings: { enable: { '*': true, markdown: false } } });
    const uri = await server.openText(text);
    await expect(outline(server, uri)).rejects.toMatchObject({
      code: LSPErrorCodes.RequestFailed,
      message: expect.stringMatching(/markdown/),
    });
    expect(await outline(server, 'file:///not/open')).toBeNull();
  });
});

describe('foresay/flow', () => {
  test('a figure for each sentence that follows another in its section', async () => {
    const server = await start();
    const uri = await server.openText(text);
    const { version, steps } = (await server.request('foresay/flow', about(uri))) as FlowResult;
    expect(version).toBe(1);
    expect(steps.map(({ range }) => textIn(range))).toEqual([
      'Bread needs flour and salt.',
      'The harbor wall is old and it is broken.',
    ]);
    const expected = cosine(encodeWords('Bread needs flour.'), encodeWords('Bread needs flour and salt.'));
    expect(steps[0]?.similarity).toBeCloseTo(expected, 6);
  });
});

describe('foresay/concepts', () => {
  test('all sentences, each vector once, and the repeats', async () => {
    const server = await start();
    const uri = await server.openText(text);
    const { sections, sentences, repeats, vectors } = await concepts(server, uri, []);
    expect(sections).toEqual(['', 'Kitchen', 'Ovens']);
    expect(sentences.map(({ section }) => section)).toEqual([0, 1, 1, 1, 2]);
    for (const { range, text } of sentences) expect(textIn(range)).toBe(text);
    expect(repeats).toEqual([[3, 0]]);
    expect(vectors.ids).toEqual([0, 1, 2, 4].map((i) => sentences[i]?.id));
    const bytes = new Int8Array(Buffer.from(vectors.bytes, 'base64'));
    expect(bytes.length).toBe(4 * vectors.dim);
    for (const [row, i] of [0, 1, 2, 4].entries()) {
      const vector = Float32Array.from(bytes.subarray(row * vectors.dim, (row + 1) * vectors.dim));
      expect(cosine(vector, encodeWords(sentences[i]?.text ?? ''))).toBeGreaterThan(0.999);
    }
  });

  test('vectors that the client has are not sent again', async () => {
    const server = await start();
    const uri = await server.openText(text);
    const { vectors } = await concepts(server, uri, []);
    await server.change(uri, 2, `${text}An oven is not cold.`);
    const next = await concepts(server, uri, vectors.ids);
    expect(next.version).toBe(2);
    expect(next.vectors.ids).toEqual([next.sentences.at(-1)?.id]);
    expect((await concepts(server, uri, 'nonsense')).vectors.ids).toHaveLength(5);
  });

  test('an empty document has none', async () => {
    const server = await start();
    const uri = await server.openText('');
    expect(await concepts(server, uri, [])).toMatchObject({
      sentences: [],
      repeats: [],
      vectors: { ids: [], bytes: '' },
    });
  });
});

describe('document symbols', () => {
  test('are not given unless they are asked for', async () => {
    expect((await start()).capabilities.documentSymbolProvider).toBeUndefined();
  });

  test('headings with topics in them, for a client with trees', async () => {
    const textDocument = { ...fullClient.textDocument, documentSymbol: { hierarchicalDocumentSymbolSupport: true } };
    const server = await start({
      initializationOptions: { documentSymbols: true },
      capabilities: { ...fullClient, textDocument },
    });
    expect(server.capabilities.documentSymbolProvider).toBeTruthy();
    const uri = await server.openText(text);
    const symbols = (await server.request('textDocument/documentSymbol', about(uri))) as DocumentSymbol[];
    const names = (each: DocumentSymbol[]): unknown[] => each.map(({ name, children = [] }) => [name, names(children)]);
    expect(names(symbols)).toEqual([
      ['The harbor wall is old and it is broken.', []],
      [
        'Kitchen',
        [
          ['Bread needs flour and salt.', []],
          ['Ovens', [['An oven is hot.', []]]],
        ],
      ],
    ]);
    expect(symbols[1]?.selectionRange).toEqual({ start: { line: 2, character: 0 }, end: { line: 3, character: 0 } });
  });

  test('a list for any other', async () => {
    const server = await start({ initializationOptions: { documentSymbols: true } });
    const uri = await server.openText(text);
    const symbols = (await server.request('textDocument/documentSymbol', about(uri))) as SymbolInformation[];
    expect(symbols.map(({ name }) => name)).toEqual([
      'The harbor wall is old and it is broken.',
      'Kitchen',
      'Bread needs flour and salt.',
      'Ovens',
      'An oven is hot.',
    ]);
  });
});
