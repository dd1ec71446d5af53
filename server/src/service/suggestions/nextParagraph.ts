/** Several sentences ahead: each planned from the text and the ones before it, worded, and read again for the next. */
import { type CancellationToken, throwIfCancelled } from '../../base/cancellation.ts';
import { raceCancellation } from '../../base/cancellationSource.ts';
import type { DocumentSnapshot } from '../../text/snapshot.ts';
import { placeAt } from './cursorPlace.ts';
import { type NextSentenceParts, otherLanguage, type SuggestOptions } from './nextSentence.ts';
import { continued, sceneAt } from './scene.ts';
import { writeAhead } from './sentencesAhead.ts';
import { steerBy, unsteered } from './steering.ts';

export interface ParagraphOptions extends Pick<SuggestOptions, 'seed' | 'sampler' | 'minScore'> {
  /** Sentences wanted, at least 1. */
  readonly sentences: number;
  /** Sentences that the writer has seen already and wants to go on from, as they were given. */
  readonly earlier: readonly string[];
}

export interface ParagraphSentence {
  /** What is inserted behind what was given before it. */
  readonly insertText: string;
  /** In [0, 1]. */
  readonly score: number;
  /** What goes behind it where it is the last one, so that it does not run into the paragraph below. */
  readonly tail: string;
}

export interface NextParagraph {
  readonly version: number;
  readonly sentences: readonly ParagraphSentence[];
  /** Why there are fewer than were wanted, a sentence for the writer; '' otherwise. */
  readonly silence: string;
}

/**
 * The next sentences at this offset; `onSentence` hears each as soon as it is there. Rejects with CancellationError, or
 * with what the engine rejects with; what was heard until then is good.
 */
export async function nextParagraph(
  { engine, cache }: Pick<NextSentenceParts, 'engine' | 'cache'>,
  snapshot: DocumentSnapshot,
  offset: number,
  { sentences: wanted, earlier, ...options }: ParagraphOptions,
  token: CancellationToken,
  onSentence: (sentence: ParagraphSentence) => void,
): Promise<NextParagraph> {
  const { version } = snapshot;
  const silent = (silence: string): NextParagraph => ({ version, sentences: [], silence });
  const place = placeAt(snapshot, offset);
  if (place.kind === 'silent') return silent(place.reason);
  const info = await raceCancellation(engine.ready(), token);
  const foreign = otherLanguage(info, snapshot, place);
  if (foreign !== undefined) return silent(foreign);
  let scene = await sceneAt(cache, snapshot, place, info, token);
  const texts = earlier.map((text, i) => `${i === 0 ? place.typed : ''}${text}`.trim());
  const vectors = texts.length > 0 ? await engine.encode(texts, token) : [];
  throwIfCancelled(token);
  for (const [i, vector] of vectors.entries()) scene = continued(scene, texts[i] as string, vector);
  const steer = await steerBy(engine, unsteered, scene, token);
  const sentences: ParagraphSentence[] = [];
  const ahead = {
    ...options,
    sentences: wanted,
    seed: options.seed + earlier.length,
    minScore: options.minScore ?? info.defaults.minScore,
  };
  const silence = await writeAhead(engine, scene, [steer], ahead, token, (best) => {
    const isFirst = sentences.length + earlier.length === 0;
    const sentence = {
      insertText: `${isFirst ? place.separator : ' '}${best.text}`,
      score: best.score,
      tail: place.tail,
    };
    sentences.push(sentence);
    onSentence(sentence);
  });
  return { version, sentences, silence };
}
