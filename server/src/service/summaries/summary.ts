/** A summary of a span: sentences of the source that say what it is about, as they are or in the decoder's words. */
import { type CancellationToken, throwIfCancelled } from '../../base/cancellation.ts';
import { raceCancellation } from '../../base/cancellationSource.ts';
import { inTurns } from '../../base/steps.ts';
import type { SummaryLength } from '../../base/summaryLength.ts';
import { contentWords } from '../../base/words.ts';
import { type ConceptVector, mixed, normalized } from '../../concepts/conceptVector.ts';
import type { ConceptEngine } from '../../concepts/engine.ts';
import { centroid, nearest } from '../../concepts/similarity.ts';
import type { DocumentSnapshot, SentenceSpan, Span } from '../../text/snapshot.ts';
import type { ConceptCache } from '../conceptCache.ts';
import { headingItem } from '../contextSequence.ts';
import { type SummarySubject, sentencesIn } from '../scope.ts';
import { markupFault, supportedShare } from '../wordingChecks.ts';
import { extractiveSummary } from './extractive.ts';
import { boundsFor, countWords, fitting, type SummaryBounds } from './summaryBounds.ts';

export interface SummaryOptions {
  readonly length: SummaryLength;
  readonly method: 'auto' | 'lcm' | 'extractive';
  readonly seed: number;
}

export interface SummarySource {
  readonly span: Span;
  readonly text: string;
  readonly similarity: number;
}

export interface SummaryLine {
  readonly text: string;
  /** Where it comes from, best first; at least one. */
  readonly sources: readonly SummarySource[];
}

export interface Summary {
  readonly version: number;
  readonly subject: SummarySubject;
  /** The length that was asked for. */
  readonly length: SummaryLength;
  readonly method: 'lcm' | 'extractive';
  readonly sentences: readonly SummaryLine[];
  readonly sourceWords: number;
  readonly summaryWords: number;
}

/** `done` of `total` steps; a step is a batch of source sentences or one worded sentence. */
export type SummaryProgress = (step: 'reading' | 'planning' | 'wording', done: number, total: number) => void;

/** Source sentences given to the decoder as context, and listed as sources. */
const sourcesPerSentence = 2;
/** A wording this unlike every source sentence says something else. */
const leastSimilarity = 0.5;
/** Share of a wording's content words that the source must have. */
const leastSupport = 0.6;
const maxTokens = 48;
/** How much of what is worded is the opening; the rest is the sentence that was picked. */
const openingWeight = 0.5;
/** Source sentences read in one step, so that progress moves and a cancel is soon heard. */
const readingStep = 24;

interface Source {
  readonly sentence: SentenceSpan;
  readonly vector: ConceptVector;
}

/** What both ways to sum up are given. */
interface Task {
  readonly engine: ConceptEngine;
  readonly cache: ConceptCache;
  readonly snapshot: DocumentSnapshot;
  readonly subject: SummarySubject;
  readonly sources: readonly Source[];
  readonly bounds: SummaryBounds;
  readonly seed: number;
  /** Concepts that the LCM sees at once. */
  readonly contextLength: number;
  readonly token: CancellationToken;
  readonly progress: SummaryProgress;
}

/** `undefined` when the span holds no prose. */
export async function summarize(
  engine: ConceptEngine,
  cache: ConceptCache,
  snapshot: DocumentSnapshot,
  subject: SummarySubject,
  options: SummaryOptions,
  token: CancellationToken,
  progress: SummaryProgress,
): Promise<Summary | undefined> {
  const inside = sentencesIn(snapshot, subject.span);
  if (inside.length === 0) return undefined;
  const sources: Source[] = [];
  for (let at = 0; at < inside.length; at += readingStep) {
    progress('reading', at, inside.length);
    const step = inside.slice(at, at + readingStep);
    const vectors = await cache.vectors(step, token);
    for (const [i, sentence] of step.entries()) sources.push({ sentence, vector: vectors[i] as ConceptVector });
  }
  const { contextLength, summaryDefault } = await raceCancellation(engine.ready(), token);
  const { length, seed } = options;
  const bounds = boundsFor(length, inside);
  const task = { engine, cache, snapshot, subject, sources, bounds, seed, contextLength, token, progress };
  const wanted = options.method === 'auto' ? summaryDefault : options.method;
  const opening = await openingOf(task);
  // Without a plan there is only the extractive summary, and the result says so.
  const led = wanted === 'lcm' ? opening : undefined;
  const sentences = led ? await worded(task, led) : (await picked(task, opening, bounds)).map(quoted);
  return {
    version: snapshot.version,
    subject,
    length,
    method: led ? 'lcm' : 'extractive',
    sentences,
    sourceWords: countWords(inside),
    summaryWords: countWords(sentences),
  };
}

/** The concept that the LCM would open a summary with; `undefined` where it would end before. */
async function openingOf(task: Task): Promise<ConceptVector | undefined> {
  const { engine, sources, seed, contextLength, token, progress } = task;
  progress('planning', 0, 1);
  // Source, separator and summary share the window.
  const source = fitted(sources, contextLength - 2).map(({ vector }) => vector);
  const [opening] = await engine.planSummary({ source, maxLength: 1, wantedLength: 1, seed }, token);
  throwIfCancelled(token);
  return opening;
}

/** The source's sentences that say what it is about, in its order. */
async function picked(
  { cache, subject, sources, token }: Task,
  opening: ConceptVector | undefined,
  bounds: SummaryBounds,
): Promise<Source[]> {
  const headings = await cache.vectors(subject.heading === '' ? [] : [headingItem(subject)], token);
  const topics = opening ? [...headings, opening] : headings;
  const candidates = sources.map(({ sentence: { text, complete }, vector }) => ({ text, complete, vector }));
  const chosen = await inTurns(extractiveSummary(candidates, bounds, topics), token);
  return chosen.map((i) => sources[i] as Source);
}

function quoted({ sentence }: Source): SummaryLine {
  return { text: sentence.text, sources: [asSource(sentence, 1)] };
}

function asSource({ start, end, text }: SentenceSpan, similarity: number): SummarySource {
  return { span: { start, end }, text, similarity };
}

/**
 * What is picked in the decoder's words, each concept drawn halfway to the opening: nearer to what people write as a
 * summary than the concept itself, or than what the LCM plans by itself behind its opening (models/figures.md).
 */
async function worded(task: Task, opening: ConceptVector): Promise<SummaryLine[]> {
  const { engine, snapshot, sources, bounds, token, progress } = task;
  const chosen = await picked(task, opening, { ...bounds, words: Number.POSITIVE_INFINITY });
  const support = new Set(sources.flatMap(({ sentence }) => contentWords(sentence.text)));
  const pairs = sources.map((entry) => [entry, entry.vector] as const);
  const lines: SummaryLine[] = [];
  const used = new Set<string>();
  const towards = normalized(opening);
  for (const [i, source] of chosen.entries()) {
    progress('wording', i, chosen.length);
    const plan = normalized(mixed(normalized(source.vector), towards, openingWeight));
    const near = nearest(plan, pairs, sourcesPerSentence);
    const contextText = near.map(({ item }) => item.sentence.text).join(' ');
    const [wording] = await engine.decode({ contextText, typed: '', plans: [plan], maxTokens }, token);
    throwIfCancelled(token);
    const text = wording?.complete === true ? wording.text.trim() : '';
    const line =
      text !== '' &&
      markupFault(text, snapshot.languageId) === undefined &&
      supportedShare(text, support) >= leastSupport
        ? await checked(engine, text, pairs, token)
        : undefined;
    // What the source does not bear out gives way to the sentence that was picked.
    const kept = [line, quoted(source)].find((each) => each && !used.has(each.text));
    if (!kept) continue;
    used.add(kept.text);
    lines.push(kept);
  }
  return fitting(lines, ({ text }) => text, bounds);
}

/** The wording with its sources, if some source sentence means nearly the same. */
async function checked(
  engine: ConceptEngine,
  text: string,
  pairs: readonly (readonly [Source, ConceptVector])[],
  token: CancellationToken,
): Promise<SummaryLine | undefined> {
  const [vector] = await engine.encode([text], token);
  throwIfCancelled(token);
  const near = vector ? nearest(vector, pairs, sourcesPerSentence) : [];
  if ((near[0]?.similarity ?? 0) < leastSimilarity) return undefined;
  return { text, sources: near.map(({ item, similarity }) => asSource(item.sentence, similarity)) };
}

/** At most `count` sources for the model's window: of a longer text, from each even part the sentence nearest its mean. */
function fitted(sources: readonly Source[], count: number): readonly Source[] {
  if (sources.length <= count) return sources;
  const parts = Math.max(1, count);
  return Array.from({ length: parts }, (_, i) => {
    const part = sources.slice(
      Math.floor((i * sources.length) / parts),
      Math.floor(((i + 1) * sources.length) / parts),
    );
    const middle = centroid(part.map(({ vector }) => vector));
    return middle
      ? nearest(
          middle,
          part.map((entry) => [entry, entry.vector] as const),
          1,
        )
      : [];
  }).flatMap((best) => best.map(({ item }) => item));
}
