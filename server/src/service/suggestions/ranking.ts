/** Rating worded candidates, and leaving out those that must not be shown. */
import { wordsOf } from '../../base/words.ts';
import type { ConceptVector } from '../../concepts/conceptVector.ts';
import { cosine } from '../../concepts/similarity.ts';
import type { SentenceSpan } from '../../text/snapshot.ts';
import { ngramOverlap, selfRepetition } from '../wordingChecks.ts';

/** One worded plan, encoded again. */
export interface Worded {
  /** The text to insert, without separator. */
  readonly text: string;
  /** The whole sentence, what was typed of it included. */
  readonly sentence: string;
  readonly plan: ConceptVector;
  readonly vector: ConceptVector;
  readonly logProbability: number;
}

export interface WordedPlan extends Worded {
  /** The document's sentence that it is closest to, where one is known. */
  readonly near: SentenceSpan | undefined;
  /** How far it is where the writer wants it to go; 0 where the writer wants nothing. */
  readonly pull: number;
}

export interface Surroundings {
  /** The sentence before the cursor, if there is one. */
  readonly last: ConceptVector | undefined;
  /** Runs of three words in the sentences near the cursor. */
  readonly nearbyTrigrams: ReadonlySet<string>;
  /** Ideas that are not to be shown once more. */
  readonly seen: readonly ConceptVector[];
}

export interface Candidate {
  readonly text: string;
  readonly sentence: string;
  readonly vector: ConceptVector;
  /** In [0, 1]. */
  readonly score: number;
  readonly near: SentenceSpan | undefined;
}

/** Above this similarity to a sentence of the document a wording says the same again. */
const repeatSimilarity = 0.95;
/** The same among sentences worded one behind the other: a model that goes on from itself likes to go in circles. */
const repeatAhead = 0.75;
/** Above this share of word runs found nearby it is a near copy, whatever its vector. */
const repeatOverlap = 0.8;
/** Above this similarity two candidates are one idea. */
const sameIdea = 0.9;
/** Words from the start which two candidates must not share: a reader who cycles takes them for one idea again. */
const openingWords = 3;

/** What a pull counts beside the score when the order is decided. */
const pullWeight = 0.5;

/** Weights of the three parts of the score; together 1. */
const weights = { plan: 0.45, flow: 0.2, fluency: 0.35 };

/**
 * Score in [0, 1]: closeness to the plan, flow from the last sentence and fluency, less what it repeats. Fluency is
 * `exp(mean log-probability / 2)`: 1 nat a token, fluent text for a small decoder, gives 0.6; 4 nats give 0.14.
 */
export function score(worded: Worded, surroundings: Surroundings): number {
  const closeness = Math.max(0, cosine(worded.vector, worded.plan));
  const flow = surroundings.last ? Math.max(0, cosine(worded.vector, surroundings.last)) : closeness;
  const fluency = Math.exp(Math.min(0, worded.logProbability) / 2);
  const repeated = ngramOverlap(worded.text, surroundings.nearbyTrigrams, 3) + selfRepetition(worded.text);
  const sum = weights.plan * closeness + weights.flow * flow + weights.fluency * fluency - 0.5 * repeated;
  return Math.max(0, Math.min(1, sum));
}

/** Whether the document, whose most similar sentence is `closest` to it, says this word for word or nearly. */
export function repeatsDocument(worded: Worded, closest: number, surroundings: Surroundings): boolean {
  return closest > repeatSimilarity || ngramOverlap(worded.sentence, surroundings.nearbyTrigrams, 3) > repeatOverlap;
}

/** Whether one of the sentences that were worded just before says this, nearly, or starts like it. */
export function repeatsAhead(
  { sentence, vector }: Pick<Worded, 'sentence' | 'vector'>,
  ahead: readonly Pick<Worded, 'sentence' | 'vector'>[],
): boolean {
  return ahead.some(
    (earlier) => opening(earlier.sentence) === opening(sentence) || cosine(earlier.vector, vector) > repeatAhead,
  );
}

/** Best first, and first what went where it should; each a different idea, none under `minScore`, at most `count`. */
export function rank(
  worded: readonly WordedPlan[],
  surroundings: Surroundings,
  minScore: number,
  count: number,
): Candidate[] {
  const rated = worded
    .map((candidate) => ({ ...candidate, score: score(candidate, surroundings) }))
    .filter((candidate) => candidate.score >= minScore)
    .sort((a, b) => b.score + pullWeight * b.pull - (a.score + pullWeight * a.pull));
  const kept: Candidate[] = [];
  for (const candidate of rated) {
    if (kept.length === count) break;
    const start = opening(candidate.text);
    const isKnown =
      kept.some(({ text }) => opening(text) === start) ||
      [...surroundings.seen, ...kept.map(({ vector }) => vector)].some(
        (vector) => cosine(vector, candidate.vector) > sameIdea,
      );
    if (!isKnown) kept.push(candidate);
  }
  return kept;
}

function opening(text: string): string {
  return wordsOf(text).slice(0, openingWords).join(' ');
}
