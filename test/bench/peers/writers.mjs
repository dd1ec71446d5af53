/** Those who word the next sentence of a document: Foresay, Foresay without its caches, and a token model. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startLoaded } from '../loadedServer.mjs';
import { OpenDocument } from '../openDocument.mjs';
import { cpuSeconds, family, memory } from '../statistics.mjs';
import { pauseBeforeRequest, typeUnfinished } from '../writing.mjs';
import { Worker } from './worker.mjs';

const uri = 'file:///bench/chronicle.md';

/** A server with its model loaded, as an editor has it running. */
class RunningServer {
  static async start() {
    const running = new RunningServer();
    running.server = await startLoaded();
    if (running.server.status.state === 'error') throw new Error('the server has no model: see its log');
    return running;
  }

  cpu() {
    return family(this.server.child.pid).reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  }

  memory() {
    return family(this.server.child.pid).reduce((sum, pid) => sum + (memory(pid)?.resident ?? 0), 0);
  }

  /** A document of these lines, open. */
  async open(lines) {
    const document = new OpenDocument(this.server, uri, lines);
    await document.open();
    return document;
  }

  /** Ghost text at the document's end: the first idea, or two. */
  async ghostText(document) {
    const answer = await this.server.ghostText(uri, document.endOf(document.lines.length - 1));
    return { silent: answer.length === 0 };
  }

  async indexed() {
    await this.server.connection.sendRequest('foresay/indexed', { textDocument: { uri } });
  }

  async stop() {
    await this.server.stop();
  }
}

/** `load` starts the process that does the work: a server, or a peer's worker. */
class Writer {
  process;

  cpu() {
    return this.process.cpu();
  }

  memory() {
    return this.process.memory();
  }

  /** A sentence word by word, and the pause in which an editor asks for a suggestion. */
  async typeOut(line, sentence) {
    await typeUnfinished(this, line, sentence);
    await this.type(line, '.');
    await sleep(pauseBeforeRequest);
  }

  async stop() {
    await this.process.stop();
  }
}

export class Foresay extends Writer {
  name = 'foresay';
  #document;

  async load() {
    this.process = await RunningServer.start();
  }

  async open(lines) {
    this.#document = await this.process.open(lines);
    return this.process.ghostText(this.#document);
  }

  /** Opens a document and waits until every sentence of it has its vector. */
  async read(lines) {
    this.#document = await this.process.open(lines);
    await this.process.indexed();
  }

  /** The whole document is read before anything is measured that a writer does later. */
  async settle() {
    await this.process.indexed();
    await sleep(300);
  }

  async type(line, text) {
    await this.#document.type(line, text);
  }

  suggest() {
    return this.process.ghostText(this.#document);
  }
}

/** The same work without what Foresay keeps: for each suggestion the document is opened anew, and read to its end. */
export class NaiveForesay extends Writer {
  name = 'naive';
  #lines;

  async load() {
    this.process = await RunningServer.start();
  }

  async open(lines) {
    this.#lines = [...lines];
    return this.suggest();
  }

  async settle() {
    // A server that has read nothing yet, ready before the time is taken.
    await this.process.stop();
    await this.load();
  }

  async type(line, text) {
    this.#lines[line] += text;
  }

  async suggest() {
    const document = await this.process.open(this.#lines);
    await this.process.indexed();
    return this.process.ghostText(document);
  }
}

export class TokenModel extends Writer {
  constructor({ llama, gguf }, threads) {
    super();
    this.name = `smollm2-135m, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
    this.arguments = [llama, gguf, String(threads)];
  }

  async load() {
    this.process = await Worker.start(new URL('./tokenPeer.mjs', import.meta.url), this.arguments);
  }

  async open(lines) {
    this.process.tell({ lines });
    return this.suggest();
  }

  async settle() {}

  async type(line, text) {
    this.process.tell({ line, text });
  }

  suggest() {
    return this.process.ask({ suggest: true });
  }
}
