/** Quick fixes of the diagnostics: each is applied, and what comes of it is looked at. */
import { expect, test, vi } from 'vitest';
import type { CodeAction, PublishDiagnosticsParams, Range, WorkspaceEdit } from 'vscode-languageserver/node';
import { normalized } from '../../server/src/concepts/conceptVector.ts';
import { edited, fullClient, type TestServer, useServers } from '../support/serverHarness.ts';

const start = useServers();
const first = 'The harbor wall is old and it is broken.';
const other = 'Nobody bought a ladder in the winter market.';
const client = { ...fullClient, window: { ...fullClient.window, showDocument: { support: true } } };

/** A server that has told of the document's repeats. */
async function open(text: string, languageId: string, initializationOptions = {}) {
  const settings = { diagnostics: { repeats: 'information' } };
  const server = await start({ settings, capabilities: client, initializationOptions });
  const published: PublishDiagnosticsParams[] = [];
  server.client.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.push(params);
  });
  const uri = await server.openText(text, languageId);
  await rest(server, uri);
  return { server, published, uri, marks: () => published.at(-1)?.diagnostics ?? [] };
}

async function rest(server: TestServer, uri: string): Promise<void> {
  await server.settled();
  vi.advanceTimersByTime(800);
  await server.indexed(uri);
  await server.settled();
}

async function fixesAt(server: TestServer, uri: string, range: Range): Promise<CodeAction[]> {
  const context = { diagnostics: [], only: ['quickfix'] };
  return (await server.request('textDocument/codeAction', { textDocument: { uri }, range, context })) as CodeAction[];
}

const titles = (fixes: readonly CodeAction[]) => fixes.map(({ title }) => title);

function named(fixes: readonly CodeAction[], title: string): CodeAction {
  const fix = fixes.find((each) => each.title === title);
  if (!fix) throw new Error(`no "${title}" among ${titles(fixes).join(', ')}`);
  return fix;
}

/** The text after the one edit of this document. */
function after(text: string, edit: WorkspaceEdit | undefined): string {
  const [change] = edit?.documentChanges ?? [];
  if (!change || !('edits' in change)) throw new Error('no versioned edit');
  return change.edits.reduce((now, each) => edited(now, each as never), text);
}

test('fixes are offered on the mark, each for its diagnostic, and nowhere else', async () => {
  const { server, uri, marks } = await open(`${first} ${other} ${first}`, 'markdown');
  const [mark] = marks();
  if (!mark) throw new Error('nothing marked');
  const fixes = await fixesAt(server, uri, { start: mark.range.start, end: mark.range.start });
  expect(titles(fixes)).toEqual([
    'Go to line 1, which says this first',
    'Remove this repeat',
    'Ignore repeated ideas in this paragraph',
    'Ignore repeated ideas in this file',
  ]);
  for (const fix of fixes) expect(fix).toMatchObject({ kind: 'quickfix', diagnostics: [mark] });
  const elsewhere = { line: 0, character: 3 };
  expect(await fixesAt(server, uri, { start: elsewhere, end: elsewhere })).toEqual([]);
});

test.each([
  ['in the middle', `${first} ${first} ${other}`, `${first} ${other}`],
  ['at the end of a paragraph', `${first} ${other} ${first}\n\nMore.`, `${first} ${other}\n\nMore.`],
  ['a paragraph of its own', `${first}\n\n${first}\n\n${other}`, `${first}\n\n${other}`],
  ['an item of a list', `- ${first}\n- ${first}\n- ${other}`, `- ${first}\n- ${other}`],
  ['the last line', `${first}\n\n${first}`, `${first}\n\n`],
])('a repeat is removed: %s', async (_, text, expected) => {
  const { server, uri, marks } = await open(text, 'markdown');
  const fixes = await fixesAt(server, uri, marks()[0]?.range as Range);
  expect(after(text, named(fixes, 'Remove this repeat').edit)).toBe(expected);
});

test.each([
  ['markdown', '<!-- foresay:ignore repeats -->', '<!-- foresay:ignore-file repeats -->'],
  ['latex', '% foresay:ignore repeats', '% foresay:ignore-file repeats'],
])('%s: the comment that a fix writes takes the mark away', async (languageId, here, inFile) => {
  const text = `${first}\n\n${other} ${first}`;
  const { server, uri, marks } = await open(text, languageId);
  const fixes = await fixesAt(server, uri, marks()[0]?.range as Range);
  const once = after(text, named(fixes, 'Ignore repeated ideas in this paragraph').edit);
  expect(once).toBe(`${first}\n\n${here}\n${other} ${first}`);
  await server.change(uri, 2, once);
  await rest(server, uri);
  expect(marks()).toEqual([]);
  const everywhere = after(text, named(fixes, 'Ignore repeated ideas in this file').edit);
  expect(everywhere).toBe(`${inFile}\n${text}`);
  await server.change(uri, 3, text);
  await rest(server, uri);
  expect(marks()).toHaveLength(1);
  await server.change(uri, 4, everywhere);
  await rest(server, uri);
  expect(marks()).toEqual([]);
});

test('the comment goes below front matter, and into a quotation', async () => {
  const text = `---\ntitle: A\n---\n\n# Walls\n\n${first}\n\n> ${other} ${first}`;
  const { server, uri, marks } = await open(text, 'markdown');
  const fixes = await fixesAt(server, uri, marks()[0]?.range as Range);
  expect(after(text, named(fixes, 'Ignore repeated ideas in this file').edit)).toContain(
    '---\n\n<!-- foresay:ignore-file repeats -->\n# Walls',
  );
  const quoted = after(text, named(fixes, 'Ignore repeated ideas in this paragraph').edit);
  expect(quoted).toContain(`\n> <!-- foresay:ignore repeats -->\n> ${other}`);
  await server.change(uri, 2, quoted);
  await rest(server, uri);
  expect(marks()).toEqual([]);
});

test.each([
  [
    'an item of a list',
    'markdown',
    `- ${other}\n- ${first}\n- ${first}\n`,
    `- ${first}\n<!-- foresay:ignore repeats -->\n- ${first}`,
  ],
  [
    'an item in an item',
    'markdown',
    `- ${first}\n  - ${other}\n  - ${first}\n`,
    `  - ${other}\n  <!-- foresay:ignore repeats -->\n  - ${first}`,
  ],
  [
    'an item in LaTeX, lines ended as in Windows',
    'latex',
    `\\begin{itemize}\r\n\\item ${first}\r\n\\item ${first}\r\n\\end{itemize}\r\n`,
    `\\item ${first}\r\n% foresay:ignore repeats\r\n\\item ${first}`,
  ],
])('the comment goes on a line of its own before %s, and is heard there', async (_, languageId, text, expected) => {
  const { server, uri, marks } = await open(text, languageId);
  const fixes = await fixesAt(server, uri, marks()[0]?.range as Range);
  const commented = after(text, named(fixes, 'Ignore repeated ideas in this paragraph').edit);
  expect(commented).toContain(expected);
  await server.change(uri, 2, commented);
  await rest(server, uri);
  expect(marks()).toEqual([]);
});

test('plain text has no comments, so none is offered', async () => {
  const { server, uri, marks } = await open(`${first} ${other} ${first}`, 'plaintext');
  const fixes = await fixesAt(server, uri, marks()[0]?.range as Range);
  expect(titles(fixes)).toEqual(['Go to line 1, which says this first', 'Remove this repeat']);
});

test('the earlier place is shown by the editor', async () => {
  const { server, uri, marks } = await open(`${other}\n${first}\n\n${first}`, 'plaintext');
  const shown: unknown[] = [];
  server.client.onRequest('window/showDocument', (params) => {
    shown.push(params);
    return { success: true };
  });
  const fixes = await fixesAt(server, uri, marks()[0]?.range as Range);
  const { command } = named(fixes, 'Go to line 2, which says this first');
  await server.request('workspace/executeCommand', command);
  expect(shown).toEqual([
    { uri, takeFocus: true, selection: { start: { line: 1, character: 0 }, end: { line: 1, character: 40 } } },
  ]);
});

test('what is ignored in the workspace is not told, and a client that can add to that list is offered to', async () => {
  const { server, uri, marks } = await open(`${first} ${other} ${first}`, 'plaintext', { ignoresInWorkspace: true });
  const fixes = await fixesAt(server, uri, marks()[0]?.range as Range);
  const { command } = named(fixes, 'Never mark this in this workspace');
  expect(command).toMatchObject({ command: 'foresay.ignoreInWorkspace', arguments: [uri, expect.any(String), first] });
  server.settings = {
    diagnostics: { repeats: 'information', ignore: { [command?.arguments?.[1] as string]: first } },
  };
  await server.notify('workspace/didChangeConfiguration', { settings: {} });
  await rest(server, uri);
  expect(marks()).toEqual([]);
});

test('a mark has a page that explains it, where the editor shows such links', async () => {
  const textDocument = { ...fullClient.textDocument, publishDiagnostics: { codeDescriptionSupport: true } };
  const server = await start({
    settings: { diagnostics: { repeats: 'hint' } },
    capabilities: { ...fullClient, textDocument },
  });
  const published: PublishDiagnosticsParams[] = [];
  server.client.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.push(params);
  });
  const uri = await server.openText(`${first} ${first}`, 'plaintext');
  await rest(server, uri);
  expect(published.at(-1)?.diagnostics[0]?.codeDescription).toEqual({
    href: 'file:///foresay/docs/diagnostics/repeats.md',
  });
});

test('a jump is marked, and a transition is inserted between its two sentences', async () => {
  const subjects = [
    ['harbor', 'wall', 'stone', 'pier', 'boat', 'tide'],
    ['violin', 'concert', 'pupil', 'melody'],
  ];
  /** One axis for each subject, and one for each of its words. */
  const encode = (text: string) => {
    const about = subjects.findIndex((words) => words.some((word) => text.includes(word)));
    const own = subjects.flat().findIndex((word) => text.includes(word));
    return normalized(Float32Array.from({ length: 48 }, (_, d) => (d === about ? 1 : d === own + 2 ? 0.8 : 0)));
  };
  const sentences = subjects.flat().map((word) => `Everybody in the village spoke of the ${word}.`);
  const text = sentences.join(' ');
  const server = await start({
    settings: { diagnostics: { jump: 'hint' } },
    prepare: (engine) => {
      engine.encode = async (texts) => texts.map(encode);
      engine.wording = () => ({ text: 'Somebody in the crowd heard music.', logProbability: -1, complete: true });
    },
  });
  const published: PublishDiagnosticsParams[] = [];
  server.client.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.push(params);
  });
  const uri = await server.openText(text, 'plaintext');
  await rest(server, uri);
  const marks = published.at(-1)?.diagnostics ?? [];
  expect(marks.map(({ code, severity, range }) => [code, severity, range.start.character])).toEqual([
    ['jump', 4, text.indexOf(sentences[6] as string)],
  ]);
  const fixes = await fixesAt(server, uri, marks[0]?.range as Range);
  const { command } = named(fixes, 'Insert a transition');
  await server.request('workspace/executeCommand', command);
  await server.settled();
  expect(server.messages).toEqual([]);
  expect(after(text, server.edits[0]?.edit)).toBe(
    [...sentences.slice(0, 6), 'Somebody in the crowd heard music.', ...sentences.slice(6)].join(' '),
  );
});
