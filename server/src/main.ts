/** The server's process: reads the arguments, joins connection, engine and service. */
import { isAbsolute, resolve } from 'node:path';
import { createConnection } from 'vscode-languageserver/node';
import { helpText, readArguments } from './arguments.ts';
import { t } from './base/l10n.ts';
import { createHostEngine } from './inference/hostEngine.ts';
import {
  cachesIn,
  diagnosticPages,
  hostModule,
  openUserStatistics,
  openUserStore,
  packageVersion,
  searchModule,
  shippedBundle,
  translationsFor,
} from './installation.ts';
import { connectionLogger, discreetConsole } from './lsp/connectionLog.ts';
import { startServer } from './lsp/server.ts';
import { createThreadIndex } from './search/threadIndex.ts';

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
    translationsFor,
    pages: diagnosticPages,
    clock: () => performance.now(),
    createEngine: ({ bundlePath, provider }, onStatus) =>
      createHostEngine({ hostModule, bundlePath: bundleDirectory(bundlePath), provider, logger, onStatus }),
    openStore: (given) => openUserStore(given, logger),
    openIndex: (given) => ({
      index: createThreadIndex(searchModule, logger),
      directory: cachesIn(given, logger),
    }),
    openStatistics: (given) => openUserStatistics(given, logger),
  });
  connection.listen();
}

/** A relative path would mean another place for each way to start the server, so only absolute ones are taken. */
function bundleDirectory(setting: string): string {
  if (setting === '') return shippedBundle;
  if (!isAbsolute(setting)) throw new Error(t('foresay.bundlePath is "{0}", expected an absolute path', setting));
  return resolve(setting);
}
