/** One inference host: the child process, its connection, and what is known of its end. */
import { type ChildProcess, fork } from 'node:child_process';
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { nodeFlags } from '../base/nodeFlags.ts';

/** How long a host may take to end by itself before it is killed; one run lasts about 50 ms. */
const graceMs = 2000;
/** Characters of the host's error output kept for the log. */
const errorOutputKept = 4000;

export interface InferenceHost {
  readonly connection: MessageConnection;
  /** Why the host ended although nobody ended it; undefined while it runs and after `end`. */
  readonly death: string | undefined;
  /** Ends the process; resolves once it is gone. Safe to call twice. */
  end(): Promise<void>;
}

/**
 * Forks the host. `onDeath` is called once if it ends without `end` having been called, before the pending requests
 * reject; `errorOutput` is the last it wrote to stderr, for the log.
 */
export function forkHost(
  hostModule: string,
  onDeath: (host: InferenceHost, death: string, errorOutput: string) => void,
): InferenceHost {
  const child = fork(hostModule, [], {
    // The server's own debugger flags and its stdout, which may be the LSP connection, are not for the host.
    execArgv: [...nodeFlags],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
    // glibc gives back to the system what was freed of blocks as large as this: 40 MB of what loading the models took.
    env: { MALLOC_MMAP_THRESHOLD_: '262144', ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });
  const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  let errorOutput = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errorOutput = (errorOutput + chunk.toString('utf8')).slice(-errorOutputKept);
  });

  let death: string | undefined;
  let ending: Promise<void> | undefined;
  const gone = new Promise<void>((resolve) => {
    const settle = (reason: string) => {
      if (!ending && death === undefined) {
        death = reason;
        onDeath(host, reason, errorOutput);
      }
      connection.dispose();
      resolve();
    };
    child.on('exit', (code, signal) => {
      const reason = signal ? `killed by ${signal}` : `exit code ${code}`;
      // What it wrote last may come after its exit.
      if (!child.stderr || child.stderr.closed) settle(reason);
      else child.stderr.once('close', () => settle(reason));
    });
    // Without a process there is no exit event.
    child.on('error', (error) => {
      if (child.pid === undefined) settle(error.message);
    });
  });
  const host: InferenceHost = {
    connection,
    get death() {
      return death;
    },
    end() {
      ending ??= endProcess(child, gone);
      return ending;
    },
  };
  connection.listen();
  return host;
}

async function endProcess(child: ChildProcess, gone: Promise<void>): Promise<void> {
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await gone;
  clearTimeout(timer);
}
