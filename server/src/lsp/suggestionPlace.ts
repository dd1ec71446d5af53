/** Where a suggestion is asked for: at an offset of the document, or of the document with a listed completion accepted. */
import type { Range } from 'vscode-languageserver';
import { changeDocument, type DocumentSnapshot } from '../service/index.ts';
import type { OpenDocument } from './documents.ts';
import { asRecord, positionOf, rangeOf, spanOf } from './positions.ts';

export interface SuggestionPlace {
  /** What the suggestion continues. */
  readonly snapshot: DocumentSnapshot;
  readonly offset: number;
  /** What of the snapshot is not in the document yet: text that comes before the suggestion, all in place of `range`. */
  readonly text: string;
  readonly range: Range;
}

export function placeIn({ snapshot, text }: OpenDocument, offset: number): SuggestionPlace {
  const at = positionOf(text, offset);
  return { snapshot, offset, text: '', range: { start: at, end: at } };
}

/**
 * The place behind the item selected in an open list of completions, as if it were accepted: only what extends that
 * item may be shown while the list is open. `undefined` where `selected` is none that holds the cursor, on one line.
 */
export function placeBehindSelected(
  document: OpenDocument,
  offset: number,
  selected: unknown,
): SuggestionPlace | undefined {
  const { text, range: given } = asRecord(selected);
  const span = spanOf(document.text, given);
  const range = rangeOf(document.text, span);
  const holdsCursor = span.start <= offset && offset <= span.end && range.start.line === range.end.line;
  if (typeof text !== 'string' || !holdsCursor) return undefined;
  const { snapshot } = document;
  return {
    snapshot: changeDocument(snapshot, [{ ...span, text }], snapshot.version),
    offset: span.start + text.length,
    text,
    range,
  };
}
