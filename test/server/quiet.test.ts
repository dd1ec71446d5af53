/** Ghost text that nobody asked for: where it comes, where it does not, and that the reason is always said. */
import { describe, expect, test } from 'vitest';
import type { InlineCompletionItem, Position } from 'vscode-languageserver/node';
import type { NextSentencesResult } from '../../server/src/protocol.ts';
import { silence, waiting } from '../../server/src/service/index.ts';
import { maximumLength } from '../../server/src/text/snapshot.ts';
import { encodeWords } from '../support/fakeEngine.ts';
import { type ServerSetup, type TestServer, useServers } from '../support/serverHarness.ts';

const start = useServers();
const intro = 'The river fills the harbor in winter. The garden needs the rain of the summer and it is dry.';
const automatic = { triggerKind: 2 };

type Open = { readonly uri: string; readonly cursor: Position };

function inline(server: TestServer, { uri, cursor }: Open, context: unknown = automatic) {
  const params = { textDocument: { uri }, position: cursor, context };
  return server.request('textDocument/inlineCompletion', params) as Promise<InlineCompletionItem[]>;
}

interface Case {
  readonly source: string;
  readonly languageId?: string;
  readonly setup?: ServerSetup;
  /** The document's whole text after a change. */
  readonly change?: string;
  /** Ideas that lead over to what follows are asked for, and no ghost text. */
  readonly gap?: boolean;
}

const says = (text: string): ServerSetup => ({
  prepare(engine) {
    engine.wording = () => ({ text, logProbability: -1, complete: true });
  },
});
const set = (settings: unknown): ServerSetup => ({ settings });

/** For each reason, where it holds. */
const cases: Record<string, readonly [reason: RegExp, given: Case]> = {
  switchedOff: [/Switched off for markdown/, { source: `${intro}|`, setup: set({ enable: { markdown: false } }) }],
  comments: [/only when foresay\.comments\.enable/, { source: `// ${intro}|`, languageId: 'typescript' }],
  excluded: [/excluded by \*\.md/, { source: `${intro}|`, setup: set({ exclude: ['*.md'] }) }],
  tooLarge: [/too large/, { source: `${'x'.repeat(maximumLength)} |`, languageId: 'plaintext' }],
  noProse: [/No prose/, { source: 'One.\n\n```\nx|\n```' }],
  heading: [/heading/, { source: 'One.\n\n# Head|' }],
  beforeWord: [/touches the word/, { source: 'One. |Two.' }],
  alreadyWritten: [/already written/, { source: 'The river| rose.' }],
  nothingBefore: [/no sentence before/, { source: '|' }],
  nothingFollows: [/Nothing follows/, { source: `${intro}|`, gap: true }],
  otherLanguage: [
    /seems to be German; the model knows English only/,
    { source: 'Der Hafen ist alt und die Mauer ist nicht mehr gut für uns.|' },
  ],
  saidNearby: [
    /already said nearby/,
    {
      source: `${intro}|`,
      setup: {
        prepare(engine) {
          engine.plans = () => [encodeWords('The river fills the harbor in winter.')];
        },
      },
    },
  ],
  noWording: [/No wording made a whole/, { source: `${intro}|`, setup: says('Half `a span.') }],
  repeated: [/repeats the document/, { source: `${intro}|`, setup: says('The river fills the harbor in winter.') }],
  lowScore: [/foresay\.suggest\.minScore/, { source: `${intro}|`, setup: set({ suggest: { minScore: 1 } }) }],
  manual: [/only when you ask/, { source: `${intro}|`, setup: set({ suggest: { trigger: 'manual' } }) }],
  takenBack: [/taken something back/, { source: `${intro} It|`, change: intro }],
  justBegun: [/only just begun/, { source: `${intro} The wind|` }],
};

describe('nothing comes by itself, and status and log say why', () => {
  test('for every reason there is', () => {
    expect(Object.keys(cases)).toEqual(Object.keys({ ...silence, ...waiting }));
  });

  test.each(Object.entries(cases))('%s', async (name, [reason, { source, languageId, setup, change, gap }]) => {
    const server = await start(setup);
    const doc = await server.open(source, languageId);
    let { cursor } = doc;
    if (change !== undefined) {
      await server.change(doc.uri, 2, change);
      cursor = { line: 0, character: change.length };
    }
    const params = { textDocument: { uri: doc.uri }, position: cursor, gap };
    if (gap) await server.request('foresay/nextSentences', params);
    else expect(await inline(server, { uri: doc.uri, cursor })).toEqual([]);
    await server.settled();
    expect(server.statuses.at(-1)?.lastSilence).toMatch(reason);
    const line = server.logs.find((each) => each.startsWith(`suggest ${doc.uri} v${change === undefined ? 1 : 2}: `));
    expect(line).toMatch(reason);
    if (!(name in waiting)) return;
    expect(server.engine.calls.filter(({ method }) => method === 'predictNext')).toEqual([]);
    expect((await inline(server, { uri: doc.uri, cursor }, { triggerKind: 1 })).length).toBeGreaterThan(0);
    await server.settled();
    expect(server.statuses.at(-1)?.lastSilence).toBeUndefined();
  });
});

describe('no ghost text in what is no prose, asked for or not', () => {
  test.each([
    ['fenced code', 'markdown', 'One.\n\n```\nx. |\n```'],
    ['inline code', 'markdown', 'Call `a. |b`'],
    ['math', 'markdown', 'Let $x + |y$ be.'],
    ['a block of math', 'markdown', 'One.\n\n$$\nx |\n$$'],
    ['a link’s target', 'markdown', 'See [x](http://|y.z)'],
    ['a bare link', 'markdown', 'See https://x.y/z|'],
    ['a table', 'markdown', 'One.\n\n¦ a ¦ b ¦\n¦---¦---¦\n¦ c|'],
    ['front matter', 'markdown', '---\ntitle: One. |\n---\nOne.'],
    ['an equation', 'latex', 'One.\n\\begin{equation}\nx |\n\\end{equation}'],
    ['a citation', 'latex', 'One~\\cite{a|}.'],
    ['a table', 'latex', 'One.\n\\begin{tabular}{l}\na & b|\n\\end{tabular}'],
    ['verbatim text', 'latex', 'One.\n\\begin{verbatim}\nx |\n\\end{verbatim}'],
  ])('%s, %s', async (_, languageId, source) => {
    const server = await start();
    const { text, ...doc } = await server.open(source, languageId);
    if (text.includes('¦')) await server.change(doc.uri, 2, text.replaceAll('¦', '|'));
    expect(await inline(server, doc)).toEqual([]);
    expect(await inline(server, doc, { triggerKind: 1 })).toEqual([]);
    expect(server.engine.calls).toEqual([]);
  });
});

test('the rest of a sentence comes by itself in its last stretch', async () => {
  const server = await start();
  const doc = await server.open(`${intro} The wind of the winter blows over the|`);
  expect((await inline(server, doc)).length).toBeGreaterThan(0);
});

test('a suggestion that is typed along stays, however little of its sentence is there', async () => {
  const server = await start();
  const doc = await server.open(`${intro}|`);
  const [first] = await inline(server, doc);
  const typed = String(first?.insertText).slice(0, 4);
  const range = { start: doc.cursor, end: doc.cursor };
  await server.change(doc.uri, 2, typed, range);
  const cursor = { ...doc.cursor, character: doc.cursor.character + typed.length };
  const [rest] = await inline(server, { uri: doc.uri, cursor });
  expect(typed + rest?.insertText).toBe(first?.insertText);
});

test('one folder of a workspace may be silent, or manual, while the other is not', async () => {
  const byFolder: Record<string, unknown> = {
    quiet: { enable: { '*': false } },
    manual: { suggest: { trigger: 'manual' } },
    loud: {},
  };
  const server = await start({
    settings: (scope: string | undefined) => byFolder[String(scope).split('/')[3] ?? ''],
  });
  const ask = async (folder: string, context: unknown) => {
    const uri = `file:///${folder}/notes/a.md`;
    const doc = await server.open(`${intro}|`, 'markdown', uri);
    return (await inline(server, doc, context)).length > 0;
  };
  expect(await ask('quiet', automatic)).toBe(false);
  expect(await ask('manual', automatic)).toBe(false);
  expect(await ask('loud', automatic)).toBe(true);
  const params = (folder: string) => ({
    textDocument: { uri: `file:///${folder}/notes/a.md` },
    position: { line: 0, character: intro.length },
    candidates: null,
  });
  const listed = async (folder: string) =>
    (await server.request('foresay/nextSentences', params(folder))) as NextSentencesResult;
  expect(await listed('quiet')).toMatchObject({ items: [], silence: expect.stringMatching(/Switched off/) });
  expect((await listed('manual')).items.length).toBeGreaterThan(0);
  await server.settled();
  expect(Object.keys(server.statuses.at(-1)?.offDocuments ?? {})).toEqual(['file:///quiet/notes/a.md']);
});
