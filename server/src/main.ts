/** The server's process: reads the arguments, joins connection, engine and service. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createConnection } from 'vscode-languageserver/node';
import { helpText, readArguments } from './arguments.ts';
import { errorMessage } from './base/log.ts';
import { createHostEngine } from './inference/hostEngine.ts';
import { connectionLogger, discreetConsole } from './lsp/connectionLog.ts';
import { startServer } from './lsp/server.ts';
import { cacheDirectory } from './store/cacheDirectory.ts';
import { createVectorStore } from './store/vectorStore.ts';

/** This file runs as dist/server.mjs; the host's entry lies beside it, package and bundle one level up. */
const hostModule = fileURLToPath(new URL('./hostMain.mjs', import.meta.url));
const shippedBundle = fileURLToPath(new URL('../models/bundle', import.meta.url));

const asked = readArguments(process.argv.slice(2));
if (asked.kind === 'help') process.stdout.write(helpText);
else if (asked.kind === 'version') process.stdout.write(`${packageVersion()}\n`);
else if (asked.kind === 'wrong') {
  process.stderr.write(`foresay-server: ${asked.message}\n\n${helpText}`);
  process.exitCode = 2;
} else serve();

function serve(): void {
  const connection = createConnection(discreetConsole);
  const logger = connectionLogger(connection);
  startServer(connection, {
    version: packageVersion(),
    clock: () => performance.now(),
    createEngine: ({ bundlePath, provider }, onStatus) =>
      createHostEngine({ hostModule, bundlePath: bundleDirectory(bundlePath), provider, logger, onStatus }),
    openStore(given) {
      try {
        const { env, platform } = process;
        return createVectorStore(given ?? cacheDirectory({ env, platform, home: homedir() }), logger);
      } catch (error) {
        // A user without a home, as in some containers.
        logger.warn(`vector cache: nothing is kept (${errorMessage(error)})`);
        return undefined;
      }
    },
  });
  connection.listen();
}

/** A relative path would mean another place for each way to start the server, so only absolute ones are taken. */
function bundleDirectory(setting: string): string {
  if (setting === '') return shippedBundle;
  if (!isAbsolute(setting)) throw new Error(`foresay.bundlePath is "${setting}", expected an absolute path`);
  return resolve(setting);
}

function packageVersion(): string {
  const path = fileURLToPath(new URL('../package.json', import.meta.url));
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string };
  return version;
}
