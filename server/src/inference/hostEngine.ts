/** ConceptEngine over the inference host: started on first use, cancelled at once, restarted once when it dies. */
import { CancellationTokenSource, type CancellationToken as RpcToken } from 'vscode-jsonrpc/node';
import { CancellationError, type CancellationToken, neverCancelled } from '../base/cancellation.ts';
import { raceCancellation } from '../base/cancellationSource.ts';
import { t } from '../base/l10n.ts';
import { errorMessage, type Logger } from '../base/log.ts';
import { type ConceptEngine, type EngineInfo, type EngineStatus, EngineUnavailableError } from '../concepts/engine.ts';
import { forkHost, type InferenceHost } from './inferenceHost.ts';
import * as rpc from './rpc.ts';

/** Two deaths closer together than this are no accident. */
const accidentIntervalMs = 60_000;

export interface HostEngineOptions {
  /** File of the inference host's entry (`hostMain`), bundled. */
  readonly hostModule: string;
  readonly bundlePath: string;
  /** Execution provider to try first: `auto`, `cpu`, `webgpu`, … */
  readonly provider: string;
  readonly logger: Logger;
  readonly onStatus: (status: EngineStatus) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

export interface HostEngine extends ConceptEngine {
  /** Ends the host, forgets earlier failures and starts a new one; what is pending is asked again there. */
  restart(): Promise<EngineInfo>;
}

export function createHostEngine(options: HostEngineOptions): HostEngine {
  const { logger, onStatus, now = () => performance.now() } = options;
  let running: Promise<RunningHost> | undefined;
  let current: InferenceHost | undefined;
  let lastDeath: number | undefined;
  let failure: EngineUnavailableError | undefined;
  let disposed: Promise<void> | undefined;
  /** Ends of hosts that are not wanted any more: `dispose` leaves no process behind. */
  let ending: Promise<unknown> = Promise.resolve();

  const fail = (message: string): EngineUnavailableError => {
    failure = new EngineUnavailableError(message);
    logger.error(message);
    onStatus({ state: 'error', message });
    return failure;
  };

  const onDeath = (host: InferenceHost, death: string, errorOutput: string) => {
    if (host !== current) return;
    current = undefined;
    running = undefined;
    logger.error(`The inference host ended (${death}).${errorOutput ? `\n${errorOutput.trimEnd()}` : ''}`);
    const reason = [death, lastWords(errorOutput)].filter((part) => part !== '').join(': ');
    const accident = lastDeath === undefined || now() - lastDeath >= accidentIntervalMs;
    lastDeath = now();
    if (accident) {
      // Started again at once, so that it is ready when the writer pauses.
      start().catch(() => {});
    } else {
      fail(
        t(
          'The inference host ended twice within a minute ({0}): suggestions are off until Foresay is restarted.',
          reason,
        ),
      );
    }
  };

  const start = (): Promise<RunningHost> => {
    if (disposed) return Promise.reject(new EngineUnavailableError(t('The engine was closed.')));
    if (failure) return Promise.reject(failure);
    running ??= open();
    return running;
  };

  const open = async (): Promise<RunningHost> => {
    onStatus({ state: 'starting', message: t('Opening the model bundle.') });
    const host = forkHost(options.hostModule, onDeath);
    current = host;
    host.connection.onNotification(rpc.noticeNotification, ({ message }) => logger.info(message));
    const { bundlePath, provider } = options;
    try {
      const info = await host.connection.sendRequest(rpc.openRequest, { bundlePath, provider });
      onStatus({ state: 'ready', message: info.notice, info });
      return { host, info };
    } catch (error) {
      if (host !== current) throw error; // it died or was ended: told there
      // Asking again would give the same answer: the bundle is read again on restart.
      current = undefined;
      running = undefined;
      ending = Promise.all([ending, host.end()]);
      throw fail(errorMessage(rpc.fromResponseError(error)));
    }
  };

  const stop = async () => {
    const host = current;
    current = undefined;
    running = undefined;
    ending = Promise.all([ending, host?.end()]);
    await ending;
  };

  /** All requests are pure: one that lost its host is asked once more. */
  const call = <T>(token: CancellationToken, send: (host: RunningHost, token: RpcToken) => Promise<T>): Promise<T> =>
    cancellable(token, async (rpcToken) => {
      for (let attempt = 0; ; attempt++) {
        const starting = start();
        try {
          const host = await starting;
          if (rpcToken.isCancellationRequested) throw new CancellationError();
          return await send(host, rpcToken);
        } catch (error) {
          if (error instanceof EngineUnavailableError || error instanceof CancellationError) throw error;
          if (failure) throw failure;
          const lost = running !== starting;
          if (!lost) throw rpc.fromResponseError(error);
          if (attempt > 0) throw new EngineUnavailableError(t('The inference host ended before it answered.'));
        }
      }
    });

  const vectors = async (answer: Promise<rpc.PackedVectors>) => rpc.unpack(await answer);

  return {
    ready: () => call(neverCancelled, async ({ info }) => info),
    encode: (sentences, token) =>
      call(token, ({ host }, t) => vectors(host.connection.sendRequest(rpc.encodeRequest, { sentences }, t))),
    predictNext: (request, token) =>
      call(token, ({ host }, t) => {
        const params = { ...request, context: rpc.packConcepts(request.context) };
        return vectors(host.connection.sendRequest(rpc.predictRequest, params, t));
      }),
    expected: (concepts, token) =>
      call(token, ({ host }, t) => {
        const params = { concepts: rpc.packConcepts(concepts) };
        return vectors(host.connection.sendRequest(rpc.expectedRequest, params, t));
      }),
    planSummary: (request, token) =>
      call(token, ({ host }, t) => {
        const params = { ...request, source: rpc.pack(request.source) };
        return vectors(host.connection.sendRequest(rpc.planRequest, params, t));
      }),
    decode: (request, token) =>
      call(token, ({ host }, t) => {
        const params = { ...request, plans: rpc.pack(request.plans) };
        return host.connection.sendRequest(rpc.decodeRequest, params, t);
      }),
    prefill: (contextText, token) =>
      call(token, async ({ host }, t) => {
        await host.connection.sendRequest(rpc.prefillRequest, { contextText }, t);
      }),
    usage: () => call(neverCancelled, ({ host }) => host.connection.sendRequest(rpc.usageRequest, {})),
    async restart() {
      failure = undefined;
      lastDeath = undefined;
      await stop();
      return this.ready();
    },
    dispose() {
      disposed ??= stop();
      return disposed;
    },
  };
}

/** What a host that died of an error said of it, such as a library that will not load; '' if it said nothing. */
function lastWords(errorOutput: string): string {
  // Node prints source, mark, then the error's own line and its stack.
  return /^\w*Error\b[^\n]*?: ([^\n]+)/m.exec(errorOutput)?.[1]?.trim() ?? '';
}

interface RunningHost {
  readonly host: InferenceHost;
  readonly info: EngineInfo;
}

/** Rejects the moment the token is cancelled, and passes the cancel on; what the work still gives is dropped. */
function cancellable<T>(token: CancellationToken, work: (token: RpcToken) => Promise<T>): Promise<T> {
  if (token.isCancellationRequested) return Promise.reject(new CancellationError());
  const source = new CancellationTokenSource();
  const subscription = token.onCancellationRequested(() => source.cancel());
  const answer = work(source.token).finally(() => {
    subscription.dispose();
    source.dispose();
  });
  return raceCancellation(answer, token);
}
