/** What a document offers as goals for the ideas at a position. */
import type { GoalsResult } from '../protocol.ts';
import type { DocumentSnapshot } from '../service/index.ts';

/** Sentences offered on each side of the position: a list that is typed into, not read through. */
const mostSentences = 500;

/** Headings and sentences in document order, and what the next section starts with. */
export function goalsAt({ version, sections, sentences }: DocumentSnapshot, offset: number): GoalsResult {
  const next = sections.find(({ start, level }) => level > 0 && start > offset);
  const first = next && next.firstSentence < next.endSentence ? sentences[next.firstSentence] : undefined;
  const here = sentences.findIndex(({ end }) => end > offset);
  const middle = here < 0 ? sentences.length : here;
  return {
    version,
    headings: sections.map(({ heading }) => heading).filter((heading) => heading !== ''),
    next: next ? { heading: next.heading, sentence: first?.text ?? '' } : null,
    sentences: sentences.slice(Math.max(0, middle - mostSentences), middle + mostSentences).map(({ text }) => text),
  };
}
