/** `foresay`: one document, one command, one answer; the service in this process, the model in its host. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { neverCancelled } from '../base/cancellation.ts';
import { errorMessage, type Logger } from '../base/log.ts';
import { createHostEngine } from '../inference/hostEngine.ts';
import { hostModule, openUserStore, packageVersion, shippedBundle } from '../installation.ts';
import { createConceptService, EngineUnavailableError } from '../service/index.ts';
import { type Asked, helpText, type Request, readArguments, UsageError } from './arguments.ts';
import { commands } from './commands.ts';
import { readInput } from './input.ts';

const exitCodes = { done: 0, wrong: 2, noModel: 3 } as const;

async function main(args: readonly string[]): Promise<number> {
  try {
    return await answer(readArguments(args));
  } catch (error) {
    complain(errorMessage(error));
    if (error instanceof UsageError) return exitCodes.wrong;
    if (error instanceof EngineUnavailableError) return exitCodes.noModel;
    throw error;
  }
}

async function answer(asked: Asked): Promise<number> {
  if (asked.kind === 'run') return run(asked.request);
  if (asked.kind === 'evaluate') return evaluate(asked.args);
  process.stdout.write(asked.kind === 'help' ? helpText : `${packageVersion()}\n`);
  return exitCodes.done;
}

async function run(request: Request): Promise<number> {
  const snapshot = await readInput(request);
  const bundlePath = request.bundle === undefined ? shippedBundle : resolve(request.bundle);
  const engine = createHostEngine({ hostModule, bundlePath, provider: 'auto', logger, onStatus: () => {} });
  const service = createConceptService({ engine, logger, clock: () => performance.now() });
  try {
    service.keepIn(openUserStore(undefined, logger));
    await service.prepare(snapshot, neverCancelled);
    await service.restore(snapshot, 0, neverCancelled);
    const { data, lines, silence, code } = await commands[request.command](service, snapshot, request, progress);
    const { uri, languageId } = snapshot;
    if (request.json) process.stdout.write(`${JSON.stringify({ uri, language: languageId, ...data }, undefined, 2)}\n`);
    else if (silence === '') process.stdout.write(lines.map((line) => `${line}\n`).join(''));
    else complain(silence);
    return code;
  } finally {
    await service.dispose();
    await engine.dispose();
  }
}

/** Runs the evaluation of this checkout, whose arguments, output and exit code are its own. */
function evaluate(args: readonly string[]): Promise<number> {
  const script = fileURLToPath(new URL('../scripts/evaluate.mjs', import.meta.url));
  if (!existsSync(script)) {
    throw new UsageError('evaluate needs a checkout of Foresay with its Python parts, which this installation is not');
  }
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolvePromise, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolvePromise(code ?? 1));
  });
}

/** What the service logs is no part of an answer; what goes wrong is thrown. */
const logger: Logger = { info() {}, warn: complain, error() {} };

function complain(message: string): void {
  process.stderr.write(`foresay: ${message}\n`);
}

function progress(done: number, total: number): void {
  if (!process.stderr.isTTY || total === 0) return;
  process.stderr.write(`\rforesay: ${done} of ${total} sentences read${done === total ? '\n' : ''}`);
}

process.exitCode = await main(process.argv.slice(2));
