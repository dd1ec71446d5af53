/** Inline completion: predicted concepts, thinned, worded, encoded again, ranked; silence with a reason otherwise. */
import { setImmediate } from 'node:timers/promises';
import { type CancellationToken, throwIfCancelled } from '../base/cancellation.ts';
import { raceCancellation } from '../base/cancellationSource.ts';
import { type ConceptVector, normalized } from '../concepts/conceptVector.ts';
import type { ConceptEngine, SamplerSettings } from '../concepts/engine.ts';
import { centroid, cosine, mostSimilar } from '../concepts/similarity.ts';
import type { DocumentSnapshot, SentenceSpan } from '../text/snapshot.ts';
import type { ConceptCache } from './conceptCache.ts';
import { textBefore } from './contextText.ts';
import { type Place, placeAt } from './cursorPlace.ts';
import { diverse } from './diversity.ts';
import { guessLanguage } from './language.ts';
import { type Candidate, rank, repeatsDocument, type Worded, type WordedPlan } from './ranking.ts';
import type { RecentSuggestions, Suggestion } from './recentSuggestions.ts';
import { markupFault, ngramSet, sentenceFault, wordsOf } from './wordingChecks.ts';

export interface SuggestOptions {
  /** Candidates wanted, at least 1. */
  readonly candidates: number;
  /** Candidates with which the search may end early, 1 to `candidates`: fewer are an answer sooner. */
  readonly least: number;
  readonly seed: number;
  readonly sampler: Partial<SamplerSettings>;
  /** Score in [0, 1] under which nothing is shown; null takes the bundle's. */
  readonly minScore: number | null;
  /** A phrase or sentence whose meaning the ideas are led towards; '' lets them go where the text goes. */
  readonly towards: string;
}

export interface Suggestions {
  readonly version: number;
  readonly items: readonly Suggestion[];
  /** Why `items` is empty, a sentence for the writer; '' otherwise. */
  readonly silence: string;
}

/** Plans sampled for each candidate wanted: the surplus is what thinning chooses from. */
const plansPerCandidate = 4;
/**
 * Wordings begun at once for each candidate that must be found: one more for every three. The slowest are given up once
 * there are enough, so that a long sentence does not hold back the others. Where one candidate of several is an answer
 * already, the better of two is taken.
 */
const wordingsPerCandidate = 4 / 3;
const leastWordings = 2;
/** Sentences on each side of the cursor that a plan must not repeat. */
const nearbySentences = 40;
/** Above this similarity to a nearby sentence a plan says what the document says already. */
const saidAlready = 0.92;
/** Relevance against difference when plans are thinned. */
const relevanceWeight = 0.55;
/** How much of an idea that is led somewhere is the goal; the rest is what the text makes likely. */
const goalWeight = 0.5;
/** Typed words from which the typed part says enough to choose plans by it. */
const leastTypedWords = 3;
/** Generated tokens a wording may have. */
const maxTokens = 40;

export interface NextSentenceParts {
  readonly engine: ConceptEngine;
  readonly cache: ConceptCache;
  readonly recent: RecentSuggestions;
}

/** The suggestions at this offset. Rejects with CancellationError, or with what the engine rejects with. */
export async function nextSentence(
  parts: NextSentenceParts,
  snapshot: DocumentSnapshot,
  offset: number,
  options: SuggestOptions,
  token: CancellationToken,
): Promise<Suggestions> {
  const silent = (silence: string): Suggestions => ({ version: snapshot.version, items: [], silence });
  const place = placeAt(snapshot, offset);
  if (place.kind === 'silent') return silent(place.reason);
  const settings = settingsKey(options);
  const { candidates, least } = options;
  const kept = parts.recent.remainder(snapshot, offset, settings, { least, most: candidates });
  if (kept && kept.length > 0) return { version: snapshot.version, items: kept, silence: '' };

  // A model that is still loading must not hold a request that nobody waits for.
  const info = await raceCancellation(parts.engine.ready(), token);
  const contextText = textBefore(snapshot, place);
  if (info.languages.includes('en') && guessLanguage(`${contextText} ${place.typed}`) === 'other') {
    return silent(`This bundle is English (${info.bundle.name}), and the text here is not.`);
  }

  const context = await parts.cache.vectors(contextSentences(snapshot, place, info.contextLength), token);
  const plans = await parts.engine.predictNext(
    { context, count: candidates * plansPerCandidate, seed: options.seed, sampler: options.sampler },
    token,
  );
  throwIfCancelled(token);
  const nearby = nearbyOf(snapshot, place);
  const fresh = dropSaid(await led(parts.engine, plans, options.towards, token), nearby, parts.cache);
  if (fresh.length === 0) return silent('Every idea for this place is already said nearby.');

  const ordered = byDifference(fresh, await encodeTyped(parts.engine, place, token));
  // Without the sentence being typed, which its own completion is bound to resemble.
  const known = snapshot.sentences.flatMap((sentence, i) => {
    const vector = i >= place.before && i < place.after ? undefined : parts.cache.vector(sentence);
    return vector ? [[sentence, vector] as const] : [];
  });
  const surroundings = {
    last: context.at(-1),
    nearbyTrigrams: ngramSet(
      nearby.map(({ text }) => text),
      3,
    ),
  };
  // Who names a goal wants to see what there is, each with its score: between two meanings no plan is worded closely.
  const minScore = options.minScore ?? (options.towards === '' ? info.defaults.minScore : 0);
  const enough = Math.max(least, Math.min(leastWordings, candidates));
  const atOnce = Math.max(enough, Math.floor(least * wordingsPerCandidate));
  const sentence = { snapshot, place, contextText, enough };
  const fresher: WordedPlan[] = [];
  let worded = 0;
  let ranked: Candidate[] = [];
  let begun = 0;
  while (begun < ordered.length && ranked.length < least) {
    for (const wording of await wordAll(parts.engine, sentence, ordered.slice(begun, begun + atOnce), token)) {
      worded++;
      const closest = mostSimilar(wording.vector, known);
      if (!repeatsDocument(wording, closest?.similarity ?? 0, surroundings)) {
        fresher.push({ ...wording, near: closest?.item.text ?? '' });
      }
      // Thousands of comparisons in a long document: those of the next wording have a turn of their own.
      await setImmediate();
      throwIfCancelled(token);
    }
    begun += atOnce;
    ranked = rank(fresher, surroundings, minScore, candidates);
  }
  if (worded === 0) return silent('No wording made a whole sentence that fits the markup and says something.');
  if (fresher.length === 0) return silent('Every wording repeats the document.');
  if (ranked.length === 0) return silent('No wording is good enough to show (see foresay.suggest.minScore).');
  const items = ranked.map(({ text, score, near }) => ({
    insertText: `${place.separator}${text}${place.tail}`,
    score,
    near,
  }));
  parts.recent.keep(snapshot, offset, settings, begun < ordered.length ? items.length : candidates, items);
  return { version: snapshot.version, items, silence: '' };
}

/** The sentence that plans are worded for. */
interface OpenSentence {
  readonly snapshot: DocumentSnapshot;
  readonly place: Place;
  readonly contextText: string;
  /** Wordings after which slower ones are given up. */
  readonly enough: number;
}

/** The plans as whole sentences that fit the markup and say something, encoded again; the others are left out. */
async function wordAll(
  engine: ConceptEngine,
  { snapshot, place, contextText, enough }: OpenSentence,
  plans: readonly ConceptVector[],
  token: CancellationToken,
): Promise<Worded[]> {
  const { typed } = place;
  const wordings = await engine.decode({ contextText, typed, plans, maxTokens, enough }, token);
  throwIfCancelled(token);
  const whole = wordings.flatMap((wording, i) => {
    const plan = plans[i];
    // After a separator of our own the wording starts the sentence; in mid-sentence its own space counts.
    const text = place.kind === 'midSentence' ? wording.text.trimEnd() : wording.text.trim();
    const sentence = `${typed}${text}`.trim();
    if (!plan || !wording.complete || markupFault(text, snapshot.languageId) || sentenceFault(sentence)) return [];
    return [{ plan, text, sentence, logProbability: wording.logProbability }];
  });
  if (whole.length === 0) return [];
  const vectors = await engine.encode(
    whole.map(({ sentence }) => sentence),
    token,
  );
  throwIfCancelled(token);
  return whole.map((wording, i) => ({ ...wording, vector: vectors[i] as ConceptVector }));
}

/** What else suggestions depend on, beside the text: two requests with the same key may share an answer. */
export function settingsKey(options: SuggestOptions): string {
  return JSON.stringify([options.seed, options.sampler, options.minScore, options.towards]);
}

/** The sentences whose concepts the LCM reads for this place, oldest first. */
export function contextSentences(snapshot: DocumentSnapshot, place: Place, contextLength: number): SentenceSpan[] {
  return snapshot.sentences.slice(Math.max(0, place.before - contextLength), place.before);
}

function nearbyOf(snapshot: DocumentSnapshot, place: Place): SentenceSpan[] {
  return [
    ...snapshot.sentences.slice(Math.max(0, place.before - nearbySentences), place.before),
    ...snapshot.sentences.slice(place.after, place.after + nearbySentences),
  ];
}

function dropSaid(plans: readonly ConceptVector[], nearby: readonly SentenceSpan[], cache: ConceptCache) {
  const known = nearby.flatMap((sentence) => cache.vector(sentence) ?? []);
  return plans.filter((plan) => known.every((vector) => cosine(plan, vector) <= saidAlready));
}

/** The plans, moved towards the meaning of `goal`. */
async function led(
  engine: ConceptEngine,
  plans: readonly ConceptVector[],
  goal: string,
  token: CancellationToken,
): Promise<readonly ConceptVector[]> {
  if (goal === '') return plans;
  const [target] = await engine.encode([goal], token);
  throwIfCancelled(token);
  if (!target) return plans;
  return plans.map((plan) => normalized(plan.map((x, i) => (1 - goalWeight) * x + goalWeight * (target[i] as number))));
}

async function encodeTyped(
  engine: ConceptEngine,
  place: Place,
  token: CancellationToken,
): Promise<ConceptVector | undefined> {
  if (wordsOf(place.typed).length < leastTypedWords) return undefined;
  const [vector] = await engine.encode([place.typed.trim()], token);
  throwIfCancelled(token);
  return vector;
}

/** The plans, first those near to what most say and to what is typed already, and different from each other. */
function byDifference(plans: readonly ConceptVector[], typed: ConceptVector | undefined): ConceptVector[] {
  const middle = centroid(plans);
  if (!middle) return [];
  const relevance = (plan: ConceptVector): number =>
    typed ? 0.4 * cosine(plan, middle) + 0.6 * cosine(plan, typed) : cosine(plan, middle);
  const rated = plans.map((plan) => ({ item: plan, vector: plan, relevance: relevance(plan) }));
  return diverse(rated, plans.length, relevanceWeight).map(({ item }) => item);
}
