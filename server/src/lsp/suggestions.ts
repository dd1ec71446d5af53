/** Suggestions at a position: inline completion, its fallback as ordinary completion, and the custom request. */
import {
  type CancellationToken,
  CompletionItemKind,
  type CompletionList,
  type InlineCompletionItem,
} from 'vscode-languageserver';
import { CancellationError } from '../base/cancellation.ts';
import { CancellationSource } from '../base/cancellationSource.ts';
import { errorMessage } from '../base/log.ts';
import type { NextSentencesResult } from '../protocol.ts';
import { EngineUnavailableError, type Suggestions } from '../service/index.ts';
import type { OpenDocument } from './documents.ts';
import { shortened } from './hoverMarkdown.ts';
import { asRecord, offsetOf, positionOf } from './positions.ts';
import { type Session, suggestOptions } from './session.ts';
import { offReason } from './settings.ts';

/** Candidates computed while the writer types: the first is wanted soon, more when asked for. */
const automaticCandidates = 3;
const labelLength = 60;
const nothing: Suggestions = { version: 0, items: [], silence: '' };

export class SuggestionRequests {
  readonly #session: Session;
  /** The request under way of each document: the newest wins. */
  readonly #running = new Map<string, CancellationSource>();
  /** Clients of the 3.17 proposal count trigger kinds from 0; one 0 gives such a client away. */
  #countsFromZero = false;

  constructor(session: Session) {
    this.#session = session;
  }

  /** The document changed: what is under way for it is not wanted any more. */
  cancel(uri: string): void {
    this.#running.get(uri)?.cancel();
  }

  async inline(document: OpenDocument, params: unknown, token: CancellationToken): Promise<InlineCompletionItem[]> {
    const { position, context } = asRecord(params);
    const { triggerKind, selectedCompletionInfo } = asRecord(context);
    // Ghost text under an open suggestion list must start with the selected item, which no idea does.
    if (selectedCompletionInfo) return [];
    const offset = offsetOf(document.text, position);
    const { items } = await this.suggest(document, offset, this.#isAutomatic(triggerKind), null, token);
    const at = positionOf(document.text, offset);
    return items.map(({ insertText }) => ({ insertText, range: { start: at, end: at } }));
  }

  async completion(document: OpenDocument, params: unknown, token: CancellationToken): Promise<CompletionList> {
    const { position, context } = asRecord(params);
    const offset = offsetOf(document.text, position);
    // 1 is Invoked, which typing a letter is too; 2 and 3 come from trigger characters and incomplete lists.
    const automatic = asRecord(context).triggerKind !== 1;
    const { items } = await this.suggest(document, offset, automatic, null, token);
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
    const { position, candidates } = asRecord(params);
    const wanted = typeof candidates === 'number' && candidates >= 1 ? Math.min(8, Math.trunc(candidates)) : null;
    const offset = offsetOf(document.text, position);
    const { version, items, silence } = await this.suggest(document, offset, false, wanted, token);
    return { version, items, silence };
  }

  /** Suggestions under the document's settings; `candidates` null takes the setting. A missing model is silence too. */
  async suggest(
    document: OpenDocument,
    offset: number,
    automatic: boolean,
    candidates: number | null,
    token: CancellationToken,
  ): Promise<Suggestions> {
    const { service, settings, status, clock } = this.#session;
    const { snapshot, uri } = document;
    const start = clock();
    this.#running.get(uri)?.cancel();
    const source = new CancellationSource(token);
    this.#running.set(uri, source);
    try {
      const set = await settings.of(uri);
      if (source.token.isCancellationRequested) throw new CancellationError();
      const off = offReason(set, uri, snapshot.languageId);
      status.off(off);
      if (off !== undefined) return { ...nothing, version: snapshot.version, silence: off };
      if (automatic && set.suggest.trigger === 'manual') return { ...nothing, version: snapshot.version };
      const wanted = candidates ?? set.suggest.candidates;
      const count = automatic ? Math.min(wanted, automaticCandidates) : wanted;
      const done = status.working('Looking for the next sentence…');
      try {
        const result = await service.suggest(snapshot, offset, suggestOptions(set, count), source.token);
        if (source.token.isCancellationRequested) throw new CancellationError();
        status.suggested(clock() - start, result.silence);
        return result;
      } finally {
        done();
      }
    } catch (error) {
      if (!(error instanceof EngineUnavailableError)) throw error;
      return { ...nothing, version: snapshot.version, silence: errorMessage(error) };
    } finally {
      source.dispose();
      if (this.#running.get(uri) === source) this.#running.delete(uri);
    }
  }

  #isAutomatic(triggerKind: unknown): boolean {
    if (triggerKind === 0) this.#countsFromZero = true;
    return triggerKind === 2 || (triggerKind === 1 && this.#countsFromZero);
  }
}
