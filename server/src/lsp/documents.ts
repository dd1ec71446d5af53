/** The open documents: the editor's text and, for each version of it, one snapshot. */
import type { Connection } from 'vscode-languageserver';
import { TextDocuments } from 'vscode-languageserver';
import { TextDocument, type TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';
import {
  changeDocument,
  type DocumentChange,
  type DocumentSnapshot,
  minimal,
  openDocument,
  type Replacement,
} from '../service/index.ts';
import { TakingBack } from './takingBack.ts';

/** One document as it is now. The text changes in place; snapshots never do. */
export interface OpenDocument {
  readonly uri: string;
  readonly text: TextDocument;
  snapshot: DocumentSnapshot;
  /** Where the last change ended: the best guess at the cursor. */
  lastEdit: number;
  /** Whether the last change took something back, and what tells that of the next. */
  isTakenBack: boolean;
  readonly takingBack: TakingBack;
  /** What the last notification changed, in its order, each change as small as it is. */
  lastChanges: readonly Replacement[];
}

export type Documents = TextDocuments<OpenDocument>;

/** Starts to listen for documents on this connection. */
export function createDocuments(connection: Connection): Documents {
  const documents = new TextDocuments<OpenDocument>({
    create(uri, languageId, version, content) {
      const text = TextDocument.create(uri, languageId, version, content);
      return {
        uri,
        text,
        snapshot: openDocument({ uri, languageId, version, text: content }),
        lastEdit: 0,
        isTakenBack: false,
        takingBack: new TakingBack(),
        lastChanges: [],
      };
    },
    update(document, changes, version) {
      const applied: Replacement[] = [];
      try {
        for (const change of changes) {
          const offsets = offsetsOf(document.text, change);
          const replaced = document.text.getText().slice(offsets.start, offsets.end);
          TextDocument.update(document.text, [change], version);
          applied.push({ ...offsets, replaced });
        }
      } finally {
        // Also behind a change that is none: the text has those before it, and the snapshot must be of this text.
        document.snapshot = changeDocument(document.snapshot, applied, document.text.getText(), version);
      }
      const last = applied.at(-1);
      if (last) document.lastEdit = last.start + last.text.length;
      document.lastChanges = applied.map(minimal);
      for (const change of document.lastChanges) document.isTakenBack = document.takingBack.follow(change);
      return document;
    },
  });
  documents.listen(connection);
  return documents;
}

/** The change in offsets of the text before it; a range that is reversed or outside is read as the text library reads it. */
function offsetsOf(document: TextDocument, change: TextDocumentContentChangeEvent): DocumentChange {
  if (!('range' in change)) return { start: 0, end: document.getText().length, text: change.text };
  const a = document.offsetAt(change.range.start);
  const b = document.offsetAt(change.range.end);
  return { start: Math.min(a, b), end: Math.max(a, b), text: change.text };
}
