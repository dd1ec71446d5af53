/** The supervised engine: one at a time, made from the settings, its failures told in words and never contagious. */
import { describe, expect, test } from 'vitest';
import { CancellationError, neverCancelled } from '../../../server/src/base/cancellation.ts';
import { CancellationSource } from '../../../server/src/base/cancellationSource.ts';
import type { Logger } from '../../../server/src/base/log.ts';
import { type EngineStatus, EngineUnavailableError } from '../../../server/src/concepts/engine.ts';
import { type EngineConfig, EngineSupervisor } from '../../../server/src/service/engineSupervisor.ts';
import { FakeEngine } from '../../support/fakeEngine.ts';
import { plainly } from '../../support/plainSequence.ts';
import { silentLogger } from '../../support/silentLogger.ts';

const config: EngineConfig = { bundlePath: '', provider: 'auto' };

function setUp(logger: Logger = silentLogger) {
  const made: { engine: FakeEngine; config: EngineConfig; tell: (status: EngineStatus) => void }[] = [];
  const told: string[] = [];
  let failure: Error | undefined;
  let creationFailure: Error | undefined;
  let bundle = 'one';
  const supervisor = new EngineSupervisor(
    (given, tell) => {
      if (creationFailure) throw creationFailure;
      const engine = new FakeEngine();
      engine.failure = failure;
      engine.info = { ...engine.info, bundle: { ...engine.info.bundle, name: bundle } };
      made.push({ engine, config: given, tell });
      return engine;
    },
    {
      onStatus: ({ state, message }) => told.push(message === '' ? state : `${state}: ${message}`),
      onOtherBundle: () => told.push('other bundle'),
    },
    logger,
  );
  return {
    supervisor,
    made,
    told,
    failWith: (error: Error | undefined) => {
      failure = error;
    },
    failCreation: (error: Error | undefined) => {
      creationFailure = error;
    },
    ship: (name: string) => {
      bundle = name;
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('configure', () => {
  test('starts an engine, and says when it is ready', async () => {
    const { supervisor, made, told } = setUp();
    supervisor.configure(config);
    expect(told).toEqual(['starting: Loading the model…']);
    expect((await supervisor.ready()).bundle.name).toBe('one');
    await settled();
    expect(told).toEqual(['starting: Loading the model…', 'ready']);
    expect(made.map((each) => each.config)).toEqual([config]);
  });

  test('the same settings keep the engine; others end it and start another', async () => {
    const { supervisor, made } = setUp();
    supervisor.configure(config);
    supervisor.configure({ ...config });
    expect(made).toHaveLength(1);
    supervisor.configure({ ...config, provider: 'cpu' });
    expect(made.map(({ engine }) => engine.disposed)).toEqual([1, 0]);
    supervisor.configure({ bundlePath: '/b', provider: 'cpu' });
    expect(made.map(({ engine }) => engine.disposed)).toEqual([1, 1, 0]);
    await supervisor.encode(['One.'], neverCancelled);
    expect(made.map(({ engine }) => engine.count('encode'))).toEqual([0, 0, 1]);
  });

  test('another bundle is announced before it is ready; the same one again is not', async () => {
    const { supervisor, told, ship } = setUp();
    supervisor.configure(config);
    await settled();
    supervisor.configure({ ...config, provider: 'cpu' });
    await settled();
    expect(told).not.toContain('other bundle');
    ship('two');
    supervisor.configure({ ...config, bundlePath: '/two' });
    await settled();
    expect(told.slice(-2)).toEqual(['other bundle', 'ready']);
  });
});

describe('every question reaches the engine in use', () => {
  test('and its answer comes back', async () => {
    const { supervisor, made } = setUp();
    supervisor.configure(config);
    const [{ engine }] = made as [(typeof made)[0]];
    const [vector] = await supervisor.encode(['One apple.'], neverCancelled);
    await supervisor.predictNext({ context: plainly([vector!]), count: 2, seed: 0 }, neverCancelled);
    await supervisor.expected(plainly([vector!]), neverCancelled);
    await supervisor.planSummary({ source: [vector!], maxLength: 1, seed: 0 }, neverCancelled);
    await supervisor.decode({ contextText: '', typed: '', plans: [vector!], maxTokens: 5 }, neverCancelled);
    await supervisor.prefill('One apple.', neverCancelled);
    expect(engine.calls.map(({ method }) => method)).toEqual([
      'encode',
      'predictNext',
      'expected',
      'planSummary',
      'decode',
      'prefill',
    ]);
  });

  test('its own errors are passed on as they are', async () => {
    const { supervisor, made } = setUp();
    supervisor.configure(config);
    await supervisor.ready();
    made[0]!.engine.failure = new RangeError('out of range');
    await expect(supervisor.encode(['One.'], neverCancelled)).rejects.toThrow(RangeError);
  });
});

describe('without an engine', () => {
  test('before the settings are known', async () => {
    const { supervisor } = setUp();
    await expect(supervisor.ready()).rejects.toThrow(new EngineUnavailableError('The model has not started yet.'));
  });

  test('one that cannot be made is told as an error, and tried again by the next settings', async () => {
    const { supervisor, made, told, failCreation } = setUp();
    failCreation(new Error('foresay.bundlePath is "x", expected an absolute path'));
    supervisor.configure({ ...config, bundlePath: 'x' });
    expect(told.at(-1)).toBe('error: foresay.bundlePath is "x", expected an absolute path');
    const question = supervisor.encode(['One.'], neverCancelled);
    await expect(question).rejects.toBeInstanceOf(EngineUnavailableError);
    await expect(question).rejects.toThrow('expected an absolute path');
    failCreation(undefined);
    supervisor.configure({ ...config, bundlePath: 'x' });
    expect(made).toHaveLength(1);
    await expect(supervisor.encode(['One.'], neverCancelled)).resolves.toHaveLength(1);
  });

  test('one that never gets ready rejects everything with its reason, also what it rejects otherwise', async () => {
    const { supervisor, made, told, failWith } = setUp();
    failWith(new Error('manifest.json: conceptDim is 3,\n expected 4'));
    supervisor.configure(config);
    await expect(supervisor.ready()).rejects.toThrow();
    await settled();
    expect(told.at(-1)).toBe('error: manifest.json: conceptDim is 3, expected 4');
    made[0]!.engine.failure = new Error('connection closed');
    const question = supervisor.encode(['One.'], neverCancelled);
    await expect(question).rejects.toThrow(new EngineUnavailableError('manifest.json: conceptDim is 3, expected 4'));
  });

  test('a cancel stays a cancel', async () => {
    const { supervisor, failWith } = setUp();
    failWith(new Error('broken'));
    supervisor.configure(config);
    await settled();
    const source = new CancellationSource();
    source.cancel();
    await expect(supervisor.encode(['One.'], source.token)).rejects.toBeInstanceOf(CancellationError);
  });
});

describe('restart', () => {
  test('ends the engine, starts a new one, and gives its facts', async () => {
    const { supervisor, made, told, failWith } = setUp();
    failWith(new Error('broken'));
    supervisor.configure(config);
    await settled();
    failWith(undefined);
    expect((await supervisor.restart()).conceptDim).toBe(48);
    await settled();
    expect(made.map(({ engine }) => engine.disposed)).toEqual([1, 0]);
    expect(told.at(-1)).toBe('ready');
    await expect(supervisor.encode(['One.'], neverCancelled)).resolves.toHaveLength(1);
  });

  test('rejects when the new one cannot be', async () => {
    const { supervisor, failWith } = setUp();
    supervisor.configure(config);
    failWith(new Error('broken'));
    await expect(supervisor.restart()).rejects.toThrow('broken');
  });

  test('the last words of the replaced engine are not told', async () => {
    const { supervisor, made, told } = setUp();
    supervisor.configure(config);
    await settled();
    await supervisor.restart();
    await settled();
    const before = told.length;
    made[0]!.tell({ state: 'error', message: 'I died' });
    expect(told).toHaveLength(before);
    made[1]!.tell({ state: 'error', message: 'The host died twice.' });
    expect(told.at(-1)).toBe('error: The host died twice.');
  });
});

describe('dispose', () => {
  test('ends every engine, once, and waits for their ends', async () => {
    const { supervisor, made } = setUp();
    supervisor.configure(config);
    supervisor.configure({ ...config, provider: 'cpu' });
    let ended = false;
    made[0]!.engine.dispose = async () => {
      await settled();
      ended = true;
    };
    // The first was ended before its dispose was replaced; the second is ended now, slowly.
    made[1]!.engine.dispose = made[0]!.engine.dispose;
    await supervisor.dispose();
    expect(ended).toBe(true);
    expect(made[0]!.engine.disposed).toBe(1);
    await supervisor.dispose();
    supervisor.configure(config);
    expect(made).toHaveLength(2);
    await expect(supervisor.ready()).rejects.toThrow('Foresay is shutting down.');
  });

  test('an engine that fails to end is logged and holds nobody up', async () => {
    const errors: string[] = [];
    const { supervisor, made } = setUp({ ...silentLogger, error: (message) => errors.push(message) });
    supervisor.configure(config);
    made[0]!.engine.dispose = () => Promise.reject(new Error('stuck'));
    await supervisor.dispose();
    expect(errors).toEqual(['engine end: stuck']);
  });
});
