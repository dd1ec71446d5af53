/** From an extraction's pieces to a document's structure: sections, paragraphs, sentences, and what is not prose. */
import { partitionPoint } from '../base/partitionPoint.ts';
import { type Steps, triflesAtOnce } from '../base/steps.ts';
import type { DocumentText } from './documentText.ts';
import { hasSummaryMark, insertedSummaries, markLength } from './insertedSummaries.ts';
import type { PlacedPiece } from './pieces.ts';
import type { DocumentSnapshot, Island, Paragraph, Section, SentenceSpan, Span } from './snapshot.ts';

export interface Structure extends Pick<DocumentSnapshot, 'sections' | 'paragraphs' | 'sentences' | 'nonProse'> {
  /** The pieces that it was made of. */
  readonly pieces: readonly PlacedPiece[];
  /** Whether a mark of a summary that was inserted stands in the text. */
  readonly hasMarks: boolean;
}

/** The structure of the text before some changes, which left alone so many units at its start and at its end. */
export interface Earlier {
  readonly structure: Structure;
  readonly before: number;
  readonly behind: number;
}

/** A heading as its section starts from it; section 0 has none. */
type Opening = Pick<Section, 'start' | 'bodyStart' | 'heading' | 'level'>;

/**
 * `pieces` in order, placed in `text`. A paragraph's `prose` is its piece's own object. A summary that was inserted is
 * not prose: it says nothing that the text does not say. `earlier` only saves work.
 */
export function* structureOf(text: DocumentText, pieces: readonly PlacedPiece[], earlier?: Earlier): Steps<Structure> {
  const hasMarks = isMarked(text, earlier);
  const summaries = hasMarks ? insertedSummaries(text.toString()) : [];
  const isKnown = earlier && !hasMarks && !earlier.structure.hasMarks;
  const { structure, before } = isKnown ? earlier : { structure: nothing, before: 0 };
  const same = keptPieces(pieces, structure.pieces, before);
  const kept = partsBefore(structure, structure.pieces[same]?.at ?? Number.POSITIVE_INFINITY);
  const paragraphs: Paragraph[] = [];
  const sentences: SentenceSpan[] = [];
  const nonProse: Island[] = [];
  const sections: Section[] = [];
  let opening: Opening = structure.sections[kept.sections] ?? { start: 0, bodyStart: 0, heading: '', level: 0 };
  let firstSentence = structure.sections[kept.sections - 1]?.endSentence ?? 0;
  let nextSummary = 0;
  const closeSection = (end: number): void => {
    const { start, bodyStart, heading, level } = opening;
    const endSentence = kept.sentences + sentences.length;
    sections.push({ start, bodyStart, heading, level, end, firstSentence, endSentence });
    firstSentence = endSentence;
  };
  for (let i = same; i < pieces.length; i++) {
    const { at, piece } = pieces[i] as PlacedPiece;
    const end = at + piece.length;
    while ((summaries[nextSummary]?.end ?? end) < at) nextSummary++;
    const inSummary = (summaries[nextSummary]?.start ?? end) <= at;
    if (piece.kind === 'opaque') nonProse.push({ start: at, end, open: piece.open });
    else if (inSummary && piece.kind === 'prose') nonProse.push({ start: at, end, open: false });
    else if (piece.kind === 'heading') {
      closeSection(at);
      opening = { start: at, bodyStart: bodyStart(text, end), heading: piece.text, level: piece.level };
    } else {
      const first = kept.sentences + sentences.length;
      const [paragraph, section] = [kept.paragraphs + paragraphs.length, kept.sections + sections.length];
      // Field by field: spreading objects would take most of a keystroke's time in a long document.
      for (const sentence of piece.sentences) {
        sentences.push({
          start: at + sentence.start,
          end: at + sentence.end,
          text: sentence.text,
          id: sentence.id,
          paragraph,
          section,
          complete: sentence.complete,
        });
      }
      paragraphs.push({
        start: at,
        end,
        section,
        prose: piece.prose,
        firstSentence: first,
        endSentence: kept.sentences + sentences.length,
      });
    }
    if (i % triflesAtOnce === 0) yield;
  }
  closeSection(text.length);
  return {
    sections: following(structure.sections, kept.sections, sections),
    paragraphs: following(structure.paragraphs, kept.paragraphs, paragraphs),
    sentences: following(structure.sentences, kept.sentences, sentences),
    nonProse: following(structure.nonProse, kept.nonProse, nonProse),
    pieces,
    hasMarks,
  };
}

/** The structure of no text. */
export const nothing: Structure = {
  sections: [],
  paragraphs: [],
  sentences: [],
  nonProse: [],
  pieces: [],
  hasMarks: false,
};

/** Whether a mark of a summary stands in the text; one that had none is looked at where it changed. */
function isMarked(text: DocumentText, earlier: Earlier | undefined): boolean {
  if (!earlier || earlier.structure.hasMarks) return hasSummaryMark(text.toString());
  const { before, behind } = earlier;
  return hasSummaryMark(text.slice(Math.max(0, before - markLength), text.length - behind + markLength));
}

/** How many of the first pieces are those of the earlier text, at their places, and followed by what followed them. */
function keptPieces(pieces: readonly PlacedPiece[], was: readonly PlacedPiece[], before: number): number {
  const untouched = partitionPoint(pieces.length, (i) => endOf(pieces[i] as PlacedPiece) < before);
  let kept = 0;
  while (kept < untouched && isSame(pieces[kept] as PlacedPiece, was[kept])) kept++;
  // Where a heading's section begins depends on what stands behind it.
  while (pieces[kept - 1]?.piece.kind === 'heading') kept--;
  return kept;
}

function isSame(now: PlacedPiece, was: PlacedPiece | undefined): boolean {
  return now === was || (now.piece === was?.piece && now.at === was.at);
}

function endOf({ at, piece }: PlacedPiece): number {
  return at + piece.length;
}

/** How many of the structure's parts begin before this offset; of sections those that are closed by then. */
function partsBefore({ sections, paragraphs, nonProse }: Structure, offset: number) {
  const begun = <T extends Span>(parts: readonly T[]): number =>
    partitionPoint(parts.length, (i) => (parts[i] as T).start < offset);
  const count = begun(paragraphs);
  return {
    sections: Math.max(0, begun(sections) - 1),
    paragraphs: count,
    sentences: paragraphs[count - 1]?.endSentence ?? 0,
    nonProse: begun(nonProse),
  };
}

/** The first `count` and what follows them. */
function following<T>(all: readonly T[], count: number, fresh: readonly T[]): readonly T[] {
  return count === 0 ? fresh : all.slice(0, count).concat(fresh);
}

/** The start of the next line, or of the text that stands on the heading's own line. */
function bodyStart(text: DocumentText, headingEnd: number): number {
  const rest = text.slice(headingEnd, text.lineEnd(headingEnd));
  return headingEnd + (/^[^\S\n]*\n?/u.exec(rest)?.[0].length ?? 0);
}
