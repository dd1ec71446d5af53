/** Progress that the server starts itself: shown where the editor can show it, and cancelled by the writer there. */
import type { CancellationSource } from '../base/cancellationSource.ts';
import { errorMessage } from '../base/log.ts';
import type { Session } from './session.ts';

/** As WorkDoneProgressReporter, which requests and the server itself both have. */
export interface Progress {
  begin(title: string, percentage?: number, message?: string, cancellable?: boolean): void;
  report(percentage: number, message: string): void;
  done(): void;
}

/** Not yet begun; cancels `source` when the writer cancels it. `undefined` where the client has none or refuses. */
export async function createProgress(session: Session, source: CancellationSource): Promise<Progress | undefined> {
  const { client, connection, guard } = session;
  if (client.window?.workDoneProgress !== true) return undefined;
  try {
    const progress = await connection.window.createWorkDoneProgress();
    progress.token.onCancellationRequested(() => source.cancel());
    return progress;
  } catch (error) {
    // The work is worth doing unseen.
    guard.logger.warn(`progress: ${errorMessage(error)}`);
    return undefined;
  }
}
