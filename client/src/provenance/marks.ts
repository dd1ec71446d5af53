/** Which parts of a document were accepted from suggestions: they follow edits, and end when they are rewritten. */
import { type Fingerprint, findText, fingerprint } from './fingerprint.ts';

/** Half-open, in UTF-16 units of the document's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One accepted suggestion, or what is left of it. */
export interface Mark {
  /** What still stands as it was accepted, in order, never empty. */
  readonly pieces: readonly Span[];
  /** UTF-16 units that were accepted. */
  readonly length: number;
  readonly seed: number;
  /** When, as ISO date and time. */
  readonly at: string;
}

/** A mark on disk: no text, only where it stood and how it is known again. */
export interface StoredMark extends Omit<Mark, 'pieces'> {
  readonly pieces: readonly (Span & { readonly fingerprint: Fingerprint })[];
}

/** One replacement in a document. */
export interface Edit extends Span {
  /** UTF-16 units that stand in the span's stead. */
  readonly inserted: number;
}

/** Share of an accepted text that must still stand; below it the writer has made it their own. */
const leastShare = 0.5;

/** The marks after edits that do not overlap, all in offsets of the text before them; rewritten ones are left out. */
export function edited(marks: readonly Mark[], edits: readonly Edit[]): Mark[] {
  const fromEnd = edits.toSorted((a, b) => b.start - a.start);
  return marks.flatMap((mark) => kept(mark, fromEnd.reduce(piecesAfter, mark.pieces)));
}

/** The marks with the last made one reaching on to `end`, as more of its suggestion was accepted. */
export function extended(marks: readonly Mark[], end: number): Mark[] {
  const last = marks.at(-1);
  const piece = last?.pieces.at(-1);
  if (!last || !piece) return [...marks];
  const pieces = [...last.pieces.slice(0, -1), { start: piece.start, end }];
  return [...marks.slice(0, -1), { ...last, pieces, length: last.length + end - piece.end }];
}

/** For the disk, with what is needed to know the pieces again in `text`. */
export function stored(marks: readonly Mark[], text: string): StoredMark[] {
  return marks.map((mark) => ({
    ...mark,
    pieces: mark.pieces.map((piece) => ({ ...piece, fingerprint: fingerprint(text.slice(piece.start, piece.end)) })),
  }));
}

/** The marks that are still true of `text`, which may have been changed elsewhere meanwhile. */
export function restored(marks: readonly StoredMark[], text: string): Mark[] {
  return marks.flatMap((mark) => {
    const found = mark.pieces.flatMap(({ start, end, fingerprint: known }) => {
      const at = findText(text, end - start, known, start);
      return at === undefined ? [] : [{ start: at, end: at + end - start }];
    });
    return kept(
      mark,
      found.sort((a, b) => a.start - b.start),
    );
  });
}

function kept({ length, seed, at }: Omit<Mark, 'pieces'>, pieces: readonly Span[]): Mark[] {
  const left = pieces.reduce((sum, { start, end }) => sum + end - start, 0);
  return left > 0 && left >= leastShare * length ? [{ pieces, length, seed, at }] : [];
}

/** What is left of the pieces; those that an edit parted and a later one brings together again are one. */
function piecesAfter(pieces: readonly Span[], { start, end, inserted }: Edit): Span[] {
  const shift = inserted - (end - start);
  const left = pieces.flatMap((piece) => {
    if (piece.end <= start) return [piece];
    if (piece.start >= end) return [{ start: piece.start + shift, end: piece.end + shift }];
    return [
      { start: piece.start, end: start },
      { start: end + shift, end: piece.end + shift },
    ].filter((part) => part.start < part.end);
  });
  return left.reduce<Span[]>((joined, piece) => {
    const last = joined.at(-1);
    if (last?.end === piece.start) joined[joined.length - 1] = { start: last.start, end: piece.end };
    else joined.push(piece);
    return joined;
  }, []);
}
