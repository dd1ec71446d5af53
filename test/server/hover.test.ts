/** Hover and neighbors: what is known of a sentence, from the cache alone. */
import { describe, expect, test } from 'vitest';
import type { Hover, MarkupContent, Position } from 'vscode-languageserver/node';
import type { LspRange, NeighborsResult } from '../../server/src/protocol.ts';
import { positionIn, type TestServer, useServers } from '../support/serverHarness.ts';

const start = useServers();
const text = [
  '# Water',
  '',
  'The river fills the harbor in winter. The harbor is full of the river in winter.',
  'The teacher reads a letter.',
  '',
  '## Light',
  '',
  'A candle stands in the window. The (old) *window* [lets](http://a.b) the light in.',
  '',
  '```',
  'code()',
  '```',
  '',
].join('\n');

const at = (words: string): Position => positionIn(text, text.indexOf(words) + 1);
async function hover(server: TestServer, uri: string, position: unknown): Promise<(Hover & { value: string }) | null> {
  const found = (await server.request('textDocument/hover', { textDocument: { uri }, position })) as Hover | null;
  return found && { ...found, value: (found.contents as MarkupContent).value };
}
function neighbors(server: TestServer, uri: string, position: unknown): Promise<NeighborsResult | null> {
  return server.request('foresay/neighbors', { textDocument: { uri }, position }) as Promise<NeighborsResult | null>;
}
const textIn = (range: LspRange) =>
  text.split('\n')[range.start.line]?.slice(range.start.character, range.end.character);

describe('hover', () => {
  test('before anything is indexed it answers with what it has, and never calls the engine', async () => {
    const server = await start();
    const uri = await server.openText(text);
    const found = await hover(server, uri, at('The teacher'));
    expect(found?.value).toMatch(/Still reading/);
    expect(found?.value).not.toMatch(/Similarity/);
    expect(server.engine.calls).toEqual([]);
  });

  test('afterwards it gives the figures, and still never calls the engine', async () => {
    const server = await start();
    const uri = await server.openText(text);
    await server.indexed(uri);
    const calls = [...server.engine.calls];
    for (const words of ['The harbor is', 'The teacher', 'A candle', 'The (old)']) {
      const found = await hover(server, uri, at(words));
      expect(found?.value).toMatch(/Similarity to the rest of its section: \*\*-?\d\.\d\d\*\*/);
      expect(found?.value).toMatch(/Similarity to the sentence before/);
      expect(found?.value).not.toMatch(/Still reading/);
    }
    expect(await hover(server, uri, at('The river'))).toMatchObject({
      value: expect.not.stringMatching(/sentence before/),
      range: { start: { line: 2, character: 0 }, end: { line: 2, character: 37 } },
    });
    expect(server.engine.calls).toEqual(calls);
  });

  const others = Array.from({ length: 10 }, (_, i) => `The bridge of number ${i} is old.`);
  test.each([
    ['all', others.length, "Fits here better than **99 % or more** of the document's other sentences would"],
    ['most', 7, "Fits here better than **70 %** of the document's other sentences would"],
    ['half', 5, "Fits here better than **50 %** of the document's other sentences would"],
    ['few', 1, "**90 %** of the document's other sentences would fit here as well or better"],
    ['none', 0, "**99 % or more** of the document's other sentences would fit here as well or better"],
  ])('how well a sentence fits, where %s of the others would fit less', async (_, less, line) => {
    const server = await start();
    const uri = await server.openText(['The river fills the harbor.', ...others].join(' '));
    // As many of the others as are less expected point away from what is expected.
    const away = new Set(others.slice(0, less));
    server.engine.encode = async (texts) =>
      texts.map((text) => Float32Array.of(...(away.has(text) ? [-1, 0] : [1, 0])));
    server.engine.expected = async (concepts) => concepts.map(() => Float32Array.of(1, 0));
    await server.indexed(uri);
    const position = { line: 0, character: 3 };
    expect((await hover(server, uri, position))?.value.split(/ {2}\n|\n\n/)).toContain(line);
    expect(await neighbors(server, uri, position)).toMatchObject({ expectedness: less / others.length });
  });

  test('among few sentences nothing is said of that', async () => {
    const server = await start();
    const uri = await server.openText(['The river fills the harbor.', ...others.slice(1)].join(' '));
    await server.indexed(uri);
    const found = await hover(server, uri, { line: 0, character: 40 });
    expect(found?.value).toMatch(/Similarity to the sentence before/);
    expect(found?.value).not.toMatch(/fits? here/i);
  });

  test('while the engine is busy, dead or gone, it answers as before', async () => {
    const server = await start();
    const uri = await server.openText(text);
    await server.indexed(uri);
    const before = await hover(server, uri, at('The teacher'));
    server.engine.failure = new Error('dead');
    server.tell({ state: 'error', message: 'dead' });
    expect(await hover(server, uri, at('The teacher'))).toEqual(before);
  });

  test('links lead to the nearest sentences, and quote them as plain words', async () => {
    const server = await start();
    const uri = await server.openText(text, 'markdown', 'file:///w/notes%20(old).md');
    await server.indexed(uri);
    const found = await hover(server, uri, at('A candle'));
    expect(found?.value).toContain(
      '[The \\(old\\) window lets the light in.](file:///w/notes%20%28old%29.md#L8) (line 8)',
    );
  });

  test.each(['# Water', '## Light', 'code()'])('over %j there is none', async (words) => {
    const server = await start();
    const uri = await server.openText(text);
    await server.indexed(uri);
    expect(await hover(server, uri, at(words))).toBeNull();
    expect(await neighbors(server, uri, at(words))).toBeNull();
  });
});

describe('neighbors', () => {
  test('say what the hover says, as data', async () => {
    const server = await start();
    const uri = await server.openText(text);
    await server.change(uri, 4, text);
    await server.indexed(uri);
    const calls = [...server.engine.calls];
    const found = await neighbors(server, uri, at('The harbor is'));
    expect(found).toMatchObject({ version: 4, text: 'The harbor is full of the river in winter.' });
    expect(found && textIn(found.range)).toBe('The harbor is full of the river in winter.');
    expect(found?.nearest.length).toBe(3);
    expect(found?.nearest[0]).toMatchObject({ text: 'The river fills the harbor in winter.' });
    for (const near of found?.nearest ?? []) {
      expect(textIn(near.range)?.replace(/[*]|\]\([^)]*\)|\[/g, '')).toBe(near.text);
      expect(near.text).not.toBe(found?.text);
    }
    const similarities = found?.nearest.map(({ similarity }) => similarity) ?? [];
    expect(similarities).toEqual([...similarities].sort((a, b) => b - a));
    expect(found?.toPrevious).toBeCloseTo(similarities[0] ?? Number.NaN);
    expect(server.engine.calls).toEqual(calls);
  });

  test('of the first sentence: nothing before it', async () => {
    const server = await start();
    const uri = await server.openText(text);
    await server.indexed(uri);
    expect(await neighbors(server, uri, at('The river'))).toMatchObject({ toPrevious: null });
  });

  test('of a lone sentence: nothing to compare with', async () => {
    const server = await start();
    const uri = await server.openText('The river fills the harbor.');
    await server.indexed(uri);
    expect(await neighbors(server, uri, { line: 0, character: 3 })).toMatchObject({
      toPrevious: null,
      toSection: null,
      expectedness: null,
      nearest: [],
    });
  });

  test('before indexing every figure is unknown', async () => {
    const server = await start();
    const uri = await server.openText(text);
    expect(await neighbors(server, uri, at('The teacher'))).toMatchObject({
      toPrevious: null,
      toSection: null,
      expectedness: null,
      nearest: [],
    });
    expect(server.engine.calls).toEqual([]);
  });

  test('after an edit they are those of the new version', async () => {
    const server = await start();
    const uri = await server.openText(text);
    await server.indexed(uri);
    const line = { line: 2, character: 0 };
    await server.change(uri, 2, 'A letter is read by the teacher. ', { start: line, end: line });
    await server.indexed(uri);
    const found = await neighbors(server, uri, positionIn(text, text.indexOf('The teacher')));
    expect(found).toMatchObject({ version: 2, nearest: [{ text: 'A letter is read by the teacher.' }, {}, {}] });
  });
});

test.each([
  ['switched off', { enable: { markdown: false } }],
  ['excluded', { exclude: ['*.md'] }],
])('in a document that is %s there is no hover', async (_, settings) => {
  const server = await start({ settings });
  const uri = await server.openText(text);
  expect(await hover(server, uri, at('The teacher'))).toBeNull();
  expect(await neighbors(server, uri, at('The teacher'))).toBeNull();
});

describe('what it shows', () => {
  const other = 'The river fills the harbor in winter and the harbor is full of it.';
  const everything = ['flow', 'section', 'novelty', 'expectedness', 'nearest', 'workspace'];
  const lineOf: Readonly<Record<string, RegExp>> = {
    flow: /sentence before: /,
    section: /rest of its section/,
    novelty: /New against all sentences before it: \*\*\d\.\d\d\*\*/,
    nearest: /in this document:/,
    workspace: /in other documents:\n\n- \d\.\d\d \[The river fills .*\]\(file:\/\/\/w\/b\.md#L1\) \(b\.md, line 1\)/,
  };

  test.each([[everything], [['novelty']], [['workspace', 'flow']], [['nearest', 'section']]])('%j', async (show) => {
    const server = await start({ settings: { hover: { show } } });
    const uri = await server.openText(text);
    await server.indexed(uri);
    await server.indexed(await server.openText(other, 'markdown', 'file:///w/b.md'));
    const found = await hover(server, uri, at('The harbor is'));
    for (const [part, line] of Object.entries(lineOf)) {
      if (show.includes(part)) expect(found?.value, part).toMatch(line);
      else expect(found?.value, part).not.toMatch(line);
    }
  });

  test('nothing', async () => {
    const server = await start({ settings: { hover: { show: [] } } });
    const uri = await server.openText(text);
    await server.indexed(uri);
    expect(await hover(server, uri, at('The harbor is'))).toBeNull();
  });

  test('as many neighbors as are wanted, and none of a document that is switched off', async () => {
    const server = await start({ settings: { hover: { neighbors: 1 }, enable: { '*': true, plaintext: false } } });
    const uri = await server.openText(text);
    await server.indexed(uri);
    await server.openText(other, 'plaintext', 'file:///w/b.txt');
    const found = await hover(server, uri, at('The harbor is'));
    expect(found?.value.match(/^- /gm)).toHaveLength(1);
    const data = await neighbors(server, uri, at('The harbor is'));
    expect(data?.elsewhere).toEqual([]);
    expect(data?.novelty).toBeGreaterThan(0);
    expect((await neighbors(server, uri, at('The river')))?.novelty).toBeNull();
  });
});
