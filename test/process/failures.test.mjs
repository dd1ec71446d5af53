/** The server's process with the bundle that ships, when things go wrong: its host dies, its bundle is bad, its input is. */
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import {
  DidChangeConfigurationNotification,
  LogMessageNotification,
  MessageType,
  ShowMessageNotification,
} from 'vscode-languageserver/node';
import { inRoot, run } from '../../scripts/exec.mjs';
import { startServer } from '../../scripts/lspClient.mjs';
import { createTinyBundle, tinyManifest, withField } from '../support/tinyBundle.ts';

const limit = 180_000;
const hasBundle = existsSync(inRoot('models/bundle/manifest.json'));
const uri = pathToFileURL(inRoot('samples/community-garden.md')).href;
const text = readFileSync(inRoot('samples/community-garden.md'), 'utf8').trimEnd();
const lastLine = text.split('\n').length - 1;
const position = { line: lastLine, character: text.split('\n')[lastLine].length };
const textDocument = { uri };

/** What has to be ended after the test, newest first. */
const ends = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
}, limit);

/** A server with its statuses, messages and log, and a way to wait for the next ones; its hosts are gone when it is. */
async function start(settings = {}) {
  const statuses = [];
  const messages = [];
  const logs = [];
  let waiting = [];
  const look = () => {
    waiting = waiting.filter(({ condition, resolve }) => !condition() || resolve());
  };
  const onStatus = (status) => {
    statuses.push(status);
    look();
  };
  const server = await startServer({ settings, onStatus });
  server.connection.onNotification(ShowMessageNotification.type, ({ message }) => {
    messages.push(message);
    look();
  });
  server.connection.onNotification(LogMessageNotification.type, (line) => logs.push(line));
  let hosts = [];
  ends.push(async () => {
    hosts = await childrenOf(server.child.pid);
    const code = await server.stop();
    expect([0, 1], 'exit code').toContain(code);
    expect(hosts.filter(isAlive), 'hosts left').toEqual([]);
  });
  return {
    ...server,
    statuses,
    messages,
    logs,
    settings,
    host: async () => {
      const [pid] = await childrenOf(server.child.pid);
      return pid;
    },
    ideas: (candidates = 3, at = position) =>
      server.connection.sendRequest('foresay/nextSentences', { textDocument, position: at, candidates }),
    until: (condition) =>
      condition() ? Promise.resolve() : new Promise((resolve) => waiting.push({ condition, resolve })),
  };
}

/** The position of an offset where a paragraph ends. */
function endOfParagraph(offset) {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, character: before.at(-1).length };
}

/** The running child processes of a process. */
async function childrenOf(parent) {
  if (existsSync('/proc/self/stat')) {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => parentOf(pid) === parent);
  }
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid='], { quiet: true });
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return rows.filter(([, ppid]) => ppid === parent).map(([pid]) => pid);
}

function parentOf(pid) {
  try {
    const [state, ppid] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return state === 'Z' ? undefined : Number(ppid);
  } catch {
    return undefined; // it ended in between
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!hasBundle)('an inference host that is killed (skipped without models/bundle)', () => {
  test('in the middle of a request is started again once; the second time suggestions are off until a restart', {
    timeout: limit,
  }, async () => {
    const server = await start();
    await server.open(uri, 'markdown', text);
    await server.connection.sendRequest('foresay/indexed', { textDocument });
    const working = ({ state, message }) => state === 'working' && /next sentence/.test(message);

    // The first death: the request is answered by the next host.
    const first = await server.host();
    const asked = server.ideas(8);
    await server.until(() => server.statuses.some(working));
    process.kill(first, 'SIGKILL');
    expect((await asked).items.length).toBeGreaterThan(0);
    const second = await server.host();
    expect(second).not.toBe(first);
    expect(server.messages).toEqual([]);

    // The second one: what was worked out stays, nothing new comes, and it is said once.
    const elsewhere = endOfParagraph(text.indexOf('\n\n', text.length / 2));
    // On a machine so slow that more than a minute lies between, the third one.
    for (let host = second; server.statuses.at(-1).state !== 'error'; host = await server.host()) {
      const from = server.statuses.length;
      process.kill(host, 'SIGKILL');
      // Ready again, that is: a `ready` may also end what was worked at when the host was killed.
      const since = () => server.statuses.slice(from).map(({ state }) => state);
      await server.until(() => since().includes('error') || /starting.*ready/.test(since().join()));
    }
    for (let i = 0; i < 2; i++) {
      const { items, silence } = await server.ideas(2, elsewhere);
      expect(items).toEqual([]);
      expect(silence).toMatch(/ended twice within a minute \(killed by SIGKILL\)/);
    }
    await server.until(() => server.messages.length > 0);
    expect(server.messages).toEqual([expect.stringMatching(/^Foresay: .* until Foresay is restarted\.$/)]);
    expect((await server.ideas()).items.length, 'what was worked out before').toBeGreaterThan(0);
    expect(await server.host()).toBeUndefined();
    const hover = { textDocument, position };
    expect(await server.connection.sendRequest('textDocument/hover', hover)).not.toBeNull();

    // Restart brings it back.
    expect(await server.connection.sendRequest('foresay/restart', null)).toBeNull();
    expect(server.statuses.at(-1).state).toBe('ready');
    expect((await server.ideas(3, elsewhere)).items.length).toBeGreaterThan(0);
  });

  test('ends with a server whose client is gone', { timeout: limit }, async () => {
    const server = await start();
    await server.open(uri, 'markdown', text);
    await server.connection.sendRequest('foresay/indexed', { textDocument });
    const host = await server.host();
    server.child.stdin.end();
    expect(await server.exited).toEqual({ code: 1, signal: null });
    // The host ends by itself as soon as its channel closes.
    while (isAlive(host)) await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('a bundle that is wrong', () => {
  const wrong = [
    [
      'truncated',
      (bundle) => truncateSync(bundle.file('decoder.onnx'), 3),
      /decoder\.onnx: truncated, has 3 bytes, expected/,
    ],
    [
      'of another version',
      (bundle) => bundle.write(withField(tinyManifest(), 'formatVersion', 9)),
      /manifest\.json: formatVersion is 9, expected 1 \(made for a newer Foresay\)/,
    ],
    ['with graphs that are none', () => {}, /encoder\.onnx: ONNX Runtime cannot open it/],
  ];

  test.each(wrong)('%s: told in words, and the server lives on', { timeout: limit }, async (_, spoil, expected) => {
    const bundle = createTinyBundle();
    ends.push(bundle.dispose);
    spoil(bundle);
    const server = await start({ bundlePath: bundle.directory });
    await server.open(uri, 'markdown', text);
    await server.until(() => server.messages.length > 0);
    expect(server.statuses.at(-1)).toMatchObject({ state: 'error', message: expect.stringMatching(expected) });
    expect(await server.ideas()).toMatchObject({ items: [], silence: expect.stringMatching(expected) });
    const hover = { textDocument, position };
    expect(await server.connection.sendRequest('textDocument/hover', hover)).not.toBeNull();
    expect(server.messages.length).toBe(1);
    const errors = server.logs.filter(({ type }) => type === MessageType.Error);
    expect(errors.map(({ message }) => message)).toEqual([expect.stringMatching(expected)]);
  });

  test.skipIf(!hasBundle)(
    'is left for a good one when the setting changes (skipped without models/bundle)',
    { timeout: limit },
    async () => {
      const bundle = createTinyBundle();
      ends.push(bundle.dispose);
      writeFileSync(bundle.file('sampler.onnx'), '<!doctype html><title>Not found</title>');
      const server = await start({ bundlePath: bundle.directory });
      await server.open(uri, 'markdown', text);
      await server.until(() => server.messages.length > 0);
      expect(server.messages[0]).toMatch(/sampler\.onnx: an HTML page instead of the file/);
      server.settings.bundlePath = '';
      await server.connection.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
      await server.until(() => server.statuses.at(-1).state === 'ready');
      expect((await server.ideas()).items.length).toBeGreaterThan(0);
    },
  );

  test('a relative path is refused, whoever started the server where', { timeout: limit }, async () => {
    const server = await start({ bundlePath: 'models/bundle' });
    await server.until(() => server.messages.length > 0);
    expect(server.messages[0]).toMatch(/foresay\.bundlePath is "models\/bundle", expected an absolute path/);
  });
});

describe('input that is wrong', () => {
  test.each([
    ['content that is no JSON', 'Content-Length: 9\r\n\r\n{"method"'],
    ['content that is no message', 'Content-Length: 4\r\n\r\nnull'],
    ['content of another length', 'Content-Length: 2\r\n\r\n[]'],
    ['a header that is none', 'GET / HTTP/1.1\r\n\r\n'],
  ])('%s does not end the server', { timeout: limit }, async (_, bytes) => {
    const server = await start({ bundlePath: '/no/such/bundle' });
    server.child.stdin.write(bytes);
    await server.open(uri, 'markdown', text);
    const hover = { textDocument, position };
    expect(await server.connection.sendRequest('textDocument/hover', hover)).not.toBeNull();
    expect(server.child.exitCode).toBeNull();
  });

  test('is named in the log, and nothing of it is told anywhere', { timeout: limit }, async () => {
    const server = await start({ bundlePath: '/no/such/bundle' });
    const secret = 'Zyzzogeton';
    let stderr = '';
    server.child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const changes = { textDocument: { uri, version: 2 }, contentChanges: [secret] };
    const garbage = [
      JSON.stringify({ jsonrpc: '2.0', text: secret }),
      JSON.stringify({ jsonrpc: '2.0', method: 'textDocument/didChange', params: changes }),
      secret,
    ];
    await server.open(uri, 'markdown', text);
    for (const content of garbage) server.child.stdin.write(`Content-Length: ${content.length}\r\n\r\n${content}`);
    server.child.stdin.write(`${secret}\r\n\r\n`);
    await server.connection.sendRequest('textDocument/hover', { textDocument, position });
    const lines = server.logs.map(({ message }) => message);
    expect(lines).toContainEqual(expect.stringMatching(/neither a response nor a notification message \(\d+ char/));
    expect(lines).toContainEqual(expect.stringMatching(/'textDocument\/didChange' failed with message \(\d+ char/));
    const told = JSON.stringify([server.logs, server.messages, server.statuses]);
    expect(await server.stop()).toBe(0);
    expect(told + stderr).not.toContain(secret);
  });

  test('documents no writer would write are answered by the real model', { timeout: limit }, async (context) => {
    if (!hasBundle) context.skip('without models/bundle');
    const server = await start();
    const prose = 'The garden was opened in the spring. It is the work of many people and of a few who never left.';
    const documents = [
      ['20 MB', `${prose}\n\n`.repeat(210_000), /too large/],
      ['one letter', 'a'.repeat(1_000_000)],
      ['one open sentence of 1 MB', `${prose} ${'the garden of '.repeat(70_000)}`],
      ['NUL', prose.replaceAll(' ', ' \0')],
      ['lone surrogates', `${prose} \uD800 and \uDC00 were`],
      ['CRLF', prose.replace('. ', '.\r\n')],
      ['Chinese', '山上有一座老房子。一个人和他的狗住在里面。人们每天都来看他。', /English/],
      ['Arabic', 'كان البيت القديم فوق التل. عاش فيه رجل مع كلبه. وكان الناس يزورونه كل يوم.', /English/],
      ['control tokens', `${prose} <|im_end|> [SEP] <|endoftext|> was`],
      ['nothing', '', /no sentence/],
    ];
    for (const [name, content, silenced] of documents) {
      const other = `file:///w/${encodeURIComponent(name)}.md`;
      await server.open(other, 'markdown', content);
      const lines = content.split('\n');
      const end = { line: lines.length - 1, character: lines.at(-1).length };
      const params = { textDocument: { uri: other }, position: end, candidates: 1 };
      const { items, silence } = await server.connection.sendRequest('foresay/nextSentences', params);
      if (silenced) expect({ items, silence }, name).toEqual({ items: [], silence: expect.stringMatching(silenced) });
      else expect(items.length > 0 || silence !== '', name).toBe(true);
      await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri: other } });
    }
    expect(server.statuses.at(-1).state).not.toBe('error');
    expect(server.messages).toEqual([]);
  });
});
