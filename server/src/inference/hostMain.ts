/** The inference host's entry: serves a local engine over the IPC channel of its parent, and ends with it. */
import { constants, setPriority } from 'node:os';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import type { CancellationToken } from '../base/cancellation.ts';
import { type ConceptEngine, EngineUnavailableError } from '../concepts/engine.ts';
import { createLocalEngine } from './localEngine.ts';
import * as rpc from './rpc.ts';

if (!process.send) {
  process.stderr.write('The inference host is started by the server, over an IPC channel.\n');
  process.exit(2);
}

try {
  // Its runs take all the cores they may: what the writer types comes first.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
  // A system that refuses runs it like everything else.
}

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
let engine: ConceptEngine | undefined;

// The server ends the host by closing the channel, and a server that was killed closes it too.
process.on('disconnect', () => process.exit(0));

/** Answers errors in words that keep their kind; the library would add its own. */
const answer = async <T>(work: (engine: ConceptEngine) => Promise<T>): Promise<T> => {
  try {
    if (!engine) throw new EngineUnavailableError('The inference host was not opened.');
    return await work(engine);
  } catch (error) {
    throw rpc.toResponseError(error);
  }
};

connection.onRequest(rpc.openRequest, (params) => {
  engine ??= createLocalEngine({
    ...params,
    onNotice: (message) => void connection.sendNotification(rpc.noticeNotification, { message }).catch(() => {}),
  });
  return answer((opened) => opened.ready());
});
connection.onRequest(rpc.encodeRequest, ({ sentences }, token: CancellationToken) =>
  answer(async (opened) => rpc.pack(await opened.encode(sentences, token))),
);
connection.onRequest(rpc.predictRequest, (params, token: CancellationToken) =>
  answer(async (opened) =>
    rpc.pack(await opened.predictNext({ ...params, context: rpc.unpackConcepts(params.context) }, token)),
  ),
);
connection.onRequest(rpc.expectedRequest, ({ concepts }, token: CancellationToken) =>
  answer(async (opened) => rpc.pack(await opened.expected(rpc.unpackConcepts(concepts), token))),
);
connection.onRequest(rpc.planRequest, (params, token: CancellationToken) =>
  answer(async (opened) => rpc.pack(await opened.planSummary({ ...params, source: rpc.unpack(params.source) }, token))),
);
connection.onRequest(rpc.decodeRequest, (params, token: CancellationToken) =>
  answer((opened) => opened.decode({ ...params, plans: rpc.unpack(params.plans) }, token)),
);
connection.onRequest(rpc.prefillRequest, ({ contextText }, token: CancellationToken) =>
  answer(async (opened) => {
    await opened.prefill(contextText, token);
    return null;
  }),
);
connection.onRequest(rpc.usageRequest, () => answer((opened) => opened.usage()));
connection.listen();
