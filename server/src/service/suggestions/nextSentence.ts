/** Inline completion: the ideas for the next sentence at a place, kept while they are typed; silence with a reason otherwise. */
import type { CancellationToken } from '../../base/cancellation.ts';
import { raceCancellation } from '../../base/cancellationSource.ts';
import type { ConceptEngine, EngineInfo } from '../../concepts/engine.ts';
import type { DocumentSnapshot } from '../../text/snapshot.ts';
import type { ConceptCache } from '../conceptCache.ts';
import { paragraphBefore } from './contextText.ts';
import { type Place, placeAt } from './cursorPlace.ts';
import { type IdeaOptions, ideasFor } from './ideas.ts';
import { foreignLanguage } from './language.ts';
import type { Candidate } from './ranking.ts';
import type { RecentSuggestions, Suggestion } from './recentSuggestions.ts';
import { sceneAt } from './scene.ts';
import { silence } from './silence.ts';
import { type Steering, steerBy } from './steering.ts';

export interface SuggestOptions extends Omit<IdeaOptions, 'minScore' | 'apartFrom'> {
  /** Score in [0, 1] under which nothing is shown; null takes the bundle's. */
  readonly minScore: number | null;
  readonly steering: Steering;
}

export interface Suggestions {
  readonly version: number;
  readonly items: readonly Suggestion[];
  /** Why `items` is empty, a sentence for the writer; '' otherwise. */
  readonly silence: string;
}

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
  const silent = (reason: string): Suggestions => ({ version: snapshot.version, items: [], silence: reason });
  const place = placeAt(snapshot, offset);
  if (place.kind === 'silent') return silent(place.reason);
  const settings = settingsKey(options);
  const { candidates, least, steering } = options;
  const kept = parts.recent.remainder(snapshot, offset, settings, { least, most: candidates });
  if (kept && kept.length > 0) return { version: snapshot.version, items: kept, silence: '' };

  // A model that is still loading must not hold a request that nobody waits for.
  const info = await raceCancellation(parts.engine.ready(), token);
  const foreign = otherLanguage(info, snapshot, place);
  if (foreign !== undefined) return silent(foreign);
  const scene = await sceneAt(parts.cache, snapshot, place, info, token);
  if (steering.gap && !scene.following) return silent(silence.nothingFollows());
  const steer = await steerBy(parts.engine, steering, scene, token);
  const minScore = options.minScore ?? (isGoal(steering) ? 0 : info.defaults.minScore);
  const apartFrom = parts.recent.elsewhere(snapshot, offset);
  const ideas = await ideasFor(parts.engine, scene, steer, { ...options, minScore, apartFrom }, token);
  if (ideas.silence !== '') return silent(ideas.silence);
  const items = ideas.candidates.map((candidate) => suggestion(snapshot, place, candidate));
  parts.recent.keep(snapshot, offset, settings, ideas.exhausted ? candidates : items.length, items);
  return { version: snapshot.version, items, silence: '' };
}

/** What else suggestions depend on, beside the text: two requests with the same key may share an answer. */
export function settingsKey(options: SuggestOptions): string {
  return JSON.stringify([options.seed, options.sampler, options.minScore, options.steering]);
}

/** Why this bundle has nothing to say in the language of the paragraph; `undefined` if it may have. */
export function otherLanguage(info: EngineInfo, snapshot: DocumentSnapshot, place: Place): string | undefined {
  const found = foreignLanguage(paragraphBefore(snapshot, place), info.languages);
  return found && silence.otherLanguage(found, info.languages);
}

/** Who names a goal wants to see what there is, each with its score: between two meanings no plan is worded closely. */
function isGoal({ towards, like }: Steering): boolean {
  return towards !== '' || like.length > 0;
}

function suggestion(snapshot: DocumentSnapshot, place: Place, { text, score, near }: Candidate): Suggestion {
  return {
    insertText: `${place.separator}${text}${place.tail}`,
    score,
    near: near?.text ?? '',
    heading: (near && snapshot.sections[near.section]?.heading) ?? '',
  };
}
