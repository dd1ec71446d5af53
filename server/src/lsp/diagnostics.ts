/** Diagnostics, published once a document is indexed: what the checks that are switched on find in it. */
import type { Diagnostic } from 'vscode-languageserver';
import { CancellationError } from '../base/cancellation.ts';
import { CancellationSource } from '../base/cancellationSource.ts';
import { checkNames, type DocumentSnapshot, type Finding, ignoreKey, type Span } from '../service/index.ts';
import type { OpenDocument } from './documents.ts';
import { diagnosticOf } from './findings.ts';
import type { Session } from './session.ts';
import { offReason } from './settings.ts';

/** A finding, and what the editor was told of it. */
export interface Published {
  readonly finding: Finding;
  readonly diagnostic: Diagnostic;
}

export class Diagnostics {
  readonly #session: Session;
  readonly #running = new Map<string, CancellationSource>();
  /** Of each document that has some in the editor, those, and the snapshot they are of. */
  readonly #published = new Map<string, { readonly snapshot: DocumentSnapshot; readonly all: readonly Published[] }>();

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
      const levels = set.diagnostics;
      const on = offReason(set, uri, snapshot.languageId) === undefined;
      const which = checkNames.filter((check) => on && levels[check] !== 'off');
      const findings = which.length > 0 ? await service.checks(snapshot, which, source.token) : [];
      if (source.token.isCancellationRequested || document.snapshot !== snapshot) return;
      const told = findings.flatMap((finding) => {
        const level = levels[finding.check];
        if (level === 'off' || Object.hasOwn(levels.ignore, ignoreKey(finding))) return [];
        return [{ finding, diagnostic: diagnosticOf(this.#session, document, finding, level) }];
      });
      this.#publish(document, told);
    } catch (error) {
      if (!(error instanceof CancellationError)) throw error;
    } finally {
      if (this.#running.get(uri) === source) this.#running.delete(uri);
    }
  }

  /** What the editor shows of the document as it is now on this stretch of it. */
  at({ uri, snapshot }: OpenDocument, { start, end }: Span): readonly Published[] {
    const published = this.#published.get(uri);
    if (published?.snapshot !== snapshot) return [];
    return published.all.filter(({ finding: { sentence } }) => sentence.start <= end && sentence.end >= start);
  }

  /** The document is closed: nothing is told of it any more. */
  close(document: OpenDocument): void {
    this.#running.get(document.uri)?.cancel();
    this.#publish(document, []);
  }

  #publish({ uri, snapshot }: OpenDocument, all: readonly Published[]): void {
    if (all.length === 0 && !this.#published.has(uri)) return;
    if (all.length > 0) this.#published.set(uri, { snapshot, all });
    else this.#published.delete(uri);
    const diagnostics = all.map(({ diagnostic }) => diagnostic);
    this.#session.connection.sendDiagnostics({ uri, version: snapshot.version, diagnostics }).catch(() => {});
  }
}
