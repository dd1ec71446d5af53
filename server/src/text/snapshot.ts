/** The shape of a document at one version: prose blocks, sections and sentence spans, immutable. */
import type { DocumentText } from './documentText.ts';

/** Half-open `[start, end)` in UTF-16 units of one snapshot's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One sentence of prose. Its span covers the source, markup included; `text` is what a reader reads. */
export interface SentenceSpan extends Span {
  /** Plain text: markup stripped, white space collapsed, trimmed. Inline code, math and links leave their visible words. */
  readonly text: string;
  /** Key of the vector cache: equal texts have equal ids. */
  readonly id: string;
  /** Index of its paragraph in `paragraphs`. */
  readonly paragraph: number;
  /** Index of its section in `sections`. */
  readonly section: number;
  /** False when nothing ends it yet (no closing mark): the sentence being typed. */
  readonly complete: boolean;
}

/** A run of prose: a paragraph, a list item's text, a quote's paragraph; never code, math, tables, front matter. */
export interface Paragraph extends Span {
  readonly section: number;
  /** Its plain text and where each unit comes from. */
  readonly prose: ParagraphProse;
  /** Indexes of its sentences, `[firstSentence, endSentence)`. */
  readonly firstSentence: number;
  readonly endSentence: number;
}

/** What a reader reads of a paragraph; every offset counts from the paragraph's start, so that an edit elsewhere keeps it. */
export interface ParagraphProse {
  /** Markup stripped, white space collapsed, no-break spaces kept. */
  readonly text: string;
  /** Source offset of each unit of `text`, never descending. */
  readonly offsets: Int32Array;
  /** Code, math, link targets, comments inside the paragraph: no prose is written there. In order. */
  readonly islands: readonly Island[];
}

/** A stretch that is not prose. */
export interface Island extends Span {
  /** True when what is typed at its end still belongs to it: a comment, an unclosed formula, a code block. */
  readonly open: boolean;
}

/** A heading and its body up to the next heading of any level. Section 0 is what precedes the first heading. */
export interface Section extends Span {
  /** Plain text of the heading, '' for section 0. */
  readonly heading: string;
  /** 1 = highest; 0 for section 0. */
  readonly level: number;
  /** Where the body starts: after the heading's line. */
  readonly bodyStart: number;
  readonly firstSentence: number;
  readonly endSentence: number;
}

export interface DocumentSnapshot {
  readonly uri: string;
  readonly languageId: string;
  readonly version: number;
  /** The text without a copy of it in one piece: for what is done with each keystroke. */
  readonly content: DocumentText;
  readonly text: string;
  readonly sections: readonly Section[];
  readonly paragraphs: readonly Paragraph[];
  /** In document order, never overlapping. */
  readonly sentences: readonly SentenceSpan[];
  /** What is not prose outside the paragraphs: code, math, tables, front matter, comments, in order. */
  readonly nonProse: readonly Island[];
  /** True above `maximumLength`: the document is left alone, and everything else here is empty. */
  readonly tooLarge: boolean;
}

/** UTF-16 units above which a document gets no analysis: a dozen novels. */
export const maximumLength = 4_000_000;
