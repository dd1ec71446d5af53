/** The text of a summary as it is put into a document, by the client and by the server's code action alike. */
import { markupOf } from './markup.ts';

/** The sentences as a paragraph that is set off, or a labelled one in plain text; `\n` between its lines. */
export function summaryBlock(languageId: string, sentences: readonly string[]): string {
  const markup = markupOf(languageId);
  return markup.labelled('Summary', markup.escape(sentences.join(' ')));
}
