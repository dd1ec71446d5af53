/** The entry of the index's thread: serves one session over its parent's port. */
import { parentPort } from 'node:worker_threads';
import { createMessageConnection, PortMessageReader, PortMessageWriter } from 'vscode-jsonrpc/node';
import { IndexSession } from './indexSession.ts';
import * as messages from './messages.ts';

if (!parentPort) throw new Error('The index is started by the server, as a thread of it.');

const connection = createMessageConnection(new PortMessageReader(parentPort), new PortMessageWriter(parentPort));
const session = new IndexSession();

const done = (work: () => void): null => {
  work();
  return null;
};
connection.onRequest(messages.openRequest, (params) => session.open(params));
connection.onRequest(messages.knownRequest, ({ uri }) => session.known(uri));
connection.onRequest(messages.putRequest, (params) => done(() => session.put(params)));
connection.onRequest(messages.touchRequest, ({ file }) => done(() => session.touch(file)));
connection.onRequest(messages.deleteRequest, ({ uris }) => done(() => session.delete(uris)));
connection.onRequest(messages.searchRequest, (params) => session.search(params));
connection.onRequest(messages.stateRequest, () => session.state());
connection.onRequest(messages.clearRequest, () => done(() => session.clear()));
connection.onRequest(messages.closeRequest, () => done(() => session.close()));
connection.listen();
