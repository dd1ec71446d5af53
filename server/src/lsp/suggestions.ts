/** Suggestions at a position: inline completion, its fallback as ordinary completion, and the custom request. */
import { CompletionItemKind, type CompletionList, type InlineCompletionItem } from 'vscode-languageserver';
import { CancellationError, type CancellationToken, throwIfCancelled } from '../base/cancellation.ts';
import { CancellationSource } from '../base/cancellationSource.ts';
import { t } from '../base/l10n.ts';
import { errorMessage } from '../base/log.ts';
import { SharedWork } from '../base/sharedWork.ts';
import { shortened } from '../base/shortened.ts';
import type { ForesaySettings, NextSentencesResult } from '../protocol.ts';
import {
  type DocumentSnapshot,
  EngineUnavailableError,
  type Suggestions,
  type SuggestOptions,
  waiting,
} from '../service/index.ts';
import type { OpenDocument } from './documents.ts';
import { asRecord, offsetOf, positionOf } from './positions.ts';
import { type Session, suggestOptions } from './session.ts';
import { offReason } from './settings.ts';
import { checkedWishes, type Wishes } from './wishes.ts';

/** Candidates computed while the writer types: the first is wanted soon, more when asked for. */
const automaticCandidates = 3;
const labelLength = 60;

/** Where the cursor was when it was last asked about, and what ends those requests once it is asked about elsewhere. */
interface CursorPlace {
  readonly offset: number;
  readonly source: CancellationSource;
}

export class SuggestionRequests {
  readonly #session: Session;
  /** What is being worked out, by everything it depends on: who asks for the same waits for the same. */
  readonly #underWay = new Map<string, { readonly uri: string; readonly work: SharedWork<Suggestions> }>();
  /** Of each document, for inline completion and completion: these follow the cursor, and its last place counts. */
  readonly #places = new Map<string, CursorPlace>();
  /** Clients of the 3.17 proposal count trigger kinds from 0; one 0 gives such a client away. */
  #countsFromZero = false;

  constructor(session: Session) {
    this.#session = session;
  }

  /** The document changed: what is under way for it is not wanted any more. */
  cancel(uri: string): void {
    this.#places.delete(uri);
    for (const each of this.#underWay.values()) if (each.uri === uri) each.work.cancel();
  }

  async inline(document: OpenDocument, params: unknown, token: CancellationToken): Promise<InlineCompletionItem[]> {
    const { position, context } = asRecord(params);
    const { triggerKind, selectedCompletionInfo } = asRecord(context);
    // Ghost text under an open suggestion list must start with the selected item, which no idea does.
    if (selectedCompletionInfo) return [];
    const offset = offsetOf(document.text, position);
    const { items } = await this.#atCursor(document, offset, this.#isAutomatic(triggerKind), token);
    const at = positionOf(document.text, offset);
    return items.map(({ insertText }) => ({ insertText, range: { start: at, end: at } }));
  }

  async completion(document: OpenDocument, params: unknown, token: CancellationToken): Promise<CompletionList> {
    const { position, context } = asRecord(params);
    const offset = offsetOf(document.text, position);
    // 1 is Invoked, which typing a letter is too; 2 and 3 come from trigger characters and incomplete lists.
    const automatic = asRecord(context).triggerKind !== 1;
    const { items } = await this.#atCursor(document, offset, automatic, token);
    const at = positionOf(document.text, offset);
    // Clients filter by the word before the cursor, so each item begins with it.
    const word = /[\p{L}\p{N}'’-]*$/u.exec(document.snapshot.text.slice(Math.max(0, offset - 80), offset))?.[0] ?? '';
    return {
      isIncomplete: true,
      items: items.map(({ insertText }, i) => ({
        label: shortened(insertText.trim(), labelLength),
        kind: CompletionItemKind.Text,
        detail: 'Foresay',
        documentation: insertText.trim(),
        sortText: String(i).padStart(3, '0'),
        filterText: `${word}${insertText}`,
        textEdit: { range: { start: at, end: at }, newText: insertText },
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
    const { version, items, silence } = await this.suggest(document, offset, false, wanted, token, wishes);
    return { version, position: positionOf(document.text, offset), items, silence };
  }

  /** Suggestions under the document's settings; `candidates` null takes the setting. A missing model is silence too. */
  async suggest(
    document: OpenDocument,
    offset: number,
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
    const wanted = candidates ?? set.suggest.candidates;
    const count = automatic ? Math.min(wanted, automaticCandidates) : wanted;
    const usual = suggestOptions(set, count);
    const whole = { ...usual, ...wishes, sampler: { ...usual.sampler, ...wishes?.sampler } };
    if (!automatic) return this.#shared(snapshot, offset, whole).join(token);
    const reason = this.#reasonToWait(document, offset, set, whole);
    if (reason !== undefined) return this.#silent(snapshot, reason);
    const underWay = this.#underWayFor(snapshot, offset, whole);
    return (underWay ?? this.#shared(snapshot, offset, { ...whole, least: 1 })).join(token);
  }

  /** Why nothing comes by itself here. */
  #reasonToWait(
    { snapshot, deleting }: OpenDocument,
    offset: number,
    { suggest }: ForesaySettings,
    options: SuggestOptions,
  ): string | undefined {
    if (suggest.trigger === 'manual') return waiting.manual();
    // Who takes text back is not done with what stands there.
    if (deleting) return waiting.takenBack();
    const { service } = this.#session;
    // What is typed along stays, however little of its sentence is there.
    if (service.suggested(snapshot, offset, { ...options, least: 1 })) return undefined;
    return service.reasonToWait(snapshot, offset);
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
    offset: number,
    automatic: boolean,
    token: CancellationToken,
  ): Promise<Suggestions> {
    const { uri } = document;
    let place = this.#places.get(uri);
    if (place?.offset !== offset) {
      place?.source.cancel();
      place = { offset, source: new CancellationSource() };
      this.#places.set(uri, place);
    }
    const source = new CancellationSource(token, place.source.token);
    try {
      return await this.suggest(document, offset, automatic, null, source.token);
    } finally {
      source.dispose();
    }
  }

  /** What is worked out for just this and can still be joined. */
  #underWayFor(snapshot: DocumentSnapshot, offset: number, options: SuggestOptions) {
    for (const [key, { work }] of this.#underWay) if (work.isOver) this.#underWay.delete(key);
    return this.#underWay.get(keyOf(snapshot, offset, options))?.work;
  }

  /** The work under way for just this, or new work. */
  #shared(snapshot: DocumentSnapshot, offset: number, options: SuggestOptions): SharedWork<Suggestions> {
    const known = this.#underWayFor(snapshot, offset, options);
    if (known) return known;
    const work = new SharedWork((token) => this.#workOut(snapshot, offset, options, token));
    this.#underWay.set(keyOf(snapshot, offset, options), { uri: snapshot.uri, work });
    return work;
  }

  async #workOut(
    snapshot: DocumentSnapshot,
    offset: number,
    options: SuggestOptions,
    token: CancellationToken,
  ): Promise<Suggestions> {
    const { service, status, clock } = this.#session;
    const start = clock();
    const done = status.working(t('Looking for the next sentence…'));
    try {
      const result = await service.suggest(snapshot, offset, options, token);
      throwIfCancelled(token);
      status.suggested(clock() - start, result.silence);
      return result;
    } catch (error) {
      if (!(error instanceof EngineUnavailableError)) throw error;
      return this.#silent(snapshot, errorMessage(error));
    } finally {
      done();
    }
  }

  #isAutomatic(triggerKind: unknown): boolean {
    if (triggerKind === 0) this.#countsFromZero = true;
    return triggerKind === 2 || (triggerKind === 1 && this.#countsFromZero);
  }
}

function keyOf({ uri, version }: DocumentSnapshot, offset: number, options: SuggestOptions): string {
  return JSON.stringify([uri, version, offset, options]);
}
