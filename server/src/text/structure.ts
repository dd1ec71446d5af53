/** From an extraction's pieces to a document's structure: sections, paragraphs, sentences, and what is not prose. */
import { type Steps, triflesAtOnce } from '../base/steps.ts';
import { insertedSummaries } from './insertedSummaries.ts';
import type { PlacedPiece } from './pieces.ts';
import type { DocumentSnapshot, Island, Paragraph, Section, SentenceSpan } from './snapshot.ts';

export interface Structure extends Pick<DocumentSnapshot, 'sections' | 'paragraphs' | 'sentences' | 'nonProse'> {
  /** The pieces that it was made of. */
  readonly pieces: readonly PlacedPiece[];
  /** Whether a summary that was inserted stands among them. */
  readonly isSummarized: boolean;
}

/** The structure of the text before some changes, none of which begins before `changed`. */
export interface Earlier {
  readonly structure: Structure;
  readonly changed: number;
}

/** A heading as its section starts from it; section 0 has none. */
type Opening = Pick<Section, 'start' | 'bodyStart' | 'heading' | 'level'>;

/**
 * `pieces` in order, placed in `text`. A paragraph's `prose` is its piece's own object. A summary that was inserted is
 * not prose: it says nothing that the text does not say. `earlier` only saves work.
 */
export function* structureOf(text: string, pieces: readonly PlacedPiece[], earlier?: Earlier): Steps<Structure> {
  const summaries = insertedSummaries(text);
  const kept = earlier && summaries.length === 0 ? keptPieces(pieces, earlier) : 0;
  const count = counted(pieces, kept);
  const before = earlier?.structure;
  const paragraphs: Paragraph[] = before?.paragraphs.slice(0, count.paragraphs) ?? [];
  const sentences: SentenceSpan[] = before?.sentences.slice(0, paragraphs.at(-1)?.endSentence ?? 0) ?? [];
  const nonProse: Island[] = before?.nonProse.slice(0, count.opaque) ?? [];
  const sections: Section[] = before?.sections.slice(0, count.headings) ?? [];
  let opening: Opening = before?.sections[count.headings] ?? { start: 0, bodyStart: 0, heading: '', level: 0 };
  let firstSentence = sections.at(-1)?.endSentence ?? 0;
  let nextSummary = 0;
  const closeSection = (end: number): void => {
    const { start, bodyStart, heading, level } = opening;
    sections.push({ start, bodyStart, heading, level, end, firstSentence, endSentence: sentences.length });
    firstSentence = sentences.length;
  };
  for (let i = kept; i < pieces.length; i++) {
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
      const first = sentences.length;
      // Field by field: spreading objects would take most of a keystroke's time in a long document.
      for (const sentence of piece.sentences) {
        sentences.push({
          start: at + sentence.start,
          end: at + sentence.end,
          text: sentence.text,
          id: sentence.id,
          paragraph: paragraphs.length,
          section: sections.length,
          complete: sentence.complete,
        });
      }
      paragraphs.push({
        start: at,
        end,
        section: sections.length,
        prose: piece.prose,
        firstSentence: first,
        endSentence: sentences.length,
      });
    }
    if (i % triflesAtOnce === 0) yield;
  }
  closeSection(text.length);
  return { sections, paragraphs, sentences, nonProse, pieces, isSummarized: summaries.length > 0 };
}

/** How many of the first pieces are those of the earlier text, at their places, and followed by what followed them. */
function keptPieces(pieces: readonly PlacedPiece[], { structure, changed }: Earlier): number {
  if (structure.isSummarized) return 0;
  let kept = 0;
  for (; kept < pieces.length; kept++) {
    const now = pieces[kept] as PlacedPiece;
    const was = structure.pieces[kept];
    if (now.piece !== was?.piece || now.at !== was.at || now.at + now.piece.length >= changed) break;
  }
  // Where a heading's section begins depends on what stands behind it.
  while (pieces[kept - 1]?.piece.kind === 'heading') kept--;
  return kept;
}

function counted(pieces: readonly PlacedPiece[], count: number): Record<'headings' | 'paragraphs' | 'opaque', number> {
  const found = { headings: 0, paragraphs: 0, opaque: 0 };
  for (let i = 0; i < count; i++) {
    const kind = pieces[i]?.piece.kind;
    if (kind === 'heading') found.headings++;
    else if (kind === 'prose') found.paragraphs++;
    else found.opaque++;
  }
  return found;
}

/** The start of the next line, or of the text that stands on the heading's own line. */
function bodyStart(text: string, headingEnd: number): number {
  const rest = /[^\S\n]*\n?/y;
  rest.lastIndex = headingEnd;
  return headingEnd + (rest.exec(text)?.[0].length ?? 0);
}
