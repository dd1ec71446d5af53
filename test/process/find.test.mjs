/** Find by meaning with the bundle that ships, through the server's process and the thread of its index. Needs dist/. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inRoot } from '../../scripts/exec.mjs';
import { startServer } from '../../scripts/lspClient.mjs';

const hasBundle = existsSync(inRoot('models/bundle/manifest.json'));
const timeout = 240_000;

let root;
const servers = [];
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'foresay-find-'));
  mkdirSync(path.join(root, 'w'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) expect(await server.stop(), 'exit code').toBe(0);
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
}, timeout);

const uriOf = (name) => pathToFileURL(path.join(root, 'w', name)).href;

async function start() {
  const settings = { search: { workspace: true } };
  const server = await startServer({ settings, cacheDirectory: path.join(root, 'cache') });
  servers.push(server);
  const folder = { uri: pathToFileURL(path.join(root, 'w')).href, name: 'w' };
  await server.connection.sendNotification('workspace/didChangeWorkspaceFolders', {
    event: { added: [folder], removed: [] },
  });
  const ask = (method, params) => server.connection.sendRequest(method, params);
  for (;;) {
    const index = await ask('foresay/searchIndex', {});
    if (index.state === 'ready' && index.waiting === 0 && index.files > 0) return { ...server, ask, index };
    await sleep(50);
  }
}

describe.skipIf(!hasBundle)('find by meaning (skipped without models/bundle)', () => {
  test('other words for the same find it, in this server and in the next one', { timeout }, async () => {
    writeFileSync(
      path.join(root, 'w', 'log.md'),
      '# November\n\nThe crossing was called off because of the storm. A new propeller costs more than we earn.\n',
    );
    writeFileSync(path.join(root, 'w', 'bread.txt'), 'Good bread needs time. The oven must be very hot.');
    const first = await start();
    expect(first.index).toMatchObject({ files: 2, sentences: 4 });
    const query = { query: 'the boat did not sail since the weather was too bad', scope: 'workspace', count: 2 };
    const { items } = await first.ask('foresay/find', query);
    expect(items[0]).toMatchObject({
      uri: uriOf('log.md'),
      text: 'The crossing was called off because of the storm.',
      heading: 'November',
      range: { start: { line: 2, character: 0 }, end: { line: 2, character: 49 } },
    });
    expect(items[0].similarity).toBeGreaterThan(items[1].similarity);
    expect(await servers.pop().stop()).toBe(0);
    expect(readdirSync(path.join(root, 'cache', 'search'))).toEqual([expect.stringMatching(/^sentences-.*\.sqlite$/)]);
    const second = await start();
    expect((await second.ask('foresay/find', query)).items).toEqual(items);
    await second.ask('foresay/searchIndex', { action: 'clear' });
    expect((await second.ask('foresay/find', query)).items).toEqual([]);
  });
});
