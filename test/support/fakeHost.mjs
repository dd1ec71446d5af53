/** An inference host without a model, which does what its requests tell it to: die, hang, fail, answer. */
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter, ResponseError } from 'vscode-jsonrpc/node';

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
let directory = '';
let cancels = 0;

const has = (name) => existsSync(`${directory}/${name}`);
const die = () => process.kill(process.pid, 'SIGKILL');
/** True the first time in this directory. */
function once(name) {
  if (has(name)) return false;
  writeFileSync(`${directory}/${name}`, '');
  return true;
}

/** Files in the bundle's directory tell how it opens. */
connection.onRequest('open', async ({ bundlePath }) => {
  directory = bundlePath;
  appendFileSync(`${directory}/starts`, `${process.pid}\n`);
  if (has('dies')) return await new Promise(die);
  if (has('dies-once') && once('died')) return await new Promise(die);
  if (has('never-opens')) return await new Promise(() => {});
  if (has('wrong')) throw new ResponseError(2, 'encoder.onnx: altered');
  if (has('stays')) process.removeAllListeners('disconnect');
  await connection.sendNotification('notice', { message: 'opened' });
  return { bundle: { name: 'fake', version: '1', path: directory }, conceptDim: 1, provider: 'cpu', notice: '' };
});

/** One number for each sentence; some sentences are orders. */
connection.onRequest('encode', async ({ sentences }, token) => {
  const numbers = [];
  for (const sentence of sentences) {
    if (sentence === 'die') return await new Promise(die);
    if (sentence === 'die once' && once('died')) return await new Promise(die);
    if (sentence === 'throw') throwOutside();
    if (sentence === 'boom') throw new ResponseError(-32603, 'boom');
    if (sentence === 'range') throw new RangeError('never seen by the server');
    if (sentence === 'wrong number') throw new ResponseError(3, 'steps is 3');
    if (sentence === 'hang') await hang(token);
    numbers.push(sentence === 'pid' ? process.pid : sentence === 'cancels?' ? cancels : sentence.length);
  }
  return { dim: 1, data: Float32Array.from(numbers) };
});
connection.onRequest('decode', ({ plans, ...rest }) => [{ text: JSON.stringify({ ...rest, plans: [...plans.data] }) }]);
connection.onRequest('predictNext', ({ count, seed, context }) => ({
  dim: 1,
  data: Float32Array.from({ length: count }, (_, i) => seed + i + context.data.length / 10),
}));
connection.onRequest('expected', ({ concepts }) => concepts);
connection.onRequest('planSummary', ({ source, maxLength }) => ({ dim: 1, data: source.data.slice(0, maxLength) }));
connection.onRequest('prefill', () => null);

process.on('disconnect', () => process.exit(0));
connection.listen();

function hang(token) {
  return new Promise((_, reject) => {
    token.onCancellationRequested(() => {
      cancels++;
      reject(new ResponseError(-32800, 'cancelled'));
    });
  });
}

/** An error nobody catches, as a fault of the host itself would be. */
function throwOutside() {
  setImmediate(() => {
    throw new TypeError('the graph is gone');
  });
}
