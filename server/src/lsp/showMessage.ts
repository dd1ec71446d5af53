/** Messages to the writer, as notifications: the connection's own ones are requests, which a client may refuse. */
import { type Connection, MessageType, ShowMessageNotification } from 'vscode-languageserver';
import { errorMessage } from '../base/log.ts';
import { connectionLogger } from './connectionLog.ts';

const types = { error: MessageType.Error, warning: MessageType.Warning, info: MessageType.Info } as const;

/** Shows a message; one that does not arrive is noted in the log and nothing else. */
export function showMessage(connection: Connection, type: keyof typeof types, message: string): void {
  connection
    .sendNotification(ShowMessageNotification.type, { type: types[type], message })
    .catch((error: unknown) => connectionLogger(connection).warn(`message to the writer: ${errorMessage(error)}`));
}
