/** Snapshots of an open document: the first from its text, each later one from the one before and what was edited. */
import { extract } from '../text/extraction.ts';
import type { Extraction } from '../text/pieces.ts';
import type { DocumentSnapshot, Island, Paragraph, Section, SentenceSpan } from '../text/snapshot.ts';
import { maximumLength } from '../text/snapshot.ts';
import { type Structure, structureOf } from '../text/structure.ts';
import type { TextChange } from '../text/textChange.ts';

/** One edit in UTF-16 offsets; of several, each refers to the text that the ones before it left. */
export type DocumentChange = TextChange;

/** A document as the editor opens it. */
export interface OpenedDocument {
  readonly uri: string;
  readonly languageId: string;
  readonly version: number;
  readonly text: string;
}

/** The snapshot of a text that nothing is known of yet. */
export function openDocument(document: OpenedDocument): DocumentSnapshot {
  const { languageId, text } = document;
  return new ExtractedSnapshot(document, text.length > maximumLength ? undefined : extract(languageId, text));
}

/**
 * The snapshot after an edit: equal to one of `text` from scratch, made by extracting again only the blocks that the
 * changes touch. Changes that do not lead from the old text's length to the new one's are not relied on.
 */
export function changeDocument(
  snapshot: DocumentSnapshot,
  changes: readonly DocumentChange[],
  text: string,
  version: number,
): DocumentSnapshot {
  const { uri, languageId } = snapshot;
  const document = { uri, languageId, version, text };
  const known = snapshot instanceof ExtractedSnapshot ? snapshot.extraction : undefined;
  const length = changes.reduce(
    (sum, change) => sum + change.text.length - (change.end - change.start),
    snapshot.text.length,
  );
  if (!known || text.length > maximumLength || length !== text.length) return openDocument(document);
  return new ExtractedSnapshot(document, known.changed(text, changes));
}

const empty: Structure = { sections: [], paragraphs: [], sentences: [], nonProse: [] };

/** A snapshot that remembers what it was extracted from, for the next one. */
class ExtractedSnapshot implements DocumentSnapshot {
  readonly uri: string;
  readonly languageId: string;
  readonly version: number;
  readonly text: string;
  readonly sections: readonly Section[];
  readonly paragraphs: readonly Paragraph[];
  readonly sentences: readonly SentenceSpan[];
  readonly nonProse: readonly Island[];
  readonly tooLarge: boolean;
  readonly #extraction: Extraction | undefined;

  constructor({ uri, languageId, version, text }: OpenedDocument, extraction: Extraction | undefined) {
    const structure = extraction ? structureOf(text, extraction.pieces) : empty;
    this.uri = uri;
    this.languageId = languageId;
    this.version = version;
    this.text = text;
    this.sections = structure.sections;
    this.paragraphs = structure.paragraphs;
    this.sentences = structure.sentences;
    this.nonProse = structure.nonProse;
    this.tooLarge = extraction === undefined;
    this.#extraction = extraction;
  }

  /** `undefined` for a document that is too large. */
  get extraction(): Extraction | undefined {
    return this.#extraction;
  }
}
