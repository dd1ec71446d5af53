/** The real server over stdio with its model loaded, as an editor has it running. */
import { startServer } from '../../scripts/lspClient.mjs';

/**
 * A server whose engine is ready or known to be missing (`status`), and how many ms that took (`startUp`). Should it
 * end before `stop`, this process ends too: its answers would be waited for until nothing is left to wait for, and the
 * figures would end without a word. `options`: of startServer.
 */
export async function startLoaded(options = {}) {
  const from = performance.now();
  let settle;
  const settled = new Promise((resolve) => {
    settle = resolve;
  });
  const server = await startServer({
    ...options,
    onStatus: (status) => {
      if (status.state !== 'starting') settle(status);
    },
  });
  let stopping = false;
  server.exited.then(({ code, signal }) => {
    if (stopping) return;
    process.stderr.write(`foresay-server ended with ${signal ?? `code ${code}`} in the middle of the measurements\n`);
    process.exit(1);
  });
  const status = await settled;
  const stop = () => {
    stopping = true;
    return server.stop();
  };
  return { ...server, stop, status, startUp: performance.now() - from };
}
