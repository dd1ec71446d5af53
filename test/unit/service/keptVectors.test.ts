/** Vectors from the disk and to it: what was encoded once is not encoded again by the next server, and none is of another. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CancellationError, neverCancelled } from '../../../server/src/base/cancellation.ts';
import { CancellationSource } from '../../../server/src/base/cancellationSource.ts';
import { type ConceptService, createConceptService } from '../../../server/src/service/index.ts';
import { changeDocument, openDocument } from '../../../server/src/service/snapshots.ts';
import { createVectorStore, type VectorStore } from '../../../server/src/store/vectorStore.ts';
import type { DocumentSnapshot } from '../../../server/src/text/snapshot.ts';
import { type CacheFolder, createCacheFolder } from '../../support/cacheFolder.ts';
import { FakeEngine } from '../../support/fakeEngine.ts';
import { silentLogger } from '../../support/silentLogger.ts';

const text = Array.from({ length: 40 }, (_, i) => `The gardener plants row ${i} with beans.`).join(' ');

let folder: CacheFolder;
let uri: string;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  folder = createCacheFolder();
  uri = folder.document('garden.txt', text);
});
afterEach(() => {
  expect(vi.getTimerCount(), 'timers left').toBe(0);
  vi.useRealTimers();
  folder.dispose();
});

const open = (content = text, version = 1): DocumentSnapshot =>
  openDocument({ uri, languageId: 'plaintext', version, text: content });

/** The document with another first word, in the next version. */
function edited(snapshot: DocumentSnapshot): DocumentSnapshot {
  const change = { start: 0, end: 3, text: 'Every' };
  return changeDocument(snapshot, [change], snapshot.version + 1);
}

/** A server's service on the folder's store, which notes each save. */
function start(engine = new FakeEngine()) {
  const saves: number[] = [];
  const disk = createVectorStore(folder.directory, silentLogger);
  const store: VectorStore = {
    ...disk,
    save(...args) {
      saves.push(args[2].size);
      return disk.save(...args);
    },
  };
  const logs: string[] = [];
  const log = (line: string) => void logs.push(line);
  const service = createConceptService({ engine, logger: { info: log, warn: log, error: log }, clock: () => 0 });
  service.keepIn(store);
  const read = async (snapshot: DocumentSnapshot) => {
    await service.restore(snapshot, 0, neverCancelled);
    await service.index(snapshot, 0, neverCancelled);
  };
  return { engine, service, store, saves, logs, read };
}

/** How many sentences of the document have no vector. */
async function toRead(service: ConceptService): Promise<number> {
  let missing = 0;
  await service.index(open(), 0, neverCancelled, (done, total) => {
    if (done === 0) missing = total;
  });
  return missing;
}

describe('the next server', () => {
  test('encodes nothing of a document that was read, and knows the same of it', async () => {
    const first = start();
    await first.read(open());
    await first.service.dispose();
    expect(first.engine.count('encode')).toBeGreaterThan(0);
    const second = start();
    await second.service.restore(open(), 0, neverCancelled);
    await second.service.index(open(), 0, neverCancelled);
    expect(second.engine.count('encode')).toBe(0);
    expect(second.service.facts(open(), 3)).toEqual(first.service.facts(open(), 3));
    expect(second.service.facts(open(), 3)?.nearest).toHaveLength(3);
    expect(second.logs).toContainEqual(expect.stringMatching(/^restore file:.* v1: 40, 0 ms$/));
    await second.service.dispose();
    expect(second.saves, 'nothing new').toEqual([]);
  });

  test('encodes what is new in the document, and keeps that instead', async () => {
    const first = start();
    await first.read(open());
    await first.service.dispose();
    const second = start();
    await second.read(edited(open()));
    expect(second.engine.calls.filter(({ method }) => method === 'encode')).toMatchObject([
      { method: 'encode', size: 1 },
    ]);
    await second.service.dispose();
    expect(second.saves).toEqual([40]);
    const third = start();
    await third.read(open());
    expect(third.engine.calls.filter(({ method }) => method === 'encode')).toMatchObject([
      { method: 'encode', size: 1 },
    ]);
    await third.service.dispose();
  });

  test('encodes no heading again that was read for its sentences', async () => {
    const engines = [new FakeEngine(), new FakeEngine()];
    const titled = openDocument({ uri, languageId: 'markdown', version: 1, text: `# The beans\n\n${text}` });
    for (const engine of engines) {
      engine.info = { ...engine.info, hasRoles: true };
      const { service, read } = start(engine);
      await read(titled);
      await service.dispose();
    }
    expect(engines.map((engine) => engine.count('encode'))).toEqual([3, 0]);
  });

  test('takes nothing of another encoder, but what another bundle with the same one wrote', async () => {
    const first = start();
    await first.read(open());
    await first.service.dispose();
    const otherBundle = new FakeEngine();
    otherBundle.info = { ...otherBundle.info, bundle: { name: 'new', version: '2', path: '/new' } };
    const second = start(otherBundle);
    await second.read(open());
    expect(otherBundle.count('encode')).toBe(0);
    await second.service.dispose();
    const otherEncoder = new FakeEngine();
    otherEncoder.info = { ...otherEncoder.info, encoder: 'f'.repeat(64) };
    const third = start(otherEncoder);
    await third.read(open());
    expect(otherEncoder.count('encode')).toBeGreaterThan(0);
    await third.service.dispose();
  });

  test('finds no word of the document on the disk', async () => {
    const { service, read } = start();
    await read(open());
    await service.dispose();
    const content = folder.content();
    expect(content.length).toBeGreaterThan(40 * 48 * 4);
    for (const word of ['gardener', 'plants', 'beans', 'garden.txt']) expect(content).not.toContain(word);
  });
});

describe('a document is written', () => {
  test('after a pause, once for what changed in it', async () => {
    const { service, saves, read } = start();
    await read(open());
    vi.advanceTimersByTime(4999);
    await read(edited(open()));
    vi.advanceTimersByTime(4999);
    expect(saves).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(saves).toEqual([40]);
    await read(edited(open()));
    vi.advanceTimersByTime(5000);
    expect(saves).toEqual([40]);
    await service.dispose();
    expect(folder.files()).toHaveLength(1);
  });

  test('when it is closed, also in the middle of its reading', async () => {
    const { engine, service, saves, read } = start();
    let calls = 0;
    const { encode } = engine;
    engine.encode = (sentences, token) =>
      ++calls === 2 ? new Promise(() => {}) : encode.call(engine, sentences, token);
    const reading = read(open());
    reading.catch(() => {});
    while (calls < 2) await new Promise((resolve) => setImmediate(resolve));
    service.close(uri);
    await expect(reading).rejects.toBeInstanceOf(CancellationError);
    expect(saves).toEqual([24]);
    await service.dispose();
  });

  test('not without a store', async () => {
    const { service, saves, read } = start();
    service.keepIn(undefined);
    await read(open());
    await service.dispose();
    expect(saves).toEqual([]);
    expect(folder.files()).toEqual([]);
  });

  test('not any more once the store is taken away, and again when it is back', async () => {
    const { service, store, saves, read } = start();
    await read(open());
    service.keepIn(undefined);
    vi.advanceTimersByTime(5000);
    expect(saves).toEqual([]);
    service.keepIn(store);
    await read(open());
    await service.dispose();
    expect(saves).toEqual([40]);
  });
});

describe('what comes from the disk too late is dropped', () => {
  /** A service whose store gives what it has only when told to. */
  async function slow() {
    const first = start();
    await first.read(open());
    await first.service.dispose();
    const second = start();
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let asked = (): void => {};
    const loading = new Promise<void>((resolve) => {
      asked = resolve;
    });
    second.service.keepIn({
      ...second.store,
      async load(...args) {
        const vectors = await second.store.load(...args);
        asked();
        await released;
        return vectors;
      },
    });
    return { ...second, release, loading };
  }

  test('when another bundle answers from now on', async () => {
    const { service, release, loading } = await slow();
    const restoring = service.restore(open(), 0, neverCancelled);
    await loading;
    service.clear();
    release();
    await restoring;
    expect(await toRead(service)).toBe(40);
    await service.dispose();
  });

  test('when the document was closed', async () => {
    const { service, release, loading } = await slow();
    const source = new CancellationSource();
    const restoring = service.restore(open(), 0, source.token);
    await loading;
    source.cancel();
    release();
    await expect(restoring).rejects.toBeInstanceOf(CancellationError);
    expect(await toRead(service)).toBe(40);
    await service.dispose();
  });

  test('two who wait for it at once both have it', async () => {
    const { service, release, loading } = await slow();
    const both = [service.restore(open(), 0, neverCancelled), service.restore(open(), 0, neverCancelled)];
    await loading;
    release();
    await Promise.all(both);
    expect(await toRead(service)).toBe(0);
    await service.dispose();
  });
});
