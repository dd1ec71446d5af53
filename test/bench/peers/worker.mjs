/** A process of a peer: one answer for each message, and what it has used of the processor and the memory. */
import { fork } from 'node:child_process';
import { cpuSeconds, memory } from '../statistics.mjs';

export class Worker {
  #child;
  #waiting;

  /** Resolves once the process says that it is ready. */
  static async start(file, args) {
    const worker = new Worker();
    worker.#child = fork(file, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    worker.#child.on('message', (message) => worker.#waiting.resolve(message));
    worker.#child.once('exit', (code) => worker.#waiting.reject(new Error(`${file} ended with code ${code}`)));
    await worker.#answer();
    return worker;
  }

  #answer() {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  async ask(message) {
    const answer = this.#answer();
    this.#child.send(message);
    return answer;
  }

  /** For messages that are not answered. */
  tell(message) {
    this.#child.send(message);
  }

  cpu() {
    return cpuSeconds(this.#child.pid);
  }

  memory() {
    return memory(this.#child.pid)?.resident ?? 0;
  }

  stop() {
    this.#waiting = { resolve() {}, reject() {} };
    this.#child.kill();
  }
}
