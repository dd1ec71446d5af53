/** Suggestions at a position: inline completion, its fallback as ordinary completion, and the custom request. */
import {
  type Command,
  CompletionItemKind,
  type CompletionList,
  type InlineCompletionItem,
} from 'vscode-languageserver';
import { CancellationError, type CancellationToken, neverCancelled, throwIfCancelled } from '../base/cancellation.ts';
import { CancellationSource } from '../base/cancellationSource.ts';
import { t } from '../base/l10n.ts';
import { errorMessage } from '../base/log.ts';
import { SharedWork } from '../base/sharedWork.ts';
import { shortened } from '../base/shortened.ts';
import { commands, type ForesaySettings, type NextSentencesResult } from '../protocol.ts';
import {
  type DocumentSnapshot,
  type DocumentText,
  EngineUnavailableError,
  type Suggestion,
  type Suggestions,
  type SuggestOptions,
  waiting,
} from '../service/index.ts';
import type { OpenDocument } from './documents.ts';
import { asRecord, offsetOf } from './positions.ts';
import { Prefetch } from './prefetch.ts';
import { type Session, suggestOptions } from './session.ts';
import { offReason } from './settings.ts';
import { placeBehindSelected, placeIn, type SuggestionPlace } from './suggestionPlace.ts';
import { TriggerKinds } from './triggerKinds.ts';
import { checkedWishes, type Wishes } from './wishes.ts';

/** Candidates computed while the writer types: the first is wanted soon, more when asked for. */
const automaticCandidates = 3;
const labelLength = 60;

/** Where the cursor was when it was last asked about, and what ends those requests once it is asked about elsewhere. */
interface CursorPlace {
  readonly offset: number;
  /** What of a listed completion was before it. */
  readonly text: string;
  readonly source: CancellationSource;
}

export class SuggestionRequests {
  readonly #session: Session;
  /** What is being worked out, by everything it depends on: who asks for the same waits for the same. */
  readonly #underWay = new Map<string, { readonly uri: string; readonly work: SharedWork<Suggestions> }>();
  /** Of each document, for inline completion and completion: these follow the cursor, and its last place counts. */
  readonly #places = new Map<string, CursorPlace>();
  readonly #triggerKinds = new TriggerKinds();
  readonly #prefetch: Prefetch;
  /** Whether the editor has asked by itself since something was begun for its asking: one that never does costs nothing. */
  #asks = false;

  constructor(session: Session) {
    this.#session = session;
    this.#prefetch = new Prefetch(session.service, session.guard.logger);
    session.status.onWork(() => this.#prefetch.giveWay());
  }

  /** The document changed: what is under way for it is not wanted any more, but for what the change may lead to. */
  changed(document: OpenDocument): void {
    const { uri, snapshot, lastEdit } = document;
    this.#prefetch.changed(snapshot, lastEdit);
    this.#cancel(uri);
    this.#begin(document).catch((error: unknown) => {
      if (error instanceof CancellationError) return;
      this.#session.guard.logger.error(`begin ${uri}: ${errorMessage(error)}`);
    });
  }

  /** Where the change ends a sentence, what the editor will ask for after its pause is begun without it. */
  async #begin(document: OpenDocument): Promise<void> {
    const { documents, service, settings } = this.#session;
    const { uri, snapshot, lastEdit, isTakenBack } = document;
    if (!this.#asks || isTakenBack || !endsSentence(snapshot.content, lastEdit)) return;
    const set = await settings.of(uri);
    if (!set.suggest.prefetch || set.suggest.trigger === 'manual') return;
    if (offReason(set, uri, snapshot.languageId) !== undefined) return;
    await service.prepare(snapshot, neverCancelled);
    // It was quicker, or the text has changed again.
    if (this.#places.has(uri) || documents.get(uri)?.snapshot !== snapshot) return;
    const options = automaticOptions(set);
    if (!service.isSentenceStart(snapshot, lastEdit) || service.suggested(snapshot, lastEdit, options)) return;
    this.#asks = false;
    this.#prefetch.begin(snapshot, lastEdit, options);
  }

  close(uri: string): void {
    this.dispose();
    this.#cancel(uri);
  }

  /** Ends the work that nobody waits for yet. */
  dispose(): void {
    this.#prefetch.cancel();
  }

  #cancel(uri: string): void {
    this.#places.delete(uri);
    for (const each of this.#underWay.values()) if (each.uri === uri) each.work.cancel();
  }

  async inline(document: OpenDocument, params: unknown, token: CancellationToken): Promise<InlineCompletionItem[]> {
    const { position, context } = asRecord(params);
    const { triggerKind, selectedCompletionInfo: selected } = asRecord(context);
    const { service } = this.#session;
    const offset = offsetOf(document.text, position);
    const place = selected ? placeBehindSelected(document, offset, selected) : placeIn(document, offset);
    if (!place) return [];
    const { text, range } = place;
    if (selected) await service.prepare(place.snapshot, token);
    const automatic = this.#triggerKinds.isAutomatic(triggerKind, this.#session.clientName);
    const { items } = await this.#atCursor(document, place, automatic, token);
    if (!selected) await this.#lookAhead(document, offset, items[0]?.insertText ?? '');
    const ids = this.#offer(document, place, items);
    return items.map(({ insertText }, i) => ({ insertText: text + insertText, range, command: accepted(ids[i]) }));
  }

  /** Notes that these are about to be shown; gives their ids. */
  #offer({ uri, snapshot }: OpenDocument, { offset, text }: SuggestionPlace, items: readonly Suggestion[]): string[] {
    if (items.length === 0) return [];
    const { offers } = this.#session.statistics;
    const texts = items.map(({ insertText }) => text + insertText);
    return offers.offered(uri, snapshot.languageId, offset - text.length, texts);
  }

  /** Has what follows the suggestion that is about to be shown worked out, if nothing else is to be done. */
  async #lookAhead({ uri, snapshot }: OpenDocument, offset: number, insertText: string): Promise<void> {
    const { settings, status } = this.#session;
    const set = await settings.of(uri);
    if (insertText === '' || !set.suggest.prefetch || status.isWorking) return;
    this.#prefetch.start(snapshot, offset, insertText, automaticOptions(set));
  }

  async completion(document: OpenDocument, params: unknown, token: CancellationToken): Promise<CompletionList> {
    const { position, context } = asRecord(params);
    const offset = offsetOf(document.text, position);
    // 1 is Invoked, which typing a letter is too; 2 and 3 come from trigger characters and incomplete lists.
    const automatic = asRecord(context).triggerKind !== 1;
    const place = placeIn(document, offset);
    const { range } = place;
    const { items } = await this.#atCursor(document, place, automatic, token);
    const ids = this.#offer(document, place, items);
    // Clients filter by the word before the cursor, so each item begins with it.
    const word = /[\p{L}\p{N}'’-]*$/u.exec(document.text.slice(Math.max(0, offset - 80), offset))?.[0] ?? '';
    return {
      isIncomplete: true,
      items: items.map(({ insertText }, i) => ({
        label: shortened(insertText.trim(), labelLength),
        kind: CompletionItemKind.Text,
        detail: 'Foresay',
        documentation: insertText.trim(),
        sortText: String(i).padStart(3, '0'),
        filterText: `${word}${insertText}`,
        textEdit: { range, newText: insertText },
        command: accepted(ids[i]),
      })),
    };
  }

  async nextSentences(document: OpenDocument, params: unknown, token: CancellationToken): Promise<NextSentencesResult> {
    const given = asRecord(params);
    const { position, candidates } = given;
    const wanted = typeof candidates === 'number' && candidates >= 1 ? Math.min(8, Math.trunc(candidates)) : null;
    const wishes = checkedWishes(given);
    const asked = offsetOf(document.text, position);
    const offset = wishes.steering.gap ? this.#session.service.gapOffset(document.snapshot, asked) : asked;
    const place = placeIn(document, offset);
    const { version, items, silence } = await this.suggest(document, place, false, wanted, token, wishes);
    return { version, position: place.range.start, items, silence };
  }

  /** Suggestions under the document's settings; `candidates` null takes the setting. A missing model is silence too. */
  async suggest(
    document: OpenDocument,
    place: SuggestionPlace,
    automatic: boolean,
    candidates: number | null,
    token: CancellationToken,
    wishes?: Wishes,
  ): Promise<Suggestions> {
    const { documents, settings, status } = this.#session;
    const { snapshot, uri } = document;
    const set = await settings.of(uri);
    throwIfCancelled(token);
    if (documents.get(uri)?.snapshot !== snapshot) throw new CancellationError();
    const off = offReason(set, uri, snapshot.languageId);
    status.documentOff(uri, off);
    if (off !== undefined) return this.#silent(snapshot, off);
    if (automatic) {
      this.#asks = true;
      const options = automaticOptions(set);
      const reason = this.#reasonToWait(document, place, set, options);
      if (reason !== undefined) return this.#silent(snapshot, reason);
      const silence = await this.#prefetch.silenceAt(place.snapshot, place.offset, token);
      if (silence !== '') return this.#silent(snapshot, silence);
      const underWay = this.#underWayFor(place, suggestOptions(set, options.candidates));
      return (underWay ?? this.#shared(place, options)).join(token);
    }
    const usual = suggestOptions(set, candidates ?? set.suggest.candidates);
    const options = { ...usual, ...wishes, sampler: { ...usual.sampler, ...wishes?.sampler } };
    return this.#shared(place, options).join(token);
  }

  /** Why nothing comes by itself here. */
  #reasonToWait(
    { isTakenBack }: OpenDocument,
    { snapshot, offset }: SuggestionPlace,
    { suggest }: ForesaySettings,
    options: SuggestOptions,
  ): string | undefined {
    const { service, statistics } = this.#session;
    // What was asked for once stays while it is written.
    const isWriting = statistics.offers.isWriting(snapshot.uri, offset);
    if (suggest.trigger === 'manual' && !isWriting) return waiting.manual();
    // Who takes text back is not done with what stands there.
    if (isTakenBack) return waiting.takenBack();
    // What is typed along stays, however little of its sentence is there.
    return service.suggested(snapshot, offset, options) ? undefined : service.reasonToWait(snapshot, offset);
  }

  /** Nothing, with the reason in status and log; what the service itself finds is logged there. */
  #silent({ uri, version }: DocumentSnapshot, reason: string): Suggestions {
    const { guard, status } = this.#session;
    status.silent(reason);
    guard.logger.info(`suggest ${uri} v${version}: silence (${reason})`);
    return { version, items: [], silence: reason };
  }

  /** The same for the cursor: a request for another place of the document ends those that came here before it. */
  async #atCursor(
    document: OpenDocument,
    { snapshot, offset, text, range }: SuggestionPlace,
    automatic: boolean,
    token: CancellationToken,
  ): Promise<Suggestions> {
    const { uri } = document;
    let last = this.#places.get(uri);
    if (last?.offset !== offset || last.text !== text) {
      last?.source.cancel();
      last = { offset, text, source: new CancellationSource() };
      this.#places.set(uri, last);
    }
    const source = new CancellationSource(token, last.source.token);
    try {
      return await this.suggest(document, { snapshot, offset, text, range }, automatic, null, source.token);
    } finally {
      source.dispose();
    }
  }

  /** What is worked out for just this and can still be joined. */
  #underWayFor(place: SuggestionPlace, options: SuggestOptions) {
    for (const [key, { work }] of this.#underWay) if (work.isOver) this.#underWay.delete(key);
    return this.#underWay.get(keyOf(place, options))?.work;
  }

  /** The work under way for just this, or new work. */
  #shared(place: SuggestionPlace, options: SuggestOptions): SharedWork<Suggestions> {
    const known = this.#underWayFor(place, options);
    if (known) return known;
    const { snapshot, offset } = place;
    const work = new SharedWork((token) => this.#workOut(snapshot, offset, options, token));
    this.#underWay.set(keyOf(place, options), { uri: snapshot.uri, work });
    return work;
  }

  async #workOut(
    snapshot: DocumentSnapshot,
    offset: number,
    options: SuggestOptions,
    token: CancellationToken,
  ): Promise<Suggestions> {
    const { service, status, clock } = this.#session;
    this.#prefetch.cancel();
    const start = clock();
    const done = status.working(t('Looking for the next sentence…'));
    try {
      const before = service.usage();
      before.catch(() => {});
      const result = await service.suggest(snapshot, offset, options, token);
      throwIfCancelled(token);
      status.suggested(clock() - start, result.silence);
      // Nobody waits for these numbers, and an engine that is gone has none.
      Promise.all([before, service.usage()]).then(
        ([then, now]) => status.used(then, now),
        () => {},
      );
      return result;
    } catch (error) {
      if (!(error instanceof EngineUnavailableError)) throw error;
      return this.#silent(snapshot, errorMessage(error));
    } finally {
      done();
    }
  }
}

/** How suggestions that come by themselves are sampled: fewer, and the first that is good enough is an answer. */
function automaticOptions(settings: ForesaySettings): SuggestOptions {
  const candidates = Math.min(settings.suggest.candidates, automaticCandidates);
  return { ...suggestOptions(settings, candidates), least: 1, soon: true };
}

/** Whether a sentence, or a line, ends at this offset, with nothing behind it on its line. */
function endsSentence(text: DocumentText, offset: number): boolean {
  const before = text.slice(Math.max(0, offset - 8), offset);
  return /(?:[.!?…]["'”’»)\]*_]*|\n\s*)$/u.test(before) && /^\s*?(?:\n|$)/u.test(text.slice(offset, offset + 80));
}

/** The command that a client runs when a suggestion was accepted, which is also what it is known by. */
function accepted(id = ''): Command {
  return { title: t('Accepted'), command: commands.accepted, arguments: [id] };
}

function keyOf({ snapshot, offset, text }: SuggestionPlace, options: SuggestOptions): string {
  return JSON.stringify([snapshot.uri, snapshot.version, offset, text, options]);
}
