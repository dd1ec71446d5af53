/** A summary of a span: planned by the LCM and checked against its source, or picked from the source by what it is about. */
import { type CancellationToken, throwIfCancelled } from '../../base/cancellation.ts';
import { raceCancellation } from '../../base/cancellationSource.ts';
import { inTurns } from '../../base/steps.ts';
import type { SummaryLength } from '../../base/summaryLength.ts';
import type { ConceptVector } from '../../concepts/conceptVector.ts';
import type { ConceptEngine } from '../../concepts/engine.ts';
import { centroid, nearest } from '../../concepts/similarity.ts';
import type { DocumentSnapshot, SentenceSpan, Span } from '../../text/snapshot.ts';
import type { ConceptCache } from '../conceptCache.ts';
import { headingItem } from '../contextSequence.ts';
import { type SummarySubject, sentencesIn } from '../scope.ts';
import { contentWords, markupFault, supportedShare } from '../wordingChecks.ts';
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
  const own = wanted === 'lcm' ? await worded(task) : [];
  // A plan that ends at once leaves the extractive summary, and the result says so.
  const method = own.length > 0 ? 'lcm' : 'extractive';
  const sentences = own.length > 0 ? own : await extracted(task);
  return {
    version: snapshot.version,
    subject,
    length,
    method,
    sentences,
    sourceWords: countWords(inside),
    summaryWords: countWords(sentences),
  };
}

async function extracted(task: Task): Promise<SummaryLine[]> {
  const { engine, cache, subject, sources, bounds, seed, contextLength, token, progress } = task;
  progress('planning', 0, 1);
  const headings = await cache.vectors(subject.heading === '' ? [] : [headingItem(subject)], token);
  const source = fitted(sources, contextLength - 2).map(({ vector }) => vector);
  const opening = await engine.planSummary({ source, maxLength: 1, wantedLength: 1, seed }, token);
  throwIfCancelled(token);
  const candidates = sources.map(({ sentence: { text, complete }, vector }) => ({ text, complete, vector }));
  const chosen = await inTurns(extractiveSummary(candidates, bounds, [...headings, ...opening]), token);
  return chosen.map((i) => quoted(sources[i] as Source, 1));
}

function quoted({ sentence }: Source, similarity: number): SummaryLine {
  return { text: sentence.text, sources: [asSource(sentence, similarity)] };
}

function asSource({ start, end, text }: SentenceSpan, similarity: number): SummarySource {
  return { span: { start, end }, text, similarity };
}

async function worded(task: Task): Promise<SummaryLine[]> {
  const { engine, snapshot, sources, bounds, seed, contextLength, token, progress } = task;
  progress('planning', 0, 1);
  // Source, separator and summary share the window; half of it is the source's.
  const wantedLength = Math.min(bounds.sentences, sources.length);
  const maxLength = Math.min(wantedLength, Math.max(1, Math.floor((contextLength - 1) / 2)));
  const source = fitted(sources, contextLength - maxLength - 1).map(({ vector }) => vector);
  const plans = await engine.planSummary({ source, maxLength, wantedLength, seed }, token);
  throwIfCancelled(token);
  const support = new Set(sources.flatMap(({ sentence }) => contentWords(sentence.text)));
  const pairs = sources.map((entry) => [entry, entry.vector] as const);
  const lines: SummaryLine[] = [];
  const used = new Set<string>();
  for (const [i, plan] of plans.entries()) {
    progress('wording', i, plans.length);
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
    // What the source does not bear out is replaced by the source's own sentence nearest to the plan.
    const fallback = nearest(
      plan,
      pairs.filter(([{ sentence }]) => !used.has(sentence.text)),
      1,
    )[0];
    const kept = line && !used.has(line.text) ? line : fallback && quoted(fallback.item, fallback.similarity);
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
