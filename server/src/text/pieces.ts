/** What an extractor makes of a document: prose, headings and the rest, each with offsets of its own, so that they move. */
import type { Steps } from '../base/steps.ts';
import { contentHash } from './contentHash.ts';
import type { DocumentText } from './documentText.ts';
import { type CollectedProse, type ProseBuilder, sourceSpan } from './prose.ts';
import { isComplete, segmentSentences } from './sentences.ts';
import type { Island, ParagraphProse, Span } from './snapshot.ts';
import type { TextChange } from './textChange.ts';

/** A sentence counted from its paragraph's start. */
export interface LocalSentence extends Span {
  readonly text: string;
  readonly id: string;
  readonly complete: boolean;
}

export interface ProsePiece {
  readonly kind: 'prose';
  readonly length: number;
  readonly prose: ParagraphProse;
  readonly sentences: readonly LocalSentence[];
}

export interface HeadingPiece {
  readonly kind: 'heading';
  readonly length: number;
  readonly level: number;
  readonly text: string;
}

export interface OpaquePiece {
  readonly kind: 'opaque';
  readonly length: number;
  readonly open: boolean;
}

export type Piece = ProsePiece | HeadingPiece | OpaquePiece;

/** A piece and where it starts, from the document's start or from its block's. */
export interface PlacedPiece {
  readonly at: number;
  readonly piece: Piece;
}

/** A document's text taken apart. Immutable, like the text it belongs to. */
export interface Extraction {
  /** In order, never overlapping, placed from the document's start. What an edit left alone stays the same object. */
  readonly pieces: readonly PlacedPiece[];
  /** The same for the text after these changes; equal to an extraction of `text` from scratch. */
  changed(text: DocumentText, changes: readonly TextChange[]): Steps<Extraction>;
}

/** Several marks of white space, no-break ones included, read as one space in a sentence. */
const spaces = /[\s\u0085]+/gu;

export const plainSentence = (text: string): string => text.replace(spaces, ' ').trim();

/** The collected text as one paragraph in sentences, and what lies outside its sentences as opaque pieces; in order. */
export function prosePieces(builder: ProseBuilder): PlacedPiece[] {
  const collected = builder.finish();
  const spans = segmentSentences(collected.masked);
  const first = spans[0];
  const last = spans.at(-1);
  if (!first || !last) return collected.islands.map(opaque);
  const start = sourceSpan(collected, first.start, first.end).start;
  const end = sourceSpan(collected, last.start, last.end).end;
  const inside = collected.islands.filter((island) => island.end > start && island.start < end);
  return [
    ...collected.islands.filter((island) => island.end <= start).map(opaque),
    { at: start, piece: prosePiece(collected, spans, inside, start, end) },
    ...collected.islands.filter((island) => island.start >= end && island.end > start).map(opaque),
  ];
}

function prosePiece(
  collected: CollectedProse,
  spans: readonly Span[],
  islands: readonly Island[],
  start: number,
  end: number,
): ProsePiece {
  let previousEnd = start;
  const sentences = spans.map((span): LocalSentence => {
    const source = sourceSpan(collected, span.start, span.end);
    // Markup between two sentences that touch belongs to the first.
    const from = Math.max(source.start, previousEnd);
    previousEnd = Math.max(source.end, from);
    const text = plainSentence(collected.text.slice(span.start, span.end));
    return { start: from - start, end: previousEnd - start, text, id: contentHash(text), complete: isComplete(text) };
  });
  return {
    kind: 'prose',
    length: end - start,
    prose: {
      text: collected.text,
      offsets: collected.offsets.map((offset) => offset - start),
      islands: islands.map((island) => ({ start: island.start - start, end: island.end - start, open: island.open })),
    },
    sentences,
  };
}

function opaque(island: Island): PlacedPiece {
  return { at: island.start, piece: { kind: 'opaque', length: island.end - island.start, open: island.open } };
}
