/** From a scene to ideas: predicted concepts, led and thinned, worded, encoded again, ranked; a reason where none is left. */
import { type CancellationToken, throwIfCancelled } from '../../base/cancellation.ts';
import { sentenceFault } from '../../base/sentenceFault.ts';
import { inTurns } from '../../base/steps.ts';
import { wordsOf } from '../../base/words.ts';
import type { ConceptVector } from '../../concepts/conceptVector.ts';
import { diverse } from '../../concepts/diversity.ts';
import type { ConceptEngine, DecodeRequest, SamplerSettings } from '../../concepts/engine.ts';
import { centroid, cosine } from '../../concepts/similarity.ts';
import { markupFault, ngramSet } from '../wordingChecks.ts';
import { affordableWordings } from './pace.ts';
import { type Candidate, rank, repeatsAhead, repeatsDocument, type Worded, type WordedPlan } from './ranking.ts';
import type { Scene } from './scene.ts';
import { noteSilence, silence } from './silence.ts';
import type { Steer } from './steering.ts';

export interface IdeaOptions {
  /** Candidates wanted, at least 1. */
  readonly candidates: number;
  /** Candidates with which the search may end early, 1 to `candidates`: fewer are an answer sooner. */
  readonly least: number;
  readonly seed: number;
  readonly sampler: Partial<SamplerSettings>;
  /** Score in [0, 1] under which nothing is given. */
  readonly minScore: number;
  /** Texts that none should begin like, beside those of the scene. */
  readonly apartFrom?: readonly string[];
  /** Nobody waits for them yet. */
  readonly background?: boolean;
  /** Nobody asked for them: they should be there soon, so that a slow machine begins with fewer wordings. */
  readonly soon?: boolean;
}

export interface Ideas {
  readonly candidates: readonly Candidate[];
  /** Whether every plan was tried: there is no more to be found. */
  readonly exhausted: boolean;
  /** Why there is no candidate, a sentence for the writer; '' otherwise. */
  readonly silence: string;
}

/** Plans sampled for each candidate wanted: the surplus is what thinning chooses from. */
const plansPerCandidate = 4;
/**
 * Wordings begun at once for each candidate that must be found: one more for every three. The slowest are given up once
 * there are enough, so that a long sentence does not hold back the others, and gone on with if these are no good. Where
 * one candidate of several is an answer already, the better of two is taken.
 */
const wordingsPerCandidate = 4 / 3;
const leastWordings = 2;
/** Above this similarity to a nearby sentence a plan says what the document says already. */
const saidAlready = 0.92;
/** Relevance against difference when plans are thinned. */
const relevanceWeight = 0.55;
/** Typed words from which the typed part says enough to choose plans by it. */
const leastTypedWords = 3;
/** Generated tokens a wording may have. */
const maxTokens = 40;

/** The best ideas for the scene. Rejects with CancellationError, or with what the engine rejects with. */
export async function ideasFor(
  engine: ConceptEngine,
  scene: Scene,
  steer: Steer,
  { candidates, least, seed, sampler, minScore, apartFrom = [], background = false, soon = false }: IdeaOptions,
  token: CancellationToken,
): Promise<Ideas> {
  const silent = (reason: string): Ideas => ({ candidates: [], exhausted: true, silence: reason });
  const { context, behind } = scene;
  const request = {
    context: [...context, ...behind],
    count: candidates * plansPerCandidate,
    seed,
    sampler,
    background,
  };
  const plans = steer.lead(await engine.predictNext(request, token));
  throwIfCancelled(token);
  if (plans.length === 0) return silent(noteSilence.atItsEnd());
  const fresh = plans.filter((plan) => scene.nearbyVectors.every((vector) => cosine(plan, vector) <= saidAlready));
  if (fresh.length === 0) return silent(silence.saidNearby());

  const untried = byDifference(fresh, await steer.pulls(fresh, token), await encodeTyped(engine, scene, token));
  const surroundings = { last: scene.last, nearbyTrigrams: ngramSet(scene.nearby, 3), seen: steer.seen };
  const atLeast = Math.max(least, Math.min(leastWordings, candidates));
  const usual = Math.max(atLeast, Math.floor(least * wordingsPerCandidate));
  // What does not fit with the first is followed by as many as usual: of these the first one that is good is enough.
  let atOnce = soon ? affordableWordings((await engine.usage()).stepMs, usual) : usual;
  const enough = Math.min(atLeast, atOnce);
  throwIfCancelled(token);
  const fresher: WordedPlan[] = [];
  /** What was worded is shown, or was no good: the next wordings begin with something else. */
  const openings = [...scene.ahead.map(({ sentence }) => sentence), ...apartFrom];
  let worded = 0;
  let ranked: Candidate[] = [];
  /** Of the wordings begun last, those that there was enough without: the engine goes on with them where they are. */
  let givenUp: readonly ConceptVector[] = [];
  while ((givenUp.length > 0 || untried.length > 0) && ranked.length < least) {
    const plans = givenUp.length > 0 ? givenUp : untried.splice(0, atOnce);
    atOnce = usual;
    const request = { plans, enough: Math.min(enough, plans.length), background, apartFrom: [...openings] };
    const { wordings, texts, left } = await wordAll(engine, scene, request, token);
    givenUp = left;
    openings.push(...texts);
    const vectors = wordings.map(({ vector }) => vector);
    const pulls = await steer.pulls(vectors, token);
    const closest = await inTurns(scene.closestTo(vectors), token);
    worded += wordings.length;
    for (const [i, wording] of wordings.entries()) {
      const { sentence: near, similarity = 0 } = closest[i] ?? {};
      if (repeatsDocument(wording, similarity, surroundings) || repeatsAhead(wording, scene.ahead)) continue;
      fresher.push({ ...wording, pull: pulls[i] as number, near });
    }
    ranked = rank(fresher, surroundings, minScore, candidates);
  }
  if (worded === 0) return silent(silence.noWording());
  if (fresher.length === 0) return silent(silence.repeated());
  if (ranked.length === 0) return silent(silence.lowScore());
  return { candidates: ranked, exhausted: givenUp.length === 0 && untried.length === 0, silence: '' };
}

/**
 * The plans as whole sentences that fit the markup and say something, encoded again; the others are left out. `texts`: of
 * these others, too, as they were worded. `enough`: wordings after which slower ones are given up; `left`: the plans
 * of these.
 */
async function wordAll(
  engine: ConceptEngine,
  { contextText, typed, isMidSentence, languageId }: Scene,
  {
    plans,
    enough,
    background,
    apartFrom,
  }: Required<Pick<DecodeRequest, 'plans' | 'enough' | 'background' | 'apartFrom'>>,
  token: CancellationToken,
): Promise<{
  readonly wordings: readonly Worded[];
  readonly texts: readonly string[];
  readonly left: readonly ConceptVector[];
}> {
  const wordings = await engine.decode({ contextText, typed, plans, maxTokens, enough, apartFrom, background }, token);
  throwIfCancelled(token);
  const whole = wordings.flatMap((wording, i) => {
    const plan = plans[i];
    // After a separator of our own the wording starts the sentence; in mid-sentence its own space counts.
    const text = isMidSentence ? wording.text.trimEnd() : wording.text.trim();
    const sentence = `${typed}${text}`.trim();
    if (!plan || !wording.complete || markupFault(text, languageId) || sentenceFault(sentence)) return [];
    return [{ plan, text, sentence, logProbability: wording.logProbability }];
  });
  const texts = wordings.filter(({ complete }) => complete).map(({ text }) => text);
  const left = plans.filter((_, i) => wordings[i]?.givenUp);
  if (whole.length === 0) return { wordings: [], texts, left };
  const sentences = whole.map(({ sentence }) => sentence);
  const vectors = await engine.encode(sentences, token);
  throwIfCancelled(token);
  return { wordings: whole.map((wording, i) => ({ ...wording, vector: vectors[i] as ConceptVector })), texts, left };
}

async function encodeTyped(
  engine: ConceptEngine,
  { typed }: Scene,
  token: CancellationToken,
): Promise<ConceptVector | undefined> {
  if (wordsOf(typed).length < leastTypedWords) return undefined;
  const [vector] = await engine.encode([typed.trim()], token);
  throwIfCancelled(token);
  return vector;
}

/**
 * The plans, first those near to what most say, to what is typed already and to where they should go (`pulls`, one for
 * each plan), and different from each other.
 */
function byDifference(
  plans: readonly ConceptVector[],
  pulls: readonly number[],
  typed: ConceptVector | undefined,
): ConceptVector[] {
  const middle = centroid(plans);
  if (!middle) return [];
  const relevance = (plan: ConceptVector): number =>
    typed ? 0.4 * cosine(plan, middle) + 0.6 * cosine(plan, typed) : cosine(plan, middle);
  const rated = plans.map((plan, i) => ({
    item: plan,
    vector: plan,
    relevance: relevance(plan) + (pulls[i] as number),
  }));
  return diverse(rated, plans.length, relevanceWeight).map(({ item }) => item);
}
