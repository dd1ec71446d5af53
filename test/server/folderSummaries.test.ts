/** Summaries of folders: which documents they read, what they say of each and over all, progress and cancels. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import { EngineUnavailableError } from '../../server/src/concepts/engine.ts';
import { commands, type SummarizeFolderResult } from '../../server/src/protocol.ts';
import { type TestServer, useServers } from '../support/serverHarness.ts';

const start = useServers();
let root = '';
const uriOf = (name: string) => pathToFileURL(join(root, name)).href;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'foresay-folder-'));
  mkdirSync(join(root, 'part two'));
  mkdirSync(join(root, 'node_modules'));
  write('harbor.md', '# Harbor\n\nThe river fills the harbor in winter. A painter came to the harbor in summer.\n');
  write(
    'part two/light.tex',
    '\\section{Light}\nA candle stands in the open window. The thunder is far from the valley.\n',
  );
  write('empty.md', '# Nothing\n\n```\ncode()\n```\n');
  write('photo.png', 'The picture is no document at all.');
  write('node_modules/readme.md', 'The package is not part of the writing here.\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, text: string): void {
  writeFileSync(join(root, name), text);
}

const length = { unit: 'sentences', count: 1 };
const summarize = (server: TestServer, more: object = {}, token?: CancellationTokenSource) =>
  server.request(
    'foresay/summarizeFolder',
    { uri: pathToFileURL(root).href, length, ...more },
    token?.token,
  ) as Promise<SummarizeFolderResult | null>;

describe('foresay/summarizeFolder', () => {
  test('one summary over all, one of each document, each sentence with a link to its line', async () => {
    const server = await start({ settings: { exclude: ['node_modules/**'] } });
    const result = await summarize(server);
    expect(result?.files).toBe(2);
    const markdown = result?.markdown ?? '';
    expect(markdown).toMatch(
      /^# Summary of “foresay-folder-\w+”\n\n2 files · 29 words to \d+\n\n- .+\n\n## harbor\.md\n/u,
    );
    const [, all = '', harbor = '', light = ''] =
      /^([\s\S]*)## harbor\.md\n([\s\S]*)## part two\/light\.tex\n([\s\S]*)$/u.exec(markdown) ?? [];
    expect(harbor.trim()).toMatch(/^- (?:The river|A painter) .*\. \(\[line 3\]\(.*\)\)$/u);
    expect(harbor).toContain(`(${uriOf('harbor.md')}#L3)`);
    expect(light).toContain(`(${uriOf('part two/light.tex')}#L2)`);
    expect(all.split('\n').filter((line) => line.startsWith('- '))).toEqual([
      expect.stringMatching(/^- .*\(\[(?:harbor\.md|light\.tex)\]\(file:.*#L\d\)\)$/u),
    ]);
    expect(markdown).not.toContain('package');
  });

  test('what is open in the editor counts as it is there', async () => {
    const server = await start();
    await server.openText('The bridge of copper crosses the river at night.', 'markdown', uriOf('harbor.md'));
    const { markdown = '' } = (await summarize(server)) ?? {};
    expect(markdown).toContain('The bridge of copper crosses the river at night.');
    expect(markdown).not.toContain('painter');
  });

  test('documents that Foresay is off for are left out', async () => {
    const server = await start({ settings: { enable: { '*': true, latex: false } } });
    expect((await summarize(server))?.markdown).not.toContain('light.tex');
  });

  test.each([
    ['without a document', () => ({ uri: uriOf('none') }), { files: 0, markdown: '' }],
    ['not on this machine', () => ({ uri: 'vscode-vfs://github/x' }), null],
    ['not named', () => ({ uri: 7 }), null],
  ])('a folder %s gives nothing', async (_, params, expected) => {
    const server = await start();
    expect(await summarize(server, params())).toEqual(expected);
  });

  test('progress counts the files, and cancelling ends it', async () => {
    const server = await start();
    const release = server.hold('encode');
    const source = new CancellationTokenSource();
    const answer = summarize(server, { workDoneToken: 'mine' }, source);
    await server.until(() => server.engine.count('encode') === 1);
    source.cancel();
    await expect(answer).rejects.toMatchObject({ code: -32800 });
    const values = server.progress.get('mine') ?? [];
    expect(values.map(({ message }) => message)).toContain('0 of 4 files');
    expect(values.at(-1)).toEqual({ kind: 'end' });
    release();
  });
});

describe('the command', () => {
  const run = (server: TestServer, ...args: unknown[]) =>
    server.request('workspace/executeCommand', { command: commands.summarizeFolder, arguments: args });

  test('answers with the same', async () => {
    const server = await start();
    expect(await run(server, { uri: pathToFileURL(root).href, length })).toEqual(await summarize(server));
  });

  test.each([
    ['no folder is named', () => [], undefined, /no folder/],
    ['there is no prose', () => [{ uri: uriOf('none') }], undefined, /no prose/],
    [
      'there is no model',
      () => [{ uri: pathToFileURL(root).href }],
      new EngineUnavailableError('There is no bundle.'),
      /no bundle/,
    ],
  ])('says that %s', async (_, args, failure, message) => {
    const server = await start();
    server.engine.failure = failure;
    expect(await run(server, ...args())).toBeNull();
    await server.settled();
    expect(server.messages.map((each) => each.message)).toContainEqual(expect.stringMatching(message));
    server.engine.failure = undefined;
  });
});
