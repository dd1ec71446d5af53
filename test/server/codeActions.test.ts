/** Code actions and commands: ideas and summaries as edits, made when they are chosen, refused when they are stale. */
import { describe, expect, test } from 'vitest';
import {
  CancellationTokenSource,
  type CodeAction,
  type TextDocumentEdit,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { EngineUnavailableError } from '../../server/src/concepts/engine.ts';
import { edited, fullClient, type Marked, type TestServer, useServers } from '../support/serverHarness.ts';

const start = useServers();
const prose =
  '# Harbor\n\nThe river fills the harbor in winter. The market is near the station.|\n\nThe end is near.\n';
const article = [
  '# Harbor',
  '',
  'The river fills the harbor in winter. A painter came to the har|bor in summer.',
  'The market is near the station. The soldier crosses the bridge. The window is open.',
  '',
].join('\n');
const kinds = { next: 'refactor.rewrite.foresay.next', summarize: 'refactor.rewrite.foresay.summarize' };

type Opened = { readonly uri: string } & Marked;

function actions(server: TestServer, doc: Opened, context: object = {}): Promise<CodeAction[]> {
  const params = { textDocument: { uri: doc.uri }, range: doc.range, context: { diagnostics: [], ...context } };
  return server.request('textDocument/codeAction', params) as Promise<CodeAction[]>;
}
function resolve(server: TestServer, action: unknown): Promise<CodeAction> {
  return server.request('codeAction/resolve', action) as Promise<CodeAction>;
}
function execute(server: TestServer, command: string, ...args: unknown[]): Promise<unknown> {
  return server.request('workspace/executeCommand', { command, arguments: args });
}
/** The one edit of a workspace edit that names versions. */
function onlyEdit(edit: WorkspaceEdit | undefined, doc: Opened, version: number): TextEdit {
  const [change, ...rest] = (edit?.documentChanges ?? []) as TextDocumentEdit[];
  expect(rest).toEqual([]);
  expect(change?.textDocument).toEqual({ uri: doc.uri, version });
  expect(change?.edits.length).toBe(1);
  return change?.edits[0] as TextEdit;
}
const titles = (list: readonly CodeAction[]) => list.map(({ title }) => title);
const isNext = ({ kind }: CodeAction) => kind === kinds.next;

describe('next sentence', () => {
  test('one action for each idea, each an edit at the cursor', async () => {
    const server = await start();
    const doc = await server.open(prose);
    const next = (await actions(server, doc)).filter(isNext);
    expect(next.length).toBe(3);
    expect(new Set(titles(next)).size).toBe(3);
    for (const { title, edit } of next) {
      const change = onlyEdit(edit, doc, 1);
      expect(change.range).toEqual(doc.range);
      expect(title).toBe(`Next sentence: ${change.newText.trim()}`);
      expect(edited(doc.text, change)).toContain('station. ');
    }
  });

  test('in a written sentence it goes to the end of the paragraph', async () => {
    const server = await start();
    const doc = await server.open(prose.replace('|', '').replace('fills', 'fi|lls'));
    const [action] = (await actions(server, doc)).filter(isNext);
    const { range } = onlyEdit(action?.edit, doc, 1);
    expect(range.start).toEqual({ line: 2, character: 69 });
  });

  test('a long title is cut, its edit is not', async () => {
    const server = await start();
    const sentence =
      'In the old valley a farmer, a soldier, a doctor and a teacher have built a copper bridge over the river.';
    server.engine.wording = () => ({ text: sentence, logProbability: -1, complete: true });
    const doc = await server.open('The river fills the harbor in winter. A painter came to the harbor.|');
    const [action] = (await actions(server, doc)).filter(isNext);
    expect(action?.title.length).toBeLessThan(100);
    expect(action?.title).toMatch(/…$/);
    expect(onlyEdit(action?.edit, doc, 1).newText).toBe(` ${sentence}`);
  });

  test('while the cursor only moves, what is there already is offered and nothing computed', async () => {
    const server = await start();
    const doc = await server.open(prose);
    const automatic = { triggerKind: 2 };
    expect(await actions(server, doc, automatic)).toEqual([]);
    expect(server.engine.calls).toEqual([]);
    const asked = (await actions(server, doc, { triggerKind: 1 })).filter(isNext);
    expect(await actions(server, doc, automatic)).toEqual(asked);
    expect(server.engine.count('predictNext')).toBe(1);
  });

  test('with a selection there is none', async () => {
    const server = await start();
    const doc = await server.open('The ⟦river fills the harbor. The market is open. The bridge⟧ is old.');
    expect((await actions(server, doc)).filter(isNext)).toEqual([]);
    expect(server.engine.calls).toEqual([]);
  });
});

describe('which actions are offered', () => {
  test.each([
    [undefined, ['next', 'summarize']],
    [['refactor'], ['next', 'summarize']],
    [['refactor.rewrite.foresay'], ['next', 'summarize']],
    [[kinds.next], ['next']],
    [[kinds.summarize], ['summarize']],
    [['quickfix'], []],
    [['refactor.re'], []],
    [[], []],
    ['refactor', ['next', 'summarize']],
  ])('only %j: %j', async (only, expected) => {
    const server = await start();
    const list = await actions(server, await server.open(article.replace('har|bor in summer.', 'harbor in summer.|')), {
      only,
    });
    const found = Object.entries(kinds).flatMap(([name, kind]) => (list.some((a) => a.kind === kind) ? [name] : []));
    expect(found).toEqual(expected);
  });

  test('lengths shorter than the section, the one of the settings among them', async () => {
    const server = await start({ settings: { summary: { sentences: 4 } } });
    const list = await actions(server, await server.open(article), { only: [kinds.summarize] });
    expect(list.length).toBe(4);
    expect(list[3]).toMatchObject({ title: 'Summarise section in a comment', kind: `${kinds.summarize}.comment` });
    for (const [i, words] of ['one sentence', '3 sentences', '4 sentences'].entries()) {
      expect(list[i]?.title).toMatch(new RegExp(`^Summarise section in ${words}$`));
    }
  });

  test('for a selection those of a selection', async () => {
    const server = await start();
    const doc = await server.open('The ⟦river is long. The harbor is full. The mar⟧ket is open. The bridge is old.');
    const list = await actions(server, doc);
    expect(titles(list)).toEqual([
      'Expand “river is long. The harbor is full.…” into a paragraph',
      'Summarise selection in one sentence',
      'Summarise selection in a comment',
    ]);
  });

  test.each([
    [1, 'a cursor', article, true],
    [1, 'a selection', article.replace('har|bor in', '⟦harbor').replace('open', 'op⟧en'), true],
    [2, 'a cursor', article, false],
    [2, 'a selection', article.replace('har|bor in', '⟦harbor').replace('open', 'op⟧en'), true],
  ])('asked with trigger kind %j at %s', async (triggerKind, _, source, expected) => {
    const server = await start();
    const list = await actions(server, await server.open(source), { triggerKind });
    expect(list.some(({ kind }) => kind === kinds.summarize)).toBe(expected);
    if (triggerKind === 2) expect(server.engine.calls).toEqual([]);
  });

  test.each([
    ['one sentence', 'The river| is long.', {}],
    ['no prose', '```\nco|de\n```\n', {}],
    ['an excluded document', article, { exclude: ['**/*.md'] }],
    ['a language switched off', article, { enable: { markdown: false } }],
  ])('in %s there is nothing to summarise', async (_, source, settings) => {
    const server = await start({ settings });
    expect((await actions(server, await server.open(source))).filter((action) => !isNext(action))).toEqual([]);
  });

  test('no model: the ideas are missing, the summaries are not', async () => {
    const server = await start();
    const doc = await server.open(article);
    server.engine.failure = new EngineUnavailableError('no bundle');
    const list = await actions(server, doc);
    expect(list.length).toBeGreaterThan(0);
    expect(list.filter(isNext)).toEqual([]);
  });
});

test('an engine that fails takes the ideas, not the summaries, and is logged', async () => {
  const server = await start();
  const doc = await server.open(prose.replace('The market', 'The bridge is old. The market'));
  server.engine.onCall = ({ method }) => {
    server.engine.failure = method === 'predictNext' ? new Error('the graph is broken') : undefined;
  };
  const list = await actions(server, doc);
  expect(list.length).toBeGreaterThan(0);
  expect(list.filter(isNext)).toEqual([]);
  await server.settled();
  expect(server.errors).toEqual([`codeAction ${doc.uri}: the graph is broken`]);
});

describe('summaries on resolve', () => {
  async function firstSummary(server: TestServer, doc: Opened) {
    const [action] = await actions(server, doc, { only: [kinds.summarize] });
    expect(action?.edit).toBeUndefined();
    return action;
  }

  test.each([
    [
      'markdown',
      article,
      /^# Harbor\n\n<!-- foresay:summary .* -->\n> \*\*Summary\.\*\* (.+)\n<!-- \/foresay:summary -->\n\nThe river[\s\S]*open\.\n$/,
    ],
    [
      'markdown',
      article.replaceAll('\n', '\r\n'),
      /^# Harbor\r\n\r\n<!-- .* -->\r\n> \*\*Summary\.\*\* (.+)\r\n<!-- .* -->\r\n\r\nThe river[\s\S]*$/,
    ],
    ['plaintext', article.replace('# Harbor\n\n', ''), /^Summary: (.+)\n\nThe river[\s\S]*open\.\n$/],
    [
      'latex',
      article.replace('# Harbor', '\\section{Harbor}'),
      /^\\section\{Harbor\}\n\n% foresay:summary .*\n\\begin\{quote\}\n\\textbf\{Summary\.\} (.+)\n\\end\{quote\}\n% \/foresay:summary\n\nThe river[\s\S]*$/,
    ],
  ])('in %s a paragraph of its own before the section’s text (%#)', async (languageId, source, shape) => {
    const server = await start();
    const doc = await server.open(source, languageId);
    const resolved = await resolve(server, await firstSummary(server, doc));
    const change = onlyEdit(resolved.edit, doc, 1);
    const found = shape.exec(edited(doc.text, change));
    expect(found).not.toBeNull();
    expect(doc.text).toContain(found?.[1]);
  });

  test.each([
    ['\n', ''],
    ['\r\n', ''],
    ['\n', '\n'],
  ])('of a selection a paragraph after the one it ends in (newline %j, then %j)', async (newline, end) => {
    const server = await start();
    const first = `The ⟦river is long. The harbor is full.${newline}The mar⟧ket is open.`;
    const doc = await server.open(`${first}${newline}${newline}The end is near.${end}`);
    const resolved = await resolve(server, await firstSummary(server, doc));
    const text = edited(doc.text, onlyEdit(resolved.edit, doc, 1));
    const lines = text.split(newline);
    expect(lines.slice(0, 4)).toEqual([
      'The river is long. The harbor is full.',
      'The market is open.',
      '',
      expect.stringMatching(/^> \*\*Summary\.\*\* The /),
    ]);
    expect(lines.slice(4, 6)).toEqual(['', 'The end is near.']);
  });

  test('a change in between makes it ContentModified', async () => {
    const server = await start();
    const doc = await server.open(article);
    const action = await firstSummary(server, doc);
    await server.change(doc.uri, 2, `${doc.text}More.`);
    await expect(resolve(server, action)).rejects.toMatchObject({ code: -32801 });
    expect(server.engine.calls).toEqual([]);
  });

  test('a change while it is computed does so too', async () => {
    const server = await start();
    const doc = await server.open(article);
    const action = await firstSummary(server, doc);
    const release = server.hold('encode');
    const resolved = resolve(server, action);
    await server.until(() => server.engine.count('encode') === 1);
    await server.change(doc.uri, 2, `${doc.text}More.`);
    await server.settled();
    release();
    await expect(resolved).rejects.toMatchObject({ code: -32801 });
  });

  test('cancelling ends it', async () => {
    const server = await start();
    const doc = await server.open(article);
    const action = await firstSummary(server, doc);
    server.hold('encode');
    const source = new CancellationTokenSource();
    const resolved = server.request('codeAction/resolve', action, source.token);
    await server.until(() => server.engine.count('encode') === 1);
    source.cancel();
    await expect(resolved).rejects.toMatchObject({ code: -32800 });
  });

  test.each([
    ['of another server', { title: 'Organize imports', kind: 'source.organizeImports' }],
    ['of a document that is not open', { title: 'x', data: { params: { textDocument: { uri: 'file:///gone' } } } }],
    ['with foreign data', { title: 'x', data: [1, { a: null }] }],
    ['with nothing', {}],
  ])('an action %s comes back as it is', async (_, action) => {
    const server = await start();
    expect(await resolve(server, action)).toEqual(action);
  });

  test('no model: the action comes back without an edit', async () => {
    const server = await start();
    const doc = await server.open(article);
    const action = await firstSummary(server, doc);
    server.engine.failure = new EngineUnavailableError('no bundle');
    expect(await resolve(server, action)).toEqual(action);
  });
});

describe('clients that can do less', () => {
  test('without versioned edits get plain changes', async () => {
    const server = await start({ capabilities: { ...fullClient, workspace: {} } });
    const doc = await server.open(prose);
    const [action] = (await actions(server, doc)).filter(isNext);
    expect(action?.edit).toEqual({ changes: { [doc.uri]: [{ range: doc.range, newText: expect.any(String) }] } });
  });

  test.each([
    ['resolve', { ...fullClient, textDocument: { inlineCompletion: {}, codeAction: {} } }],
    ['resolve edits', { ...fullClient, textDocument: { codeAction: { resolveSupport: { properties: ['command'] } } } }],
  ])('that cannot %s get a command, which inserts the summary', async (_, capabilities) => {
    const server = await start({ capabilities });
    const doc = await server.open(article);
    const [action] = await actions(server, doc, { only: [kinds.summarize] });
    expect(action?.data).toBeUndefined();
    expect(action?.command?.command).toBe('foresay.server.summarize');
    await execute(server, 'foresay.server.summarize', ...(action?.command?.arguments ?? []));
    const change = onlyEdit(server.edits[0]?.edit, doc, 1);
    expect(edited(doc.text, change)).toMatch(
      /^# Harbor\n\n<!-- .* -->\n> \*\*Summary\.\*\* .+\n<!-- .* -->\n\nThe river/,
    );
  });
});

describe('foresay.server.insert', () => {
  test('inserts through workspace/applyEdit', async () => {
    const server = await start();
    const doc = await server.open(prose);
    expect(await execute(server, 'foresay.server.insert', doc.uri, doc.range, 1, ' It is open.')).toBeNull();
    const change = onlyEdit(server.edits[0]?.edit, doc, 1);
    expect(edited(doc.text, change)).toContain('station. It is open.\n');
    expect(server.messages).toEqual([]);
  });

  test.each([
    ['another version', (doc: Opened) => [doc.uri, doc.range, 7, 'x'], /in the meantime/],
    ['no version', (doc: Opened) => [doc.uri, doc.range, undefined, 'x'], /in the meantime/],
    ['an unknown document', (doc: Opened) => ['file:///gone', doc.range, 1, 'x'], /not open/],
    ['no text', (doc: Opened) => [doc.uri, doc.range, 1, 42], /Nothing to insert/],
    ['no document', () => [null], /not open/],
    ['nothing', () => [], /not open/],
  ])('with %s inserts nothing and says so', async (_, args, message) => {
    const server = await start();
    const doc = await server.open(prose);
    await execute(server, 'foresay.server.insert', ...args(doc));
    await server.settled();
    expect(server.edits).toEqual([]);
    expect(server.messages).toEqual([{ type: 3, message: expect.stringMatching(message) }]);
  });

  test('says when the editor did not apply it', async () => {
    const server = await start({ applies: false });
    const doc = await server.open(prose);
    await execute(server, 'foresay.server.insert', doc.uri, doc.range, 1, 'x');
    await server.settled();
    expect(server.messages).toEqual([{ type: 3, message: 'The editor did not apply the edit.' }]);
  });
});

describe('foresay.server.summarize', () => {
  const args = (doc: Opened, placement?: unknown) => [
    { textDocument: { uri: doc.uri }, range: doc.range, scope: 'section', length: { unit: 'sentences', count: 1 } },
    placement,
  ];

  test.each([
    ['before', /^# Harbor\n\n<!-- .* -->\n> \*\*Summary/],
    ['after', /open\.\n\n<!-- .* -->\n> \*\*Summary.*\n<!-- .* -->\n$/],
  ])('shows the summary and inserts it %s', async (placement, shape) => {
    const server = await start();
    const doc = await server.open(article);
    await execute(server, 'foresay.server.summarize', ...args(doc, placement));
    await server.settled();
    expect(server.messages).toEqual([{ type: 3, message: expect.stringMatching(/^The |^A /) }]);
    expect(edited(doc.text, onlyEdit(server.edits[0]?.edit, doc, 1))).toMatch(shape);
  });

  test.each(['show', undefined, 'above'])('with placement %j only shows it', async (placement) => {
    const server = await start();
    const doc = await server.open(article);
    await execute(server, 'foresay.server.summarize', ...args(doc, placement));
    await server.settled();
    expect(server.messages.length).toBe(1);
    expect(server.edits).toEqual([]);
  });

  test.each([
    ['changed', (server: TestServer, { uri }: Opened) => server.change(uri, 2, 'Other text.')],
    ['was closed', (server: TestServer, { uri }: Opened) => server.close(uri)],
  ])('when the document %s meanwhile, the summary is shown and nothing is inserted', async (_, happen) => {
    const server = await start();
    const doc = await server.open(article);
    const release = server.hold('encode');
    const executed = execute(server, 'foresay.server.summarize', ...args(doc, 'after'));
    await server.until(() => server.engine.count('encode') === 1);
    await happen(server, doc);
    await server.settled();
    release();
    await executed;
    await server.settled();
    expect(server.edits).toEqual([]);
    expect(server.messages.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^The |^A /),
      expect.stringMatching(/nothing was inserted/),
    ]);
  });

  test('shows its progress at the token that the client gave', async () => {
    const server = await start();
    const doc = await server.open(article);
    const params = { command: 'foresay.server.summarize', arguments: args(doc, 'show'), workDoneToken: 'mine' };
    await server.request('workspace/executeCommand', params);
    await server.settled();
    expect([...server.progress.keys()]).toEqual(['mine']);
  });

  test('says why there is none', async () => {
    const server = await start();
    const doc = await server.open('```\nco|de\n```\n');
    await execute(server, 'foresay.server.summarize', ...args(doc, 'after'));
    const other = await server.open(article, 'markdown', 'file:///w/b.md');
    server.engine.failure = new EngineUnavailableError('There is no bundle.');
    await execute(server, 'foresay.server.summarize', ...args(other, 'after'));
    await execute(server, 'foresay.server.summarize', { textDocument: { uri: 'file:///gone' } });
    await execute(server, 'foresay.server.summarize');
    await server.settled();
    expect(server.messages.map(({ message }) => message)).toEqual([
      'There is no prose to summarise here.',
      'There is no bundle.',
      'Nothing to summarise: the document is not open.',
      'Nothing to summarise: the document is not open.',
    ]);
    expect(server.edits).toEqual([]);
  });
});

describe('other commands', () => {
  test('foresay.server.restart starts a new engine', async () => {
    const server = await start();
    expect(await execute(server, 'foresay.server.restart')).toBeNull();
    expect(server.engines.map(({ disposed }) => disposed)).toEqual([1, 0]);
  });

  test('an unknown one does nothing', async () => {
    const server = await start();
    expect(await execute(server, 'foresay.server.format')).toBeNull();
    expect(server.engines.length).toBe(1);
  });
});
