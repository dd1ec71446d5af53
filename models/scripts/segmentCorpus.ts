/**
 * Cuts corpus documents (JSON Lines on standard input) into sentences with the server's own segmenter, so that
 * training and serving see the same sentences. Each paragraph becomes a list of sentences; `summary` too.
 */
import { createInterface } from 'node:readline';
import { segmentSentences } from '../../server/src/text/sentences.ts';

interface CorpusDocument {
  readonly sections: readonly { readonly heading: string; readonly paragraphs: readonly string[] }[];
  readonly summary: string | null;
}

const cut = (text: string): string[] =>
  segmentSentences(text).map(({ start, end }) => text.slice(start, end).replace(/\s+/gu, ' '));

for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
  if (line.trim() === '') continue;
  const document = JSON.parse(line) as CorpusDocument;
  const sections = document.sections.map((section) => ({ ...section, paragraphs: section.paragraphs.map(cut) }));
  const summary = document.summary === null ? null : cut(document.summary);
  if (!process.stdout.write(`${JSON.stringify({ ...document, sections, summary })}\n`)) {
    await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}
