/** What a snapshot holds, short enough to compare in a test's table. */
import { openDocument } from '../../server/src/service/snapshots.ts';
import type { DocumentSnapshot } from '../../server/src/text/snapshot.ts';

export function snapshotOf(languageId: string, text: string): DocumentSnapshot {
  return openDocument({ uri: 'file:///document', languageId, version: 1, text });
}

/** The plain text of the sentences. */
export function sentencesOf(languageId: string, text: string): string[] {
  return snapshotOf(languageId, text).sentences.map((sentence) => sentence.text);
}

/** Headings as `level heading`, without section 0. */
export function headingsOf(languageId: string, text: string): string[] {
  const [, ...sections] = snapshotOf(languageId, text).sections;
  return sections.map(({ level, heading }) => `${level} ${heading}`);
}

/** The source with each sentence's span in `⟦ ⟧`. */
export function marked(languageId: string, text: string): string {
  let result = '';
  let at = 0;
  for (const { start, end } of snapshotOf(languageId, text).sentences) {
    result += `${text.slice(at, start)}⟦${text.slice(start, end)}⟧`;
    at = end;
  }
  return result + text.slice(at);
}

/** A whole document as data: its sections with their sentences, and the source of what is not prose. */
export function outlineOf(languageId: string, text: string): unknown {
  const { sections, sentences, nonProse } = snapshotOf(languageId, text);
  return {
    sections: sections.map(({ level, heading, firstSentence, endSentence }) => ({
      level,
      heading,
      sentences: sentences.slice(firstSentence, endSentence).map((sentence) => sentence.text),
    })),
    nonProse: nonProse.map(({ start, end }) => text.slice(start, end)),
  };
}
