/** From an extraction's pieces to a document's structure: sections, paragraphs, sentences, and what is not prose. */
import { type Steps, triflesAtOnce } from '../base/steps.ts';
import { insertedSummaries } from './insertedSummaries.ts';
import type { PlacedPiece } from './pieces.ts';
import type { DocumentSnapshot, Island, Paragraph, Section, SentenceSpan } from './snapshot.ts';

export type Structure = Pick<DocumentSnapshot, 'sections' | 'paragraphs' | 'sentences' | 'nonProse'>;

/** A heading as its section starts from it; section 0 has none. */
type Opening = Pick<Section, 'start' | 'bodyStart' | 'heading' | 'level'>;

/**
 * `pieces` in order, placed in `text`. A paragraph's `prose` is its piece's own object. A summary that was inserted is
 * not prose: it says nothing that the text does not say.
 */
export function* structureOf(text: string, pieces: readonly PlacedPiece[]): Steps<Structure> {
  const sections: Section[] = [];
  const paragraphs: Paragraph[] = [];
  const sentences: SentenceSpan[] = [];
  const nonProse: Island[] = [];
  let opening: Opening = { start: 0, bodyStart: 0, heading: '', level: 0 };
  let firstSentence = 0;
  const summaries = insertedSummaries(text);
  let nextSummary = 0;
  const closeSection = (end: number): void => {
    sections.push({ ...opening, end, firstSentence, endSentence: sentences.length });
    firstSentence = sentences.length;
  };
  for (const [i, { at, piece }] of pieces.entries()) {
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
  return { sections, paragraphs, sentences, nonProse };
}

/** The start of the next line, or of the text that stands on the heading's own line. */
function bodyStart(text: string, headingEnd: number): number {
  const rest = /[^\S\n]*\n?/y;
  rest.lastIndex = headingEnd;
  return headingEnd + (rest.exec(text)?.[0].length ?? 0);
}
