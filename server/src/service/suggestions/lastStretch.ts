/** How far a sentence must have come before its rest is offered to a writer who did not ask for it. */
import { wordsOf } from '../../base/words.ts';
import type { DocumentSnapshot } from '../../text/snapshot.ts';
import type { Place } from './cursorPlace.ts';

/** Sentences before the cursor that say how long this writer's sentences are. */
const sentencesLookedAt = 20;
/** Words of a usual sentence where fewer than three stand before the cursor. */
const usualWords = 14;
/** Words that must be there however short the sentences before are. */
const leastWords = 3;

/** True at a sentence's start, and from half the length of the sentences before on. */
export function isLastStretch({ sentences }: DocumentSnapshot, place: Place): boolean {
  if (place.kind === 'sentenceStart') return true;
  const lengths = sentences
    .slice(Math.max(0, place.before - sentencesLookedAt), place.before)
    .map(({ text }) => wordsOf(text).length)
    .sort((a, b) => a - b);
  const usual = lengths.length < 3 ? usualWords : (lengths[lengths.length >> 1] as number);
  return wordsOf(place.typed).length >= Math.max(leastWords, usual / 2);
}
