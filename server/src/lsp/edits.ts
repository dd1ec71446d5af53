/** Edits of documents as the client at the other end understands them. */
import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import type { PlacedText } from '../protocol.ts';
import type { OpenDocument } from './documents.ts';
import type { Session } from './session.ts';

/** A workspace edit that names the version it was made for where the client understands that. */
export function versionedEdit(
  session: Session,
  document: OpenDocument,
  version: number,
  edits: TextEdit[],
): WorkspaceEdit {
  const { uri } = document;
  return session.client.workspace?.workspaceEdit?.documentChanges === true
    ? { documentChanges: [{ textDocument: { uri, version }, edits }] }
    : { changes: { [uri]: edits } };
}

/** The edit that puts a summary there; `undefined` where it needs a new file and the client can make none. */
export function placingEdit(
  session: Session,
  document: OpenDocument,
  version: number,
  { placement, uri, edit }: PlacedText,
): WorkspaceEdit | undefined {
  if (placement !== 'file') return versionedEdit(session, document, version, [edit]);
  const { documentChanges, resourceOperations } = session.client.workspace?.workspaceEdit ?? {};
  if (documentChanges !== true || resourceOperations?.includes('create') !== true) return undefined;
  return {
    documentChanges: [
      { kind: 'create', uri },
      { textDocument: { uri, version: null }, edits: [edit] },
    ],
  };
}
