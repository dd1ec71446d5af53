/** The one guard round every handler: cancellation, answers that came too late, errors, timing. */
import { type CancellationToken, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import { CancellationError } from '../base/cancellation.ts';
import { errorMessage, type Logger } from '../base/log.ts';
import { EngineUnavailableError } from '../service/index.ts';

export interface Guard {
  readonly logger: Logger;
  readonly clock: () => number;
  /** The version of a document now; `undefined` once it is closed. */
  versionOf(uri: string): number | undefined;
}

export interface GuardedRequest {
  readonly name: string;
  /** The document it is about; the answer is dropped when that changes before it is there. */
  readonly uri?: string | undefined;
}

/**
 * Runs a handler. Answers with its result; with RequestCancelled or ContentModified where the result is not wanted any
 * more; and with `nothing` where it failed, which is logged here and nowhere else, without the writer's text.
 */
export async function runRequest<T>(
  guard: Guard,
  request: GuardedRequest,
  token: CancellationToken,
  nothing: T,
  work: () => Promise<T> | T,
): Promise<T | ResponseError> {
  const { name, uri } = request;
  const version = uri === undefined ? undefined : guard.versionOf(uri);
  const changed = (): boolean => uri !== undefined && guard.versionOf(uri) !== version;
  const start = guard.clock();
  const said = (outcome: string): string => {
    const place = uri === undefined ? '' : ` ${uri} v${version ?? '?'}`;
    return `${name}${place}: ${outcome}, ${Math.round(guard.clock() - start)} ms`;
  };
  const unwanted = (): ResponseError =>
    changed() && !token.isCancellationRequested
      ? new ResponseError(LSPErrorCodes.ContentModified, 'the document changed')
      : new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
  try {
    const result = await work();
    if (token.isCancellationRequested || changed()) return unwanted();
    return result;
  } catch (error) {
    if (error instanceof CancellationError) return unwanted();
    // No model: the status says why, once; each request says only that it came back empty.
    if (error instanceof EngineUnavailableError) guard.logger.info(said('no model'));
    else guard.logger.error(said(errorMessage(error)));
    return nothing;
  }
}
