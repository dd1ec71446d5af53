/** The open documents: the editor's text and, for each version of it, one snapshot. */
import type { Connection } from 'vscode-languageserver';
import { TextDocuments } from 'vscode-languageserver';
import type { TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';
import {
  changeDocument,
  type DocumentChange,
  type DocumentSnapshot,
  type DocumentText,
  minimal,
  openDocument,
  type Replacement,
} from '../service/index.ts';
import { spanOf } from './positions.ts';
import { TakingBack } from './takingBack.ts';

/** One document as it is now; snapshots never change. */
export interface OpenDocument {
  readonly uri: string;
  /** That of the snapshot. */
  readonly text: DocumentText;
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
      return {
        uri,
        get text() {
          return this.snapshot.content;
        },
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
        for (const each of changes) {
          const change = offsetsOf(document.text, each);
          const replaced = document.text.slice(change.start, change.end);
          document.snapshot = changeDocument(document.snapshot, [change], version);
          applied.push({ ...change, replaced });
        }
      } finally {
        // Also where nothing was changed, or by a change that is none: the editor's text has that version now.
        if (applied.length === 0) document.snapshot = changeDocument(document.snapshot, [], version);
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

/** The change in offsets of the text before it; a range that is reversed or outside is moved to where there is something. */
function offsetsOf(text: DocumentText, change: TextDocumentContentChangeEvent): DocumentChange {
  if (typeof change.text !== 'string') throw new TypeError('didChange: a change without a text');
  const span = 'range' in change && change.range ? spanOf(text, change.range) : { start: 0, end: text.length };
  return { ...span, text: change.text };
}
