/** The prose before a place that the decoder reads. */
import type { DocumentSnapshot, Section, SentenceSpan } from '../../text/snapshot.ts';
import type { Place } from './cursorPlace.ts';

/** UTF-16 units with which a block of sentences is full: some 70 tokens. */
const fullBlock = 320;
/** UTF-16 units given at most, for a sentence without an end: more than a decoder reads. */
const longest = 4000;

/**
 * Plain prose before the sentence at this place: one to two blocks of whole sentences, with the headings among them. The
 * blocks are counted from the document's start, so that the text of a writer who goes on grows at its end, and a decoder
 * that has read it reads only the new sentence.
 */
export function textBefore(snapshot: DocumentSnapshot, place: Place): string {
  return joined(read(snapshot, blockStart(snapshot.sentences, place.before), place));
}

/**
 * What will be before the sentence behind the one that is being typed here, as far as that is typed, but for the last
 * word, which may not be whole; '' where none is typed.
 */
export function textAlong(snapshot: DocumentSnapshot, place: Place): string {
  const words = place.typed.replace(/\s*\S*$/u, '');
  if (words === '') return '';
  return joined([...read(snapshot, blockStart(snapshot.sentences, place.before + 1), place), words]);
}

/** The sentences from this index on up to the place, and the headings that stand between them and before the place. */
function read({ sentences, sections }: DocumentSnapshot, from: number, { before, section: last }: Place): string[] {
  const texts: string[] = [];
  for (let at = from === 0 ? 0 : (sentences[from]?.section ?? last); at <= last; at++) {
    const { heading, firstSentence, endSentence } = sections[at] as Section;
    // In a text without lines a colon says best that what follows is about it.
    if (heading !== '' && firstSentence >= from) texts.push(`${heading.replace(/[\s.:!?]+$/u, '')}:`);
    const own = sentences.slice(Math.max(from, firstSentence), Math.min(endSentence, before));
    texts.push(...own.map(({ text }) => text));
  }
  return texts;
}

/** Index of the first sentence of the blocks that are read before the sentence with this index. */
function blockStart(sentences: readonly SentenceSpan[], index: number): number {
  let previous = 0;
  let current = 0;
  let length = 0;
  for (let i = 0; i < index; i++) {
    if (length >= fullBlock) {
      // One by one: an array for each of thousands of blocks, at every pause, is much to clear up.
      previous = current;
      current = i;
      length = 0;
    }
    length += (sentences[i]?.text.length ?? 0) + 1;
  }
  return previous;
}

function joined(texts: readonly string[]): string {
  return texts.join(' ').slice(-longest);
}

/** Plain prose of the paragraph that the place goes on with, up to the place. */
export function paragraphBefore({ sentences, paragraphs }: DocumentSnapshot, place: Place): string {
  const last = sentences[place.kind === 'midSentence' ? place.before : place.before - 1];
  const first = (last && paragraphs[last.paragraph]?.firstSentence) ?? place.before;
  const texts = sentences.slice(first, place.before).map(({ text }) => text);
  return joined([...texts, place.typed]);
}
