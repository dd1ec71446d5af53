/** The engine over its host process: started when needed, cancelled at once, restarted once, and ended with it. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CancellationError, neverCancelled } from '../../server/src/base/cancellation.ts';
import { CancellationSource } from '../../server/src/base/cancellationSource.ts';
import { type EngineStatus, EngineUnavailableError } from '../../server/src/concepts/engine.ts';
import { createHostEngine, type HostEngine } from '../../server/src/inference/hostEngine.ts';
import { plainly } from '../support/plainSequence.ts';

const fakeHost = fileURLToPath(new URL('../support/fakeHost.mjs', import.meta.url));
let directory: string;
let engine: HostEngine;
let statuses: EngineStatus[];
let logs: string[];
/** The engine's clock. */
let now: number;
let waiting: { readonly condition: () => boolean; readonly resolve: () => void }[];

function create(hostModule = fakeHost): HostEngine {
  const log = (message: string) => void logs.push(message);
  engine = createHostEngine({
    hostModule,
    bundlePath: directory,
    provider: 'auto',
    logger: { info: log, warn: log, error: log },
    now: () => now,
    onStatus: (status) => {
      statuses.push(status);
      waiting = waiting.filter(({ condition, resolve }) => !condition() || resolve());
    },
  });
  return engine;
}
/** Resolves as soon as the condition holds, which is looked at with each status. */
function until(condition: () => boolean): Promise<void> {
  return condition() ? Promise.resolve() : new Promise((resolve) => waiting.push({ condition, resolve }));
}
const states = () => statuses.map(({ state }) => state);
const mark = (name: string) => writeFileSync(join(directory, name), '');
const pids = () =>
  (existsSync(join(directory, 'starts')) ? readFileSync(join(directory, 'starts'), 'utf8').split('\n') : [])
    .filter((line) => line !== '')
    .map(Number);
const encode = async (...sentences: string[]) =>
  (await engine.encode(sentences, neverCancelled)).map(([number]) => number);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'foresay-host-'));
  statuses = [];
  logs = [];
  waiting = [];
  now = 0;
  create();
});
afterEach(async () => {
  await engine.dispose();
  expect(pids().filter(isAlive), 'hosts left').toEqual([]);
  rmSync(directory, { recursive: true, force: true });
});

describe('a host that works', () => {
  test('is started on first use, once, and says so', async () => {
    expect(pids()).toEqual([]);
    const [info, numbers, more] = await Promise.all([engine.ready(), encode('one', 'three'), encode('x')]);
    expect(info.bundle.path).toBe(directory);
    expect([numbers, more]).toEqual([[3, 5], [1]]);
    expect(pids().length).toBe(1);
    expect(states()).toEqual(['starting', 'ready']);
    expect(statuses[1]).toEqual({ state: 'ready', message: '', info });
    expect(logs).toEqual(['opened']);
  });

  test('gets every kind of request whole', async () => {
    const vectors = [Float32Array.of(1), Float32Array.of(2), Float32Array.of(3)];
    expect(await engine.predictNext({ context: plainly(vectors), count: 2, seed: 7 }, neverCancelled)).toEqual(
      [7.3, 8.3].map((x) => Float32Array.of(x)),
    );
    expect(await engine.expected(plainly(vectors), neverCancelled)).toEqual(vectors);
    const summary = { source: vectors, maxLength: 2, seed: 1 };
    expect(await engine.planSummary(summary, neverCancelled)).toEqual(vectors.slice(0, 2));
    const request = { contextText: 'a\uD800b\0', typed: 'é', plans: vectors, maxTokens: 3 };
    const [wording] = await engine.decode(request, neverCancelled);
    expect(JSON.parse(String(wording?.text))).toEqual({ ...request, plans: [1, 2, 3] });
    expect(await engine.prefill('text', neverCancelled)).toBeUndefined();
    expect(await engine.encode([], neverCancelled)).toEqual([]);
  });

  test.each([
    ['boom', Error, 'boom'],
    ['wrong number', RangeError, 'steps is 3'],
    ['range', Error, /never seen/],
  ])('an error (%s) reaches who asked, with its kind, and nobody else', async (order, kind, message) => {
    const asked = encode(order);
    await expect(asked).rejects.toBeInstanceOf(kind);
    await expect(asked).rejects.toThrow(message);
    expect(await encode('one')).toEqual([3]);
    expect(states()).toEqual(['starting', 'ready']);
  });
});

describe('cancelling', () => {
  test('rejects at once, and the host hears of it', async () => {
    await engine.ready();
    const source = new CancellationSource();
    const hanging = engine.encode(['hang'], source.token);
    await encode('one');
    source.cancel();
    await expect(hanging).rejects.toThrow(CancellationError);
    expect(await encode('cancels?')).toEqual([1]);
  });

  test('before it was sent: the host never hears of it', async () => {
    const source = new CancellationSource();
    const never = engine.encode(['die'], source.token);
    source.cancel();
    await expect(never).rejects.toThrow(CancellationError);
    expect(await encode('one')).toEqual([3]);
    expect(pids().length).toBe(1);
  });

  test('before the request: nothing is started', async () => {
    const source = new CancellationSource();
    source.cancel();
    await expect(engine.encode(['one'], source.token)).rejects.toThrow(CancellationError);
    expect(states()).toEqual([]);
  });

  test('while the host still opens rejects at once', async () => {
    mark('never-opens');
    const source = new CancellationSource();
    const asked = engine.encode(['one'], source.token);
    source.cancel();
    await expect(asked).rejects.toThrow(CancellationError);
  });
});

describe('a host that dies', () => {
  test('in the middle of requests is started again, and all of them are answered there', async () => {
    const answers = await Promise.all([encode('one'), encode('die once', 'x'), encode('three'), engine.ready()]);
    expect(answers.slice(0, 3)).toEqual([[3], [8, 1], [5]]);
    expect(pids().length).toBe(2);
    expect(states()).toEqual(['starting', 'ready', 'starting', 'ready']);
    expect(logs).toContain('The inference host ended (killed by SIGKILL).');
  });

  test('while nobody asks is started again at once', async () => {
    const [pid] = await encode('pid');
    process.kill(Number(pid), 'SIGKILL');
    await until(() => states().length === 4);
    expect(states()).toEqual(['starting', 'ready', 'starting', 'ready']);
    expect(await encode('pid')).not.toEqual([pid]);
  });

  test('a second time within a minute stays dead: every call says why, until a restart', async () => {
    await encode('die once');
    now = 59_999;
    const asked = encode('die');
    await expect(asked).rejects.toThrow(EngineUnavailableError);
    await expect(asked).rejects.toThrow(
      /ended twice within a minute \(killed by SIGKILL\).* until Foresay is restarted/,
    );
    expect(states().at(-1)).toBe('error');
    for (const call of [encode('one'), engine.ready(), engine.prefill('x', neverCancelled)]) {
      await expect(call).rejects.toThrow(/twice within a minute/);
    }
    expect(pids().length).toBe(2);
    await engine.restart();
    expect(await encode('one')).toEqual([3]);
    expect(pids().length).toBe(3);
    expect(states().slice(-2)).toEqual(['starting', 'ready']);
  });

  test('after a minute is only an accident again', async () => {
    await encode('die once');
    now = 60_000;
    rmSync(join(directory, 'died'));
    expect(await encode('die once')).toEqual([8]);
    expect(pids().length).toBe(3);
  });

  test('of one request, however often: that one fails, others do not', async () => {
    const deaths = () => logs.filter((line) => line.startsWith('The inference host ended')).length;
    const asked = encode('die');
    asked.catch(() => {});
    await until(() => states().filter((state) => state === 'starting').length === 2);
    now = 60_000;
    await expect(asked).rejects.toThrow('The inference host ended before it answered.');
    expect(deaths()).toBe(2);
    expect(await encode('one')).toEqual([3]);
  });

  test('while it opens is started once more', async () => {
    mark('dies-once');
    expect(await encode('one')).toEqual([3]);
    expect(states()).toEqual(['starting', 'starting', 'ready']);
  });

  test('whenever it opens is given up', async () => {
    mark('dies');
    await expect(encode('one')).rejects.toThrow(EngineUnavailableError);
    expect(states()).toEqual(['starting', 'starting', 'error']);
    expect(pids().length).toBe(2);
  });

  test('of an error of its own tells it', async () => {
    await encode('die once');
    await expect(encode('throw', 'hang')).rejects.toThrow(/within a minute \(exit code 1: the graph is gone\)/);
    expect(logs.join('\n')).toMatch(/TypeError: the graph is gone/);
  });
});

describe('a host that cannot start', () => {
  test('because its file is missing: the reason is told', async () => {
    await engine.dispose();
    create(join(directory, 'nowhere.mjs'));
    await expect(engine.ready()).rejects.toThrow(EngineUnavailableError);
    expect(statuses.at(-1)).toMatchObject({
      state: 'error',
      message: expect.stringMatching(/Cannot find module .*nowhere/),
    });
  });

  test('because a library will not load: the reason is told', async () => {
    await engine.dispose();
    const entry = join(directory, 'host.mjs');
    writeFileSync(entry, "import { InferenceSession } from 'onnxruntime-node';\nInferenceSession.create();\n");
    create(entry);
    await expect(engine.ready()).rejects.toThrow(/exit code 1: Cannot find package 'onnxruntime-node'/);
    expect(states()).toEqual(['starting', 'starting', 'error']);
  });

  test('because of its bundle: told once, and not tried again before a restart', async () => {
    mark('wrong');
    await expect(engine.ready()).rejects.toThrow(EngineUnavailableError);
    await expect(encode('one')).rejects.toThrow('encoder.onnx: altered');
    expect(pids().length).toBe(1);
    expect(statuses).toMatchObject([{ state: 'starting' }, { state: 'error', message: 'encoder.onnx: altered' }]);
    expect(logs).toEqual(['encoder.onnx: altered']);
    await expect(engine.restart()).rejects.toThrow('encoder.onnx: altered');
    rmSync(join(directory, 'wrong'));
    await engine.restart();
    expect(await encode('one')).toEqual([3]);
  });
});

describe('restart', () => {
  test('ends the host; what is pending is asked again in the new one', async () => {
    const [old] = await encode('pid');
    mark('died');
    const pending = encode('pid', 'die once');
    await engine.restart();
    const [pid] = await pending;
    expect(isAlive(Number(old))).toBe(false);
    expect([Number(old), (await encode('pid'))[0]]).toContain(pid);
    expect(states()).toEqual(['starting', 'ready', 'starting', 'ready']);
  });

  test('forgets earlier deaths: the next one is an accident again', async () => {
    await encode('die once');
    await engine.restart();
    rmSync(join(directory, 'died'));
    expect(await encode('die once')).toEqual([8]);
  });

  test('in the middle of a hanging request answers that one in the new host', async () => {
    await engine.ready();
    const source = new CancellationSource();
    const hanging = engine.encode(['hang'], source.token);
    await encode('one');
    await engine.restart();
    await encode('one');
    source.cancel();
    await expect(hanging).rejects.toThrow(CancellationError);
    expect(await encode('cancels?')).toEqual([1]);
  });
});

describe('dispose', () => {
  test('ends the host, twice is once, and later calls say so', async () => {
    const [pid] = await encode('pid');
    await Promise.all([engine.dispose(), engine.dispose()]);
    expect(isAlive(Number(pid))).toBe(false);
    await expect(encode('one')).rejects.toThrow(new EngineUnavailableError('The engine was closed.'));
    await expect(engine.restart()).rejects.toThrow(EngineUnavailableError);
    expect(pids().length).toBe(1);
    expect(states()).toEqual(['starting', 'ready']);
  });

  test('ends a host too whose bundle was wrong', async () => {
    mark('wrong');
    await expect(engine.ready()).rejects.toThrow('encoder.onnx: altered');
    await engine.dispose();
    expect(pids().map(isAlive)).toEqual([false]);
  });

  test('before first use starts nothing', async () => {
    await engine.dispose();
    expect(states()).toEqual([]);
  });

  test('rejects what is pending', async () => {
    await engine.ready();
    const hanging = encode('hang');
    await engine.dispose();
    await expect(hanging).rejects.toThrow(EngineUnavailableError);
  });

  test('while it opens ends it too', async () => {
    mark('never-opens');
    const asked = encode('one');
    asked.catch(() => {});
    await engine.dispose();
    await expect(asked).rejects.toThrow(EngineUnavailableError);
    expect(states()).toEqual(['starting']);
  });

  test('of a host that will not end kills it', async () => {
    mark('stays');
    const [pid] = await encode('pid');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const disposed = engine.dispose();
      expect(isAlive(Number(pid))).toBe(true);
      vi.advanceTimersByTime(2000);
      await disposed;
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
    expect(isAlive(Number(pid))).toBe(false);
  });
});
