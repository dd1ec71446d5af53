/** The prose before a place that the decoder reads. */
import type { DocumentSnapshot, SentenceSpan } from '../../text/snapshot.ts';
import type { Place } from './cursorPlace.ts';

/** UTF-16 units with which a block of sentences is full: some 70 tokens. */
const fullBlock = 320;
/** UTF-16 units given at most, for a sentence without an end: more than a decoder reads. */
const longest = 4000;

/**
 * Plain prose before the sentence at this place: one to two blocks of whole sentences. The blocks are counted from the
 * document's start, so that the text of a writer who goes on grows at its end, and a decoder that has read it reads
 * only the new sentence.
 */
export function textBefore({ sentences }: DocumentSnapshot, place: Place): string {
  return joined(sentences.slice(blockStart(sentences, place.before), place.before));
}

/**
 * What will be before the sentence behind the one that is being typed here, as far as that is typed, but for the last
 * word, which may not be whole; '' where none is typed.
 */
export function textAlong({ sentences }: DocumentSnapshot, { before, typed }: Place): string {
  const words = typed.replace(/\s*\S*$/u, '');
  return words === '' ? '' : joined([...sentences.slice(blockStart(sentences, before + 1), before), { text: words }]);
}

/** Index of the first sentence of the blocks that are read before the sentence with this index. */
function blockStart(sentences: readonly SentenceSpan[], index: number): number {
  let previous = 0;
  let current = 0;
  let length = 0;
  for (let i = 0; i < index; i++) {
    if (length >= fullBlock) {
      [previous, current, length] = [current, i, 0];
    }
    length += (sentences[i]?.text.length ?? 0) + 1;
  }
  return previous;
}

function joined(sentences: readonly Pick<SentenceSpan, 'text'>[]): string {
  return sentences
    .map(({ text }) => text)
    .join(' ')
    .slice(-longest);
}

/** Plain prose of the paragraph that the place goes on with, up to the place. */
export function paragraphBefore({ sentences, paragraphs }: DocumentSnapshot, place: Place): string {
  const last = sentences[place.kind === 'midSentence' ? place.before : place.before - 1];
  const first = (last && paragraphs[last.paragraph]?.firstSentence) ?? place.before;
  const texts = sentences.slice(first, place.before).map(({ text }) => text);
  return [...texts, place.typed].join(' ').slice(-longest);
}
