/** Concept reports as virtual documents (`workspace/textDocumentContent`), refreshed when their document changes. */
import { LSPErrorCodes, ResponseError, type TextDocumentContentResult } from 'vscode-languageserver';
import { t } from '../base/l10n.ts';
import type { OpenDocument } from './documents.ts';
import type { Session } from './session.ts';

interface Read {
  readonly uri: string;
  isWritten: boolean;
  /** The document's version that it tells of; `undefined` where it only says why there is none. */
  version: number | undefined;
}

export class Reports {
  readonly #session: Session;
  /** Reports that the client has asked for since they were last called outdated, by their document's uri. */
  readonly #read = new Map<string, Read>();

  constructor(session: Session) {
    this.#session = session;
  }

  /**
   * The report at this uri; `write` gives the text, '' for none, or why there is none. An edit in between starts it anew: to refuse
   * the content of a document means that it cannot be opened.
   */
  async content(
    uri: string,
    write: (source: string) => Promise<string | ResponseError>,
  ): Promise<TextDocumentContentResult> {
    const source = sourceOf(uri);
    const read: Read = { uri, isWritten: false, version: undefined };
    this.#read.set(source, read);
    for (;;) {
      const text = await write(source);
      if (text instanceof ResponseError && text.code === LSPErrorCodes.ContentModified) continue;
      read.isWritten = true;
      if (!(text instanceof ResponseError)) {
        if (text) read.version = this.#session.documents.get(source)?.snapshot.version;
        return { text: text || this.#nothing(source) };
      }
      if (text.code === LSPErrorCodes.RequestFailed) return { text: `${text.message}\n` };
      throw text;
    }
  }

  /** The document has been read as it is now, or will not be: what was told of an earlier version is outdated. */
  follow({ uri, snapshot }: OpenDocument): void {
    const report = this.#read.get(uri);
    // A client does not hear of a document that it is still opening: one that is being written needs no call.
    if (!report?.isWritten || report.version === snapshot.version) return;
    // Read again only if it is still shown.
    this.#read.delete(uri);
    this.#session.connection.workspace.textDocumentContent.refresh(report.uri).catch(() => {});
  }

  #nothing(source: string): string {
    const text = this.#session.documents.get(source)
      ? t('The report could not be made; the log says why.')
      : t('The document that this report is about is not open. Open it to see the report.');
    return `${text}\n`;
  }
}

/** The name of the document at a uri, as a writer reads it. */
export function nameOf(uri: string): string {
  const name =
    uri
      .replace(/[?#].*$/, '')
      .split('/')
      .at(-1) ?? uri;
  return decoded(name);
}

/** The document that a report is about: the query of the report's uri. */
function sourceOf(uri: string): string {
  const at = uri.indexOf('?');
  return at < 0 ? '' : decoded(uri.slice(at + 1).replace(/#.*$/, ''));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not written by an encoder of uris: taken as it stands.
    return text;
  }
}
