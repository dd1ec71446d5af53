/** Requests that may take long: with a notification that says how far they are, and can cancel them. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import {
  type LanguageClient,
  LSPErrorCodes,
  ResponseError,
  WorkDoneProgress,
  type WorkDoneProgressReport,
} from 'vscode-languageclient/node';
import { endsWithin } from '../../server/src/base/endsWithin.ts';

/** An answer that takes no longer than this many milliseconds comes without a notification before it. */
const patience = 400;

/** The answer; 'none' if the writer cancelled, or was told that it failed. `title` says what is done. */
export async function longRequest<T>(
  client: LanguageClient,
  method: string,
  params: object,
  title: string,
): Promise<T | 'none'> {
  const cancellation = new vscode.CancellationTokenSource();
  // The server's own progress has no Cancel button in VS Code: it is shown in a notification of ours instead.
  const workDoneToken = `foresay-${randomUUID()}`;
  let onReport: (report: WorkDoneProgressReport) => void = () => {};
  const reports = client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
    if (value.kind === 'report') onReport(value);
  });
  const answer = client.sendRequest<T>(method, { ...params, workDoneToken }, cancellation.token);
  try {
    if (!(await endsWithin(answer, patience))) {
      await showProgress(title, answer, cancellation, (listener) => {
        onReport = listener;
      });
    }
    return await answer;
  } catch (error) {
    if (isCancelled(error)) return 'none';
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(vscode.l10n.t('{0} failed: {1}', title, reason));
    return 'none';
  } finally {
    reports.dispose();
    cancellation.dispose();
  }
}

/** A notification with a Cancel button that stands until the answer is there; `listen` takes who hears the reports. */
function showProgress(
  title: string,
  answer: Promise<unknown>,
  cancellation: vscode.CancellationTokenSource,
  listen: (listener: (report: WorkDoneProgressReport) => void) => void,
): Thenable<unknown> {
  const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title };
  return vscode.window.withProgress(options, (progress, token) => {
    token.onCancellationRequested(() => cancellation.cancel());
    let shown = 0;
    listen(({ message = '', percentage = shown }) => {
      progress.report({ message, increment: Math.max(0, percentage - shown) });
      shown = Math.max(shown, percentage);
    });
    return answer;
  });
}

function isCancelled(error: unknown): boolean {
  if (error instanceof vscode.CancellationError) return true;
  const codes: readonly number[] = [LSPErrorCodes.RequestCancelled, LSPErrorCodes.ServerCancelled];
  return error instanceof ResponseError && codes.includes(error.code);
}
