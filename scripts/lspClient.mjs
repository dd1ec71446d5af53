/** A small language client over stdio: starts `foresay-server` as any editor would, and talks LSP to it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  ConfigurationRequest,
  createProtocolConnection,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  RegistrationRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  WorkDoneProgressCreateRequest,
} from 'vscode-languageserver/node';
import { inRoot, root } from './exec.mjs';

/** What an editor with every feature Foresay uses would say it can do. */
export const fullCapabilities = {
  workspace: { applyEdit: true, configuration: true, workspaceEdit: { documentChanges: true } },
  window: { workDoneProgress: true },
  textDocument: {
    inlineCompletion: {},
    completion: {},
    hover: { contentFormat: ['markdown', 'plaintext'] },
    codeAction: {
      codeActionLiteralSupport: { codeActionKind: { valueSet: ['refactor', 'refactor.rewrite', 'source'] } },
      dataSupport: true,
      resolveSupport: { properties: ['edit', 'command'] },
    },
  },
};

const languageIds = { md: 'markdown', markdown: 'markdown', tex: 'latex', txt: 'plaintext' };

/** The language id by a file name's extension; plain text for what is not known. */
export function languageOf(file) {
  return languageIds[file.split('.').pop()?.toLowerCase() ?? ''] ?? 'plaintext';
}

const program = inRoot('bin/foresay-server.mjs');

/** Node's flags as the program's first line has them, with which an editor starts it. */
export const nodeFlags =
  readFileSync(program, 'utf8')
    .match(/^#!.* node (.*)/)?.[1]
    ?.split(' ') ?? [];

/**
 * Starts the server and shakes hands. `settings` answers `workspace/configuration`; `onStatus` hears every
 * `foresay/status`; `locale` is the editor's language; `cacheDirectory` is where vectors are kept, a folder that is
 * deleted at the end if none is given; `nodeArguments` and `env` are for the server's Node. Gives the connection, the
 * server's capabilities, its process, and `open`, `ghostText` and `stop`.
 */
export async function startServer({
  settings = {},
  capabilities = fullCapabilities,
  onStatus = () => {},
  locale,
  cacheDirectory,
  nodeArguments = [],
  env = {},
} = {}) {
  const ownDirectory = cacheDirectory === undefined ? mkdtempSync(path.join(tmpdir(), 'foresay-cache-')) : undefined;
  const child = spawn(process.execPath, [...nodeFlags, ...nodeArguments, program, '--stdio'], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stderr.pipe(process.stderr);
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  if (ownDirectory) exited.then(() => rmSync(ownDirectory, { recursive: true, force: true, maxRetries: 5 }));
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  // Requests that the server has not answered when it ends would wait for ever.
  exited.then(() => setTimeout(() => connection.dispose(), 100));
  connection.onRequest(ConfigurationRequest.type, ({ items }) => items.map(() => settings));
  connection.onRequest(WorkDoneProgressCreateRequest.type, () => {});
  connection.onRequest(RegistrationRequest.type, () => {});
  connection.onNotification('foresay/status', onStatus);
  connection.listen();
  // A server that dies before it answers would leave the request hanging for ever.
  const initialized = await Promise.race([
    connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: null,
      ...(locale === undefined ? {} : { locale }),
      capabilities,
      initializationOptions: { cacheDirectory: cacheDirectory ?? ownDirectory },
    }),
    exited.then(({ code, signal }) => {
      throw new Error(`foresay-server ended with ${signal ?? `code ${code}`} before it answered`);
    }),
  ]);
  await connection.sendNotification(InitializedNotification.type, {});
  return {
    connection,
    child,
    exited,
    capabilities: initialized.capabilities,
    open: (uri, languageId, text) =>
      connection.sendNotification(DidOpenTextDocumentNotification.type, {
        textDocument: { uri, languageId, version: 1, text },
      }),
    /** Ghost text at a position, asked for as an editor does in a pause of the writer's. */
    ghostText: (uri, position) =>
      connection.sendRequest('textDocument/inlineCompletion', {
        textDocument: { uri },
        position,
        context: { triggerKind: 2 },
      }),
    /** Shuts the server down as the protocol says; gives its exit code. */
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        await connection.sendRequest(ShutdownRequest.type);
        await connection.sendNotification(ExitNotification.type);
      }
      const { code } = await exited;
      return code;
    },
  };
}
