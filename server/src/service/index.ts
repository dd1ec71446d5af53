/** The language service: everything Foresay does with a document, over snapshots and a ConceptEngine, as plain data. */
import type { CancellationToken } from '../base/cancellation.ts';
import { neverCancelled } from '../base/cancellation.ts';
import { errorMessage, type Logger } from '../base/log.ts';
import { SharedWork } from '../base/sharedWork.ts';
import { inTurns } from '../base/steps.ts';
import type { ConceptVector } from '../concepts/conceptVector.ts';
import type { ConceptEngine, EngineUsage } from '../concepts/engine.ts';
import type { IndexedFile } from '../search/sentenceTable.ts';
import type { VectorStore } from '../store/vectorStore.ts';
import { contentHash } from '../text/contentHash.ts';
import type { DocumentSnapshot, SentenceSpan, Span } from '../text/snapshot.ts';
import { DocumentChecks } from './checks/documentChecks.ts';
import type { CheckName, Finding } from './checks/finding.ts';
import type { Repeat } from './checks/repeats.ts';
import { ConceptCache } from './conceptCache.ts';
import { asConcepts } from './contextSequence.ts';
import { KeptVectors } from './keptVectors.ts';
import { indexedSentences } from './missingSentences.ts';
import { type FlowStep, flowOf } from './reading/flow.ts';
import { type SentenceFacts, sentenceFacts } from './reading/hover.ts';
import { OutlineFinder, type OutlineSection } from './reading/outline.ts';
import { type ReportSection, reportOf } from './reading/report.ts';
import { hasSubsections, type SubjectScope, type SummarySubject, sentenceAt, sentencesIn, subjectAt } from './scope.ts';
import { changeDocument, readSnapshot } from './snapshots.ts';
import { textAlong, textBefore } from './suggestions/contextText.ts';
import { gapAt, isBetweenParagraphs, placeAt } from './suggestions/cursorPlace.ts';
import { type ExpandOptions, type Expansion, expand } from './suggestions/expand.ts';
import { isLastStretch } from './suggestions/lastStretch.ts';
import {
  type NextParagraph,
  nextParagraph,
  type ParagraphOptions,
  type ParagraphSentence,
} from './suggestions/nextParagraph.ts';
import { nextSentence, type Suggestions, type SuggestOptions, settingsKey } from './suggestions/nextSentence.ts';
import { RecentSuggestions } from './suggestions/recentSuggestions.ts';
import { contextItems } from './suggestions/scene.ts';
import { waiting } from './suggestions/silence.ts';
import { type FolderSummary, summarizeAll } from './summaries/folderSummary.ts';
import { type Summary, type SummaryOptions, type SummaryProgress, summarize } from './summaries/summary.ts';
import { hasForm, type SummaryForm } from './summaries/summaryForms.ts';
import { type TrackedSummary, trackedSummaries } from './summaries/trackedSummaries.ts';
import { type FoundSentence, type IndexedFiles, type SearchPlaces, WorkspaceSearch } from './workspaceSearch.ts';

export type { ConceptEngine, EngineInfo, EngineStatus, EngineUsage } from '../concepts/engine.ts';
export { EngineUnavailableError } from '../concepts/engine.ts';
export type { IndexedFile } from '../search/sentenceTable.ts';
export type { VectorStore } from '../store/vectorStore.ts';
export type { DocumentText } from '../text/documentText.ts';
export { minimal, type Replacement } from '../text/replacement.ts';
export type { DocumentSnapshot, SentenceSpan, Span } from '../text/snapshot.ts';
export { type CheckName, checkNames, type Finding } from './checks/finding.ts';
export { ignoreComment, ignoreKey } from './checks/ignores.ts';
export { messageOf } from './checks/message.ts';
export type { Repeat } from './checks/repeats.ts';
export {
  type CreateEngine,
  type EngineConfig,
  EngineSupervisor,
  type SupervisorEvents,
} from './engineSupervisor.ts';
export type { FlowBand, FlowStep } from './reading/flow.ts';
export type { NearSentence, SentenceFacts } from './reading/hover.ts';
export type { OutlineSection, Topic } from './reading/outline.ts';
export type { ReportSection } from './reading/report.ts';
export { changeDocument, type DocumentChange, openDocument } from './snapshots.ts';
export { type Expansion, expansionPlaces, expansionProse } from './suggestions/expand.ts';
export type { NextParagraph, ParagraphOptions, ParagraphSentence } from './suggestions/nextParagraph.ts';
export type { Suggestions, SuggestOptions } from './suggestions/nextSentence.ts';
export { noteAt } from './suggestions/note.ts';
export { type CountListener, Offers } from './suggestions/offers.ts';
export { affordableWordings, soonMs } from './suggestions/pace.ts';
export type { Suggestion } from './suggestions/recentSuggestions.ts';
export { silence, waiting } from './suggestions/silence.ts';
export { type Steering, unsteered } from './suggestions/steering.ts';
export type { FolderSummary } from './summaries/folderSummary.ts';
export type { Summary, SummaryLine, SummaryOptions, SummaryProgress, SummarySource } from './summaries/summary.ts';
export { replacement, summaryParagraph, summaryPlaces, summaryProse } from './summaries/summaryPlaces.ts';
export type { FoundSentence, IndexedFiles, SearchPlaces } from './workspaceSearch.ts';

/** Offsets are UTF-16 units of the snapshot's text. All calls take the snapshot they answer for. */
export interface ConceptService {
  /**
   * Takes the snapshot's text apart, with turns for others: before the calls that look at it at once. Those who wait
   * for the same snapshot go on in the order they came in.
   */
  prepare(snapshot: DocumentSnapshot, token: CancellationToken): Promise<void>;
  /** What the engine takes up and has moved so far. */
  usage(): Promise<EngineUsage>;
  /** Suggestions at an offset; silence carries its reason. */
  suggest(
    snapshot: DocumentSnapshot,
    offset: number,
    options: SuggestOptions,
    token: CancellationToken,
  ): Promise<Suggestions>;
  /** The next sentences at an offset, one behind the other; `onSentence` hears each once it is there. */
  paragraph(
    snapshot: DocumentSnapshot,
    offset: number,
    options: ParagraphOptions,
    token: CancellationToken,
    onSentence: (sentence: ParagraphSentence) => void,
  ): Promise<NextParagraph>;
  /** The note in a span, or on the line of an empty one, as several sentences; `undefined` where there is none. */
  expand(
    snapshot: DocumentSnapshot,
    span: Span,
    options: ExpandOptions,
    token: CancellationToken,
    onSentence: (count: number) => void,
  ): Promise<Expansion | undefined>;
  /** Where a sentence goes that leads over to what follows the offset: the offset, or the nearest place before it. */
  gapOffset(snapshot: DocumentSnapshot, offset: number): number;
  /** Whether the offset is on an empty line between two paragraphs of one section. */
  isBetweenParagraphs(snapshot: DocumentSnapshot, offset: number): boolean;
  /**
   * Works out, behind everything else, what would be suggested once `insertText` stood at the offset; from then on
   * `suggest` gives it at once, if there is anything.
   */
  foresee(
    snapshot: DocumentSnapshot,
    offset: number,
    insertText: string,
    options: SuggestOptions,
    token: CancellationToken,
  ): Promise<Suggestions>;
  /** The suggestions already computed for this offset; never runs a model. */
  suggested(snapshot: DocumentSnapshot, offset: number, options: SuggestOptions): Suggestions | undefined;
  /** Why a suggestion that nobody asked for waits here; `undefined` where it may come, or where none comes at all. */
  reasonToWait(snapshot: DocumentSnapshot, offset: number): string | undefined;
  /** Whether a sentence may begin at the offset: it is in prose, and in no sentence that has yet to end. */
  isSentenceStart(snapshot: DocumentSnapshot, offset: number): boolean;
  /** Where a next sentence could go: the offset itself, or the end of its paragraph; `undefined` where there is no prose. */
  suggestionOffset(snapshot: DocumentSnapshot, offset: number): number | undefined;
  /** What the cache knows of the sentence at an offset, with so many similar ones; never runs a model. */
  facts(snapshot: DocumentSnapshot, offset: number, neighbors?: number): SentenceFacts | undefined;
  /** The sentence at an offset. */
  sentenceAt(snapshot: DocumentSnapshot, offset: number): SentenceSpan | undefined;
  /** The sentences closest in meaning to a text, best first. */
  find(text: string, places: SearchPlaces, count: number, token: CancellationToken): Promise<FoundSentence[]>;
  /** The same for a sentence whose vector is known, none for any other; never runs a model. */
  near(sentence: SentenceSpan, places: SearchPlaces, count: number, token: CancellationToken): Promise<FoundSentence[]>;
  /** Searches these files too from now on, or none. */
  searchIn(files: IndexedFiles | undefined): void;
  /**
   * Reads a file into the index, which has it as `before`, if it does. Gives the file as the index has it now, or nothing
   * if there is no such text.
   */
  readIn(uri: string, before: IndexedFile | undefined, token: CancellationToken): Promise<IndexedFile | undefined>;
  /** What a summary asked for at this span covers; `undefined` without prose. */
  summarySubject(snapshot: DocumentSnapshot, span: Span, scope: SubjectScope): SummarySubject | undefined;
  /** Whether the section at an offset has subsections, which its summary may take in or leave out. */
  hasSubsections(snapshot: DocumentSnapshot, offset: number): boolean;
  /** The summaries that stand in the document, each with what it is of. */
  trackedSummaries(snapshot: DocumentSnapshot): TrackedSummary[];
  /** Whether documents like this have a place for summaries of this form. */
  hasForm(snapshot: DocumentSnapshot, form: SummaryForm): boolean;
  /** Sentences of prose inside a span. */
  sentenceCount(snapshot: DocumentSnapshot, span: Span): number;
  summarize(
    snapshot: DocumentSnapshot,
    subject: SummarySubject,
    options: SummaryOptions,
    token: CancellationToken,
    progress?: SummaryProgress,
  ): Promise<Summary | undefined>;
  /** One summary of each document, and one over all. */
  summarizeAll(
    snapshots: AsyncIterable<DocumentSnapshot>,
    options: SummaryOptions,
    token: CancellationToken,
  ): Promise<FolderSummary>;
  /** Where vectors are kept on disk from now on; `undefined` keeps none. */
  keepIn(store: VectorStore | undefined): void;
  /** Brings in what is kept on disk of the document, once until it is closed. */
  restore(snapshot: DocumentSnapshot, near: number, token: CancellationToken): Promise<void>;
  /**
   * Brings the document's index up to this snapshot, nearest to `near` first; a newer call cancels an older one. Tells
   * how many sentences it has to read before it reads the first.
   */
  index(
    snapshot: DocumentSnapshot,
    near: number,
    token: CancellationToken,
    progress?: (done: number, total: number) => void,
  ): Promise<void>;
  /** What these checks find in the document, in its order, as far as it is indexed; never runs a model. */
  checks(snapshot: DocumentSnapshot, which: readonly CheckName[], token: CancellationToken): Promise<Finding[]>;
  /** The sentences that repeat an earlier one, of those that are indexed, whatever the document's comments say. */
  repeats(snapshot: DocumentSnapshot, token: CancellationToken): Promise<Repeat[]>;
  /** Sections, topic segments and key sentences, of the sentences that are indexed. */
  outline(snapshot: DocumentSnapshot, token: CancellationToken): Promise<OutlineSection[]>;
  /** How the sentences follow from each other, of those that are indexed. */
  flow(snapshot: DocumentSnapshot, token: CancellationToken): Promise<FlowStep[]>;
  /** What there is to report of each section, with at most so many sentences for its summary. */
  report(snapshot: DocumentSnapshot, summarySentences: number, token: CancellationToken): Promise<ReportSection[]>;
  /** The sentence's concept vector if it is known. */
  vector(sentence: SentenceSpan): ConceptVector | undefined;
  /**
   * Lets decoder and LCM read what is before the cursor ahead of the next suggestion, and the decoder what is typed of a
   * sentence ahead of the one behind it; a hint.
   */
  warm(snapshot: DocumentSnapshot, offset: number): void;
  /** Forgets a document. */
  close(uri: string): void;
  /** Forgets everything: another bundle answers from now on. */
  clear(): void;
  /** Resolves when what is to be kept is on disk. */
  dispose(): Promise<void>;
}

export interface ServiceParts {
  readonly engine: ConceptEngine;
  readonly logger: Logger;
  /** Milliseconds, from any start; for the log. */
  readonly clock: () => number;
}

export function createConceptService({ engine, logger, clock }: ServiceParts): ConceptService {
  const cache = new ConceptCache(engine);
  const kept = new KeptVectors(engine, cache);
  const recent = new RecentSuggestions();
  const checked = new Map<string, DocumentChecks>();
  const search = new WorkspaceSearch(engine, cache);
  const outlines = new Map<string, OutlineFinder>();
  const vectorOf = (wording: Pick<SentenceSpan, 'id'>): ConceptVector | undefined => cache.vector(wording);
  const warmed = new Map<string, string>();
  const preparing = new WeakMap<DocumentSnapshot, SharedWork<void>>();
  const checksOf = (uri: string): DocumentChecks => {
    const known = checked.get(uri) ?? new DocumentChecks();
    checked.set(uri, known);
    return known;
  };
  return {
    prepare(snapshot, token) {
      let work = preparing.get(snapshot);
      if (!work || work.isOver) {
        work = new SharedWork((shared) => inTurns(readSnapshot(snapshot), shared));
        preparing.set(snapshot, work);
      }
      return work.join(token);
    },
    usage: () => engine.usage(),
    async suggest(snapshot, offset, options, token) {
      const start = clock();
      const result = await nextSentence({ engine, cache, recent }, snapshot, offset, options, token);
      const outcome = result.items.length > 0 ? `${result.items.length} candidates` : `silence (${result.silence})`;
      logger.info(`suggest ${snapshot.uri} v${snapshot.version}: ${outcome}, ${Math.round(clock() - start)} ms`);
      return result;
    },
    async paragraph(snapshot, offset, options, token, onSentence) {
      const start = clock();
      const result = await nextParagraph({ engine, cache }, snapshot, offset, options, token, onSentence);
      const outcome = `${result.sentences.length} of ${options.sentences} sentences`;
      logger.info(`paragraph ${snapshot.uri} v${snapshot.version}: ${outcome}, ${Math.round(clock() - start)} ms`);
      return result;
    },
    async expand(snapshot, span, options, token, onSentence) {
      const start = clock();
      const result = await expand({ engine, cache }, snapshot, span, options, token, onSentence);
      const outcome = result ? `${result.sentences.length} of ${options.sentences} sentences` : 'no note';
      logger.info(`expand ${snapshot.uri} v${snapshot.version}: ${outcome}, ${Math.round(clock() - start)} ms`);
      return result;
    },
    gapOffset: gapAt,
    isBetweenParagraphs,
    async foresee(snapshot, offset, insertText, options, token) {
      const start = clock();
      const { uri, version } = snapshot;
      const next = changeDocument(snapshot, [{ start: offset, end: offset, text: insertText }], version);
      await inTurns(readSnapshot(next), token);
      const parts = { engine, cache, recent };
      const result = await nextSentence(
        parts,
        next,
        offset + insertText.length,
        { ...options, background: true },
        token,
      );
      logger.info(`foresee ${uri} v${version}: ${result.items.length} candidates, ${Math.round(clock() - start)} ms`);
      return result;
    },
    suggested(snapshot, offset, options) {
      const items = recent.remainder(snapshot, offset, settingsKey(options), {
        least: options.least,
        most: options.candidates,
      });
      return items && items.length > 0 ? { version: snapshot.version, items, silence: '' } : undefined;
    },
    reasonToWait(snapshot, offset) {
      const place = placeAt(snapshot, offset);
      return place.kind === 'silent' || isLastStretch(snapshot, place) ? undefined : waiting.justBegun();
    },
    isSentenceStart: (snapshot, offset) => placeAt(snapshot, offset).kind === 'sentenceStart',
    suggestionOffset(snapshot, offset) {
      if (placeAt(snapshot, offset).kind !== 'silent') return offset;
      const paragraph = snapshot.paragraphs.find(({ start, end }) => start <= offset && offset <= end);
      if (!paragraph || placeAt(snapshot, paragraph.end).kind === 'silent') return undefined;
      return paragraph.end;
    },
    facts(snapshot, offset, neighbors) {
      const sentence = sentenceAt(snapshot, offset);
      return sentence && sentenceFacts(snapshot, sentence, cache, neighbors);
    },
    sentenceAt,
    async find(text, places, count, token) {
      if (places.whole) await cache.vectors(places.whole.sentences.slice(0, indexedSentences), token);
      const [query] = await cache.vectors([{ id: contentHash(text), text }], token);
      return query ? search.nearest(query, places, count, token) : [];
    },
    async near(sentence, places, count, token) {
      const query = cache.vector(sentence);
      return query ? search.nearest(query, { ...places, except: sentence }, count, token) : [];
    },
    searchIn: (files) => search.use(files),
    readIn: (uri, before, token) => search.readIn(uri, before, token),
    summarySubject: subjectAt,
    hasSubsections,
    trackedSummaries,
    hasForm: ({ languageId }, form) => hasForm(languageId, form),
    sentenceCount: (snapshot, span) => sentencesIn(snapshot, span).length,
    async summarize(snapshot, subject, options, token, progress = () => {}) {
      const start = clock();
      const result = await summarize(engine, cache, snapshot, subject, options, token, progress);
      const outcome = result ? `${result.sentences.length} sentences, ${result.method}` : 'no prose';
      logger.info(`summarize ${snapshot.uri} v${snapshot.version}: ${outcome}, ${Math.round(clock() - start)} ms`);
      return result;
    },
    async summarizeAll(snapshots, options, token) {
      const start = clock();
      const result = await summarizeAll(engine, cache, snapshots, options, token);
      logger.info(`summarize: ${result.documents.length} documents, ${Math.round(clock() - start)} ms`);
      return result;
    },
    keepIn: (store) => kept.use(store),
    async restore(snapshot, near, token) {
      const start = clock();
      const count = await kept.restore(snapshot, near, token);
      if (count === 0) return;
      logger.info(`restore ${snapshot.uri} v${snapshot.version}: ${count}, ${Math.round(clock() - start)} ms`);
    },
    async index(snapshot, near, token, progress) {
      // From the start on, so that what was read of a document that is closed halfway is kept too.
      kept.changed(snapshot);
      await cache.index(snapshot, near, token, progress);
      kept.changed(snapshot);
    },
    checks: (snapshot, which, token) => inTurns(checksOf(snapshot.uri).find(snapshot, which, vectorOf), token),
    repeats: (snapshot, token) => inTurns(checksOf(snapshot.uri).repeats.find(snapshot, vectorOf), token),
    outline(snapshot, token) {
      let finder = outlines.get(snapshot.uri);
      if (!finder) {
        finder = new OutlineFinder();
        outlines.set(snapshot.uri, finder);
      }
      return inTurns(finder.find(snapshot, vectorOf), token);
    },
    flow: (snapshot, token) => inTurns(flowOf(snapshot, vectorOf), token),
    async report(snapshot, summarySentences, token) {
      const outline = await this.outline(snapshot, token);
      const flow = await this.flow(snapshot, token);
      const repeats = await this.repeats(snapshot, token);
      return inTurns(reportOf(snapshot, vectorOf, { outline, flow, repeats, summarySentences }), token);
    },
    vector: vectorOf,
    warm(snapshot, offset) {
      const place = placeAt(snapshot, offset);
      if (place.kind === 'silent') return;
      const text = textBefore(snapshot, place);
      const along = textAlong(snapshot, place);
      const key = `${text}\n${along}`;
      if (text === '' || warmed.get(snapshot.uri) === key) return;
      warmed.set(snapshot.uri, key);
      const read = async (): Promise<void> => {
        await engine.prefill(text, neverCancelled);
        const items = contextItems(snapshot, place, await engine.ready());
        const context = asConcepts(items, await cache.vectors(items, neverCancelled));
        await engine.predictNext({ context, count: 0, seed: 0 }, neverCancelled);
        if (along !== '') await engine.prefill(along, neverCancelled);
      };
      read().catch((error: unknown) => {
        warmed.delete(snapshot.uri);
        logger.info(`warm ${snapshot.uri}: ${errorMessage(error)}`);
      });
    },
    close(uri) {
      kept.close(uri);
      cache.close(uri);
      recent.forget(uri);
      checked.delete(uri);
      outlines.delete(uri);
      warmed.delete(uri);
    },
    clear() {
      kept.clear();
      cache.clear();
      recent.clear();
      checked.clear();
      outlines.clear();
      warmed.clear();
    },
    dispose: () => kept.dispose(),
  };
}
