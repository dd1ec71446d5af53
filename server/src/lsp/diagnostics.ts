/** Diagnostics, published once a document is indexed: sentences that repeat an earlier one. Off unless switched on. */
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import { CancellationError } from '../base/cancellation.ts';
import { CancellationSource } from '../base/cancellationSource.ts';
import { t } from '../base/l10n.ts';
import { shortened } from '../base/shortened.ts';
import type { Repeat } from '../service/index.ts';
import type { OpenDocument } from './documents.ts';
import { rangeOf } from './positions.ts';
import type { Session } from './session.ts';
import { offReason } from './settings.ts';

const severities = { hint: DiagnosticSeverity.Hint, information: DiagnosticSeverity.Information } as const;
const quoteLength = 80;

export class Diagnostics {
  readonly #session: Session;
  readonly #running = new Map<string, CancellationSource>();
  /** The documents that have some in the editor. */
  readonly #published = new Set<string>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** The document has been indexed as it is now: tells the editor what is to be told of it. */
  async follow(document: OpenDocument): Promise<void> {
    const { settings, service } = this.#session;
    const { uri, snapshot } = document;
    this.#running.get(uri)?.cancel();
    const source = new CancellationSource();
    this.#running.set(uri, source);
    try {
      const set = await settings.of(uri);
      const { repeats } = set.diagnostics;
      const on = repeats !== 'off' && offReason(set, uri, snapshot.languageId) === undefined;
      const found = on ? await service.repeats(snapshot, source.token) : [];
      if (source.token.isCancellationRequested || document.snapshot !== snapshot) return;
      const severity = repeats === 'off' ? undefined : severities[repeats];
      this.#publish(
        document,
        found.map((repeat) => this.#repeat(document, repeat, severity)),
      );
    } catch (error) {
      if (!(error instanceof CancellationError)) throw error;
    } finally {
      if (this.#running.get(uri) === source) this.#running.delete(uri);
    }
  }

  /** The document is closed: nothing is told of it any more. */
  close(document: OpenDocument): void {
    this.#running.get(document.uri)?.cancel();
    this.#publish(document, []);
  }

  #publish({ uri, snapshot }: OpenDocument, diagnostics: Diagnostic[]): void {
    if (diagnostics.length === 0 && !this.#published.has(uri)) return;
    if (diagnostics.length > 0) this.#published.add(uri);
    else this.#published.delete(uri);
    this.#session.connection.sendDiagnostics({ uri, version: snapshot.version, diagnostics }).catch(() => {});
  }

  #repeat(
    { uri, text }: OpenDocument,
    { sentence, earlier, similarity }: Repeat,
    severity: DiagnosticSeverity | undefined,
  ): Diagnostic {
    const place = rangeOf(text, earlier);
    const line = place.start.line + 1;
    const message =
      sentence.id === earlier.id
        ? t('Line {0} says this word for word.', line)
        : t('Line {0} says this already (similarity {1}).', line, similarity.toFixed(2));
    return {
      range: rangeOf(text, sentence),
      ...(severity !== undefined && { severity }),
      source: 'Foresay',
      code: 'repeated-idea',
      message,
      ...(this.#session.client.textDocument?.publishDiagnostics?.relatedInformation === true && {
        relatedInformation: [{ location: { uri, range: place }, message: shortened(earlier.text, quoteLength) }],
      }),
    };
  }
}
