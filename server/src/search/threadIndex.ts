/** The index in a thread of its own, started on first use, so that neither SQLite nor a search holds the server up. */
import { Worker } from 'node:worker_threads';
import {
  createMessageConnection,
  type MessageConnection,
  PortMessageReader,
  PortMessageWriter,
} from 'vscode-jsonrpc/node';
import { errorMessage, type Logger } from '../base/log.ts';
import type { OpenParams, SentenceIndex } from './indexSession.ts';
import * as messages from './messages.ts';

/** `module`: file of the thread's entry (`searchMain`), bundled. */
export function createThreadIndex(module: string, logger: Logger): SentenceIndex {
  let running: { readonly worker: Worker; readonly connection: MessageConnection } | undefined;
  let opened: OpenParams | undefined;
  let disposed: Promise<void> | undefined;

  const started = (): MessageConnection => {
    if (disposed) throw new Error('The index was closed.');
    if (running) return running.connection;
    // The server's own debugger flags are not for the thread.
    const worker = new Worker(module, { execArgv: [] });
    const connection = createMessageConnection(new PortMessageReader(worker), new PortMessageWriter(worker));
    const mine = { worker, connection };
    running = mine;
    // Its end rejects what is pending; the next call starts another one.
    worker.once('error', (error) => logger.error(`The thread of the index ended: ${errorMessage(error)}`));
    worker.once('exit', () => {
      connection.dispose();
      if (running === mine) running = undefined;
    });
    connection.listen();
    // A thread that takes another's place goes on where that one ended.
    if (opened) connection.sendRequest(messages.openRequest, opened).catch(() => {});
    return connection;
  };
  const tell = async (work: Promise<null>): Promise<void> => {
    await work;
  };

  return {
    async open(params) {
      const files = await started().sendRequest(messages.openRequest, params);
      opened = params;
      return files;
    },
    known: async (uri) => started().sendRequest(messages.knownRequest, { uri }),
    put: async (params) => tell(started().sendRequest(messages.putRequest, params)),
    touch: async (file) => tell(started().sendRequest(messages.touchRequest, { file })),
    delete: async (uris) => tell(started().sendRequest(messages.deleteRequest, { uris })),
    search: async (params) => started().sendRequest(messages.searchRequest, params),
    state: async () => started().sendRequest(messages.stateRequest, {}),
    clear: async () => tell(started().sendRequest(messages.clearRequest, {})),
    async close() {
      opened = undefined;
      if (running) await tell(running.connection.sendRequest(messages.closeRequest, {}));
    },
    dispose() {
      disposed ??= (async () => {
        if (!running) return;
        const { worker, connection } = running;
        await connection.sendRequest(messages.closeRequest, {}).catch(() => {});
        await worker.terminate();
      })();
      return disposed;
    },
  };
}
