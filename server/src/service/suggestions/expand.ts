/** A note into a paragraph: sentences led towards its meaning, one after the other, and where they can go. */
import type { CancellationToken } from '../../base/cancellation.ts';
import { raceCancellation } from '../../base/cancellationSource.ts';
import { markupOf } from '../../base/markup.ts';
import type { ConceptVector } from '../../concepts/conceptVector.ts';
import { contentHash } from '../../text/contentHash.ts';
import type { DocumentSnapshot, Span } from '../../text/snapshot.ts';
import { filled, lineEnd, lineStart, paragraphAt, replacing, type Slot } from '../slots.ts';
import { type Place, sectionAt } from './cursorPlace.ts';
import type { ParagraphOptions } from './nextParagraph.ts';
import { type NextSentenceParts, otherLanguage } from './nextSentence.ts';
import { noteAt } from './note.ts';
import type { Candidate } from './ranking.ts';
import { type Scene, sceneAt } from './scene.ts';
import { writeAhead } from './sentencesAhead.ts';
import { steerBy, unsteered } from './steering.ts';

export type ExpandOptions = Omit<ParagraphOptions, 'earlier'>;

export interface Expansion {
  readonly version: number;
  /** What was expanded, as a reader reads it, and where it stands. */
  readonly note: string;
  readonly span: Span;
  readonly sentences: readonly { readonly text: string; readonly score: number }[];
  /** Why there are fewer than were wanted, a sentence for the writer; '' otherwise. */
  readonly silence: string;
}

export interface ExpansionPlace {
  readonly placement: 'after' | 'instead';
  readonly span: Span;
  readonly newText: string;
}

/**
 * Expands the note in this span, or where that is empty the one on its line; `undefined` where there is none. `onSentence`
 * hears how many are there.
 */
export async function expand(
  { engine, cache }: Pick<NextSentenceParts, 'engine' | 'cache'>,
  snapshot: DocumentSnapshot,
  span: Span,
  { minScore, ...options }: ExpandOptions,
  token: CancellationToken,
  onSentence: (count: number) => void,
): Promise<Expansion | undefined> {
  const note = noteAt(snapshot, span);
  if (!note) return undefined;
  const { text } = note;
  const answer = { version: snapshot.version, note: text, span: note.span };
  const { before: first, after } = note;
  const section = sectionAt(snapshot, note.span.start);
  const place: Place = { kind: 'sentenceStart', before: first, after, section, typed: '', separator: '', tail: '' };
  const info = await raceCancellation(engine.ready(), token);
  const foreign = otherLanguage(info, snapshot, { ...place, typed: text });
  if (foreign !== undefined) return { ...answer, sentences: [], silence: foreign };
  const before = await sceneAt(cache, snapshot, place, info, token);
  // The decoder reads the note's own words, and so does an LCM that knows what a note is.
  const worded = { ...before, contextText: `${before.contextText} ${text}`.trimStart() };
  const [vector] = info.hasRoles ? await cache.vectors([{ id: contentHash(text), text }], token) : [];
  const scene = vector ? behindNote(worded, vector) : worded;
  // When all is said that the note says, the text goes on from there.
  const steers = [
    await steerBy(engine, { ...unsteered, towards: text }, scene, token),
    await steerBy(engine, unsteered, scene, token),
  ];
  const found: Candidate[] = [];
  // As for any goal that a writer names: what there is is shown, each sentence with its score.
  const silence = await writeAhead(
    engine,
    scene,
    steers,
    { ...options, minScore: minScore ?? 0 },
    token,
    (candidate) => {
      found.push(candidate);
      onSentence(found.length);
    },
  );
  return { ...answer, sentences: found.map(({ sentence, score }) => ({ text: sentence, score })), silence };
}

/** The scene in which the LCM has read the note: what it says from there on is the note's text, and nothing follows that. */
function behindNote(scene: Scene, vector: ConceptVector): Scene {
  return { ...scene, context: [...scene.context, { vector, role: 'note' }], behind: [], indexInSection: undefined };
}

/** Where the sentences can go: a paragraph behind the note's own, or the place of a note that is whole sentences. */
export function expansionPlaces(snapshot: DocumentSnapshot, { span, sentences }: Expansion): ExpansionPlace[] {
  const { text } = snapshot;
  const prose = expansionProse(snapshot, sentences);
  const behind = {
    placement: 'after',
    ...filled(text, slotBehind(snapshot, span), indentOf(text, span) + prose),
  } as const;
  if (!noteAt(snapshot, span)?.isWhole) return [behind];
  return [behind, { placement: 'instead', ...filled(text, replacing(span), prose) }];
}

/** The sentences as the document's markup has them. */
export function expansionProse({ languageId }: DocumentSnapshot, sentences: Expansion['sentences']): string {
  return markupOf(languageId).escape(sentences.map(({ text }) => text).join(' '));
}

function slotBehind({ text, paragraphs }: DocumentSnapshot, { end }: Span): Slot {
  const around = paragraphs.find((paragraph) => paragraph.end >= end);
  return paragraphAt(text, lineEnd(text, around && around.start < end ? around.end : end));
}

/** What makes a paragraph part of the list item that the note stands in. */
function indentOf(text: string, { start }: Span): string {
  const line = text.slice(lineStart(text, start), start);
  return /^[^\S\n]*(?:(?:[-*+•]|\d{1,9}[.)])[^\S\n]+)?$/u.test(line) ? ' '.repeat(line.length) : '';
}
