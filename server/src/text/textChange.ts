/** One edit of a document, as offsets. */

/** Replaces `[start, end)` by `text`; of several, each refers to the text that the ones before it left. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}
