/** Documents no writer would write, and clients that send anything: each is answered, and nothing is lost. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { NextSentencesResult } from '../../server/src/protocol.ts';
import { positionIn, type TestServer, useServers } from '../support/serverHarness.ts';

const start = useServers();
const prose = 'The river fills the harbor in winter. The garden needs the rain of the summer and it is dry.';
const sentences = (count: number) =>
  Array.from({ length: count }, (_, i) => `The bridge number ${i} is older than the ${i + 7} houses of it.`);
const arabic = 'كان البيت القديم فوق التل. عاش فيه رجل مع كلبه. وكان الناس يزورونه كل يوم.';
const hebrew = 'הבית הישן עמד על הגבעה. איש גר בו עם הכלב שלו. אנשים באו לבקר אותו כל יום.';
const chinese = '山上有一座老房子。一个人和他的狗住在里面。人们每天都来看他。';
const japanese = '丘の上に古い家がありました。男が犬と一緒に住んでいました。人々は毎日訪ねてきました。';
const languages = ['markdown', 'latex', 'plaintext'];

/** Everything that can be asked at an offset: each is answered, and no error is logged. */
async function askAll(server: TestServer, uri: string, text: string, offset: number) {
  const earlier = server.errors.length;
  const textDocument = { uri };
  const position = positionIn(text, offset);
  const range = { start: position, end: position };
  const indexed = (await server.indexed(uri)) as { readonly sentences: number };
  const ideas = (await server.request('foresay/nextSentences', { textDocument, position })) as NextSentencesResult;
  const inline = await server.request('textDocument/inlineCompletion', { textDocument, position });
  const hover = await server.request('textDocument/hover', { textDocument, position: { line: 0, character: 1 } });
  const summary = await server.request('foresay/summarize', {
    textDocument,
    range,
    scope: 'section',
    length: { unit: 'sentences', count: 2 },
  });
  const actions = (await server.request('textDocument/codeAction', { textDocument, range, context: {} })) as unknown[];
  await server.settled();
  expect(server.errors.slice(earlier)).toEqual([]);
  expect(Array.isArray(inline)).toBe(true);
  return { indexed, ideas, hover, summary, actions };
}

describe('documents', () => {
  test.each(languages)(
    '20 MB (%s): left alone, with the reason, and taken up again once it is short',
    async (languageId) => {
      const server = await start();
      const text = `${prose}\n\n`.repeat(220_000);
      expect(text.length).toBeGreaterThan(20_000_000);
      const uri = await server.openText(text, languageId);
      const { indexed, ideas, hover, summary, actions } = await askAll(server, uri, text, 0);
      expect(indexed).toEqual({ version: 1, sentences: 0 });
      expect(ideas).toMatchObject({ items: [], silence: expect.stringMatching(/too large/) });
      expect({ hover, summary, actions }).toEqual({ hover: null, summary: null, actions: [] });
      await server.change(uri, 2, ' More.', { start: { line: 0, character: 3 }, end: { line: 0, character: 3 } });
      expect(await server.indexed(uri)).toEqual({ version: 2, sentences: 0 });
      await server.change(uri, 3, prose);
      expect((await askAll(server, uri, prose, prose.length)).ideas.items.length).toBe(3);
    },
    60_000,
  );

  test.each(languages)(
    'one line of 1 MB, no newline at its end (%s)',
    async (languageId) => {
      const server = await start();
      const text = sentences(20_000).join(' ');
      expect(text.length).toBeGreaterThan(1_000_000);
      const uri = await server.openText(text, languageId);
      const { indexed, ideas, hover, summary } = await askAll(server, uri, text, text.length);
      expect(indexed.sentences).toBe(20_000);
      expect(ideas.items.length).toBeGreaterThan(0);
      expect(hover).not.toBeNull();
      expect(summary).toMatchObject({ sentences: [{}, {}] });
    },
    60_000,
  );

  test.each([
    ['words', 'the word '.repeat(120_000)],
    ['one letter', 'a'.repeat(1_000_000)],
    ['brackets', '[('.repeat(50_000)],
    ['quote marks', '> '.repeat(10_000)],
    ['stars', '*a '.repeat(100_000)],
    ['dollars', '$a '.repeat(100_000)],
    ['braces', '{\\a'.repeat(50_000)],
    ['full stops', '. '.repeat(200_000)],
    ['digits and dots', '1.'.repeat(200_000)],
  ])(
    'a line of nothing but %s',
    async (_, text) => {
      for (const languageId of languages) {
        const server = await start();
        await askAll(server, await server.openText(text, languageId), text, text.length);
      }
    },
    60_000,
  );

  test.each([
    ['CRLF', prose.replace('. ', '.\r\n\r\n'), 2],
    ['a lone CR', prose.replace('. ', '.\r'), undefined],
    ['NUL bytes', prose.replaceAll(' ', ' \0'), undefined],
    ['lone surrogates', prose.replace('river', 'river \uD800 and \uDC00').replace('dry', 'dry \uD83D'), undefined],
    ['a byte order mark', `\uFEFF${prose}`, 2],
    ['astral characters', prose.replace('river', 'river 😀 𝔸'), 2],
    ['other line ends', prose.replace('. ', '.\u2028').replace('garden', 'gar\u0085den'), undefined],
    ['control characters', prose.replaceAll(' ', ' \u0007\u001b'), undefined],
    ['combining marks', prose.replace('river', `ri${'\u0301'.repeat(5000)}ver`), 2],
  ])('%s', async (_, text, count) => {
    for (const languageId of languages) {
      const server = await start();
      const uri = await server.openText(text, languageId);
      const { indexed, ideas, hover } = await askAll(server, uri, text, text.length);
      expect(hover).not.toBeNull();
      expect(indexed.sentences).toBeGreaterThan(0);
      if (count !== undefined) expect(indexed.sentences).toBe(count);
      for (const { insertText } of ideas.items) expect(insertText).not.toMatch(/[\p{Cc}\p{Cs}\u2028]/u);
    }
  });

  test('a half-typed astral character keeps positions right', async () => {
    const server = await start();
    const uri = await server.openText('The river 😀 is long. The harbor is full.');
    const at = (character: number) => ({ line: 0, character });
    await server.change(uri, 2, '', { start: at(11), end: at(12) });
    const found = await server.request('foresay/neighbors', { textDocument: { uri }, position: at(25) });
    expect(found).toMatchObject({ version: 2, text: 'The harbor is full.', range: { start: at(21), end: at(40) } });
  });

  test.each([
    ['empty', ''],
    ['spaces', '   \t  '],
    ['line ends', '\n\r\n\r\n'],
    ['one character', 'a'],
    ['an open code block', '```\nlet x'],
    ['an open front matter', '---\ntitle: x'],
    ['an open environment', '\\begin{equation} a'],
  ])('%s', async (_, text) => {
    for (const languageId of languages) {
      const server = await start();
      const uri = await server.openText(text, languageId);
      const { ideas } = await askAll(server, uri, text, text.length);
      if (ideas.items.length === 0) expect(ideas.silence).not.toBe('');
    }
  });

  test.each([
    ['Arabic', arabic],
    ['Hebrew', hebrew],
    ['Chinese', chinese],
    ['Japanese', japanese],
  ])('%s: no suggestion, with the reason; hover works', async (_, text) => {
    const server = await start();
    const uri = await server.openText(text);
    const { indexed, ideas, hover } = await askAll(server, uri, text, text.length);
    expect(indexed.sentences).toBe(3);
    expect(ideas).toMatchObject({
      items: [],
      silence: expect.stringMatching(/This paragraph seems to be .+; the model knows English only\./),
    });
    expect(server.statuses.at(-1)?.lastSilence).toMatch(/English/);
    expect(server.engine.count('predictNext')).toBe(0);
    expect(JSON.stringify(hover)).toMatch(/Most similar in this document/);
  });

  test('one foreign sentence in English prose is no reason for silence', async () => {
    const server = await start();
    const text = `${prose} She said: “${arabic.split('.')[0]}.” ${prose.replaceAll('river', 'brook')}`;
    const { ideas } = await askAll(server, await server.openText(text), text, text.length);
    expect(ideas.items.length).toBeGreaterThan(0);
  });

  test('a language id nobody knows is plain text', async () => {
    const server = await start();
    const text = `# ${prose}`;
    const { indexed } = await askAll(server, await server.openText(text, 'klingon'), text, text.length);
    expect(indexed.sentences).toBe(2);
  });
});

describe('garbage from the client', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const uri = 'file:///w/a.md';
  const documents = [undefined, null, 7, 'text', [], {}, { uri: 7 }, { uri: 'file:///never/opened.md' }];
  const positions = [
    undefined,
    null,
    'here',
    {},
    { line: -1, character: -7 },
    { line: 1e9, character: 1e9 },
    { line: 0.5, character: 1.5 },
    { line: '0', character: null },
    { line: Number.MAX_VALUE, character: 0 },
    { line: 0, character: 20 },
  ];
  const requests = [
    'textDocument/inlineCompletion',
    'textDocument/completion',
    'textDocument/hover',
    'textDocument/codeAction',
    'foresay/nextSentences',
    'foresay/neighbors',
    'foresay/summarize',
    'foresay/indexed',
  ];

  async function stillWorks(server: TestServer) {
    await server.settled();
    const other = await server.openText(prose, 'markdown', 'file:///w/fine.md');
    const { ideas } = await askAll(server, other, prose, prose.length);
    expect(ideas.items.length).toBe(3);
  }

  test.each(requests)('%s with documents that are none', async (method) => {
    const server = await start();
    await server.openText(prose);
    for (const textDocument of documents) {
      const answer = await server.request(method, { textDocument, position: { line: 0, character: 0 } });
      expect([null, []]).toContainEqual(answer);
    }
    await stillWorks(server);
  });

  test.each(requests)('%s with positions that are none', async (method) => {
    const server = await start();
    await server.openText(prose);
    await server.indexed(uri);
    for (const position of positions) {
      for (const range of [{ start: position, end: { line: 0, character: 5 } }, { start: position }, position]) {
        await server.request(method, { textDocument: { uri }, position, range, context: position, scope: position });
      }
    }
    await stillWorks(server);
  });

  test.each(requests)('%s without params is answered', async (method) => {
    const server = await start();
    for (const params of [null, [], [1, 2], {}]) await server.request(method, params).catch(() => {});
    await stillWorks(server);
  });

  test('a reversed range is turned round', async () => {
    const server = await start();
    await server.openText(prose);
    const [a, b] = [
      { line: 0, character: 3 },
      { line: 0, character: 60 },
    ];
    const ask = (range: object) =>
      server.request('foresay/summarize', {
        textDocument: { uri },
        range,
        scope: 'selection',
        length: { unit: 'sentences', count: 1 },
      });
    expect(await ask({ start: b, end: a })).toEqual(await ask({ start: a, end: b }));
  });

  test.each([
    ['workspace/executeCommand', null],
    ['workspace/executeCommand', { command: 7 }],
    ['workspace/executeCommand', { command: 'foresay.server.insert', arguments: 'x' }],
    ['workspace/executeCommand', { command: 'foresay.server.insert', arguments: [uri, null, 1, 'x'] }],
    ['workspace/executeCommand', { command: 'foresay.server.summarize', arguments: [[], {}] }],
    ['codeAction/resolve', null],
    ['codeAction/resolve', { title: 'x', data: { params: { textDocument: { uri } }, version: 'x' } }],
    ['foresay/restart', { force: true }],
  ])('%s with %j', async (method, params) => {
    const server = await start();
    await server.openText(prose);
    await server.request(method, params).catch(() => {});
    await stillWorks(server);
  });

  test.each([
    ['textDocument/didOpen', null],
    ['textDocument/didOpen', {}],
    ['textDocument/didOpen', { textDocument: { uri, languageId: 'markdown', version: 1 } }],
    ['textDocument/didOpen', { textDocument: { uri, languageId: 'markdown', version: 1, text: 42 } }],
    ['textDocument/didOpen', { textDocument: { uri, languageId: null, version: 'x', text: prose } }],
    ['textDocument/didChange', {}],
    ['textDocument/didChange', { textDocument: { uri, version: 2 } }],
    ['textDocument/didChange', { textDocument: { uri, version: 2 }, contentChanges: [null] }],
    ['textDocument/didChange', { textDocument: { uri, version: 2 }, contentChanges: [{ range: {}, text: 'x' }] }],
    ['textDocument/didChange', { textDocument: { uri, version: 2 }, contentChanges: [{}] }],
    ['textDocument/didChange', { textDocument: { uri: 'file:///gone', version: 2 }, contentChanges: [{ text: 'x' }] }],
    ['textDocument/didClose', { textDocument: { uri: 'file:///gone' } }],
    ['textDocument/didClose', {}],
    ['workspace/didChangeConfiguration', null],
    ['window/workDoneProgress/cancel', { token: 'nobody’s' }],
    ['$/cancelRequest', { id: 12345 }],
    ['foresay/unheardOf', {}],
  ])('notification %s with %j', async (method, params) => {
    const server = await start();
    await server.openText(prose);
    await server.indexed(uri);
    await server.notify(method, params);
    const other = await server.openText(prose, 'markdown', 'file:///w/fine.md');
    const position = positionIn(prose, prose.length);
    const answer = await server.request('foresay/nextSentences', { textDocument: { uri: other }, position });
    expect(answer).toMatchObject({ items: [{}, {}, {}] });
  });

  test('changes of which one is garbage leave snapshot and text in step', async () => {
    const server = await start();
    await server.openText('The river is long. The harbor is full.');
    const at = { line: 0, character: 0 };
    const good = { range: { start: at, end: { line: 0, character: 9 } }, text: 'The old brook' };
    await server.notify('textDocument/didChange', {
      textDocument: { uri, version: 2 },
      contentChanges: [good, { range: null, text: null }],
    });
    const found = await server.request('foresay/neighbors', { textDocument: { uri }, position: at });
    expect(found).toMatchObject({ text: 'The old brook is long.' });
    await server.change(uri, 3, '', { start: at, end: { line: 0, character: 4 } });
    expect(await server.request('foresay/neighbors', { textDocument: { uri }, position: at })).toMatchObject({
      version: 3,
      text: 'old brook is long.',
    });
  });

  test.each([
    ['outside', { start: { line: 9, character: 9 }, end: { line: 99, character: 0 } }, `${prose} More.`],
    [
      'reversed',
      { start: { line: 0, character: 9 }, end: { line: 0, character: 4 } },
      prose.replace('river', ' More.'),
    ],
    ['negative', { start: { line: -4, character: -4 }, end: { line: 0, character: 0 } }, ` More.${prose}`],
  ])('a change %s is taken as the text library takes it', async (_, range, expected) => {
    const server = await start();
    await server.openText(prose);
    await server.change(uri, 2, ' More.', range);
    const { indexed } = await askAll(server, uri, expected, 0);
    expect(indexed).toMatchObject({ version: 2 });
    const fresh = await start();
    await fresh.openText(expected);
    for (let character = 0; character < expected.length; character += 10) {
      const params = { textDocument: { uri }, position: { line: 0, character } };
      const found = (await server.request('foresay/neighbors', params)) as { text: string } | null;
      const wanted = (await fresh.request('foresay/neighbors', params)) as { text: string } | null;
      expect(found?.text).toBe(wanted?.text);
    }
  });

  test.each([
    ['content that is no JSON', 'Content-Length: 9\r\n\r\n{"method"'],
    ['content that is no message', 'Content-Length: 4\r\n\r\n1234'],
    ['an empty message', 'Content-Length: 2\r\n\r\n{}'],
    ['an answer nobody asked for', 'Content-Length: 36\r\n\r\n{"jsonrpc":"2.0","id":77,"result":1}'],
    ['a header without a length', 'Content-Type: application/json\r\n\r\n'],
    ['a length that is no number', 'Content-Length: many\r\n\r\n'],
    ['other protocols', 'GET / HTTP/1.1\r\nHost: here\r\n\r\n'],
  ])('%s', async (_, bytes) => {
    const server = await start();
    server.raw(bytes);
    await stillWorks(server);
  });

  const secret = 'Zyzzogeton';
  const message = (content: unknown) => {
    const body = JSON.stringify(content);
    return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  };
  test.each([
    ['a message of no kind', message({ jsonrpc: '2.0', text: secret }), /neither a response nor a notification/],
    [
      'an answer without an id',
      message({ jsonrpc: '2.0', id: null, error: { code: 1, message: secret } }),
      /without id/,
    ],
    [
      'a change that is a text',
      message({
        jsonrpc: '2.0',
        method: 'textDocument/didChange',
        params: { textDocument: { uri, version: 2 }, contentChanges: [secret] },
      }),
      /'textDocument\/didChange' failed/,
    ],
    ['content that is no JSON', `Content-Length: 10\r\n\r\n${secret}`, undefined],
    ['a header that is none', `${secret}\r\n\r\n`, undefined],
    ['a length that is no number', `Content-Length: ${secret}\r\n\r\n`, undefined],
  ])('%s: what was wrong is logged, and none of its text', async (_, bytes, logged) => {
    const written = [process.stderr, process.stdout].map((stream) => vi.spyOn(stream, 'write'));
    const server = await start();
    await server.openText(prose);
    server.raw(bytes);
    await stillWorks(server);
    if (logged) expect(server.errors).toEqual([expect.stringMatching(logged)]);
    const told = [server.logs, server.messages, written.map(({ mock }) => mock.calls)];
    expect(JSON.stringify(told)).not.toContain(secret);
  });
});
