/** The log on the client's side: our own lines as they are, and of the LSP library's lines only what quotes nobody. */
import { type _, type Connection, type Features, LogMessageNotification, MessageType } from 'vscode-languageserver';
import type { Logger } from '../base/log.ts';

/** Writes to the client's log; a line that does not arrive is lost. */
export function connectionLogger(connection: Connection): Logger {
  const write = async (type: MessageType, message: string): Promise<void> => {
    await connection.sendNotification(LogMessageNotification.type, { type, message });
  };
  return {
    info: (message) => void write(MessageType.Info, message).catch(() => {}),
    warn: (message) => void write(MessageType.Warning, message).catch(() => {}),
    error: (message) => void write(MessageType.Error, message).catch(() => {}),
  };
}

/**
 * For `createConnection`: the library's console, made discreet. It logs malformed messages whole and errors with what
 * they are about, both behind a colon, and either may hold the writer's text.
 */
export const discreetConsole: Features<_> = {
  __brand: 'features',
  console: (Base) =>
    class extends Base {
      override error(message: string): void {
        super.error(withoutQuotation(message));
      }
      override warn(message: string): void {
        super.warn(withoutQuotation(message));
      }
      override info(message: string): void {
        super.info(withoutQuotation(message));
      }
      override log(message: string): void {
        super.log(withoutQuotation(message));
      }
      override debug(message: string): void {
        super.debug(withoutQuotation(message));
      }
    },
};

function withoutQuotation(message: string): string {
  const colon = message.indexOf(':');
  return colon < 0 ? message : `${message.slice(0, colon)} (${message.length - colon - 1} characters not logged)`;
}
