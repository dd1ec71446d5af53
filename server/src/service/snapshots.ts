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
  return new LazySnapshot(document, undefined, []);
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
  const length = changes.reduce(
    (sum, change) => sum + change.text.length - (change.end - change.start),
    snapshot.text.length,
  );
  if (!(snapshot instanceof LazySnapshot) || length !== text.length) return openDocument(document);
  const { extraction, changes: earlier } = snapshot.known;
  return new LazySnapshot(document, extraction, [...earlier, ...changes]);
}

const empty: Structure = { sections: [], paragraphs: [], sentences: [], nonProse: [] };

/** Changes that may wait for somebody to look at the document; the work for them grows with their number. */
const mostWaiting = 100;

/**
 * A snapshot that takes its text apart when somebody looks: a writer who types fast leaves most versions unread. The
 * next one starts from what is known here, and from the changes since.
 */
class LazySnapshot implements DocumentSnapshot {
  readonly uri: string;
  readonly languageId: string;
  readonly version: number;
  readonly text: string;
  readonly tooLarge: boolean;
  #extraction: Extraction | undefined;
  /** From the text of `#extraction` to this one. */
  #changes: readonly DocumentChange[];
  #structure: Structure | undefined;

  constructor(
    { uri, languageId, version, text }: OpenedDocument,
    extraction: Extraction | undefined,
    changes: readonly DocumentChange[],
  ) {
    this.uri = uri;
    this.languageId = languageId;
    this.version = version;
    this.text = text;
    this.tooLarge = text.length > maximumLength;
    this.#extraction = this.tooLarge ? undefined : extraction;
    this.#changes = changes;
    if (this.#extraction && changes.length > mostWaiting) this.#extract();
  }

  get sections(): readonly Section[] {
    return this.#read().sections;
  }

  get paragraphs(): readonly Paragraph[] {
    return this.#read().paragraphs;
  }

  get sentences(): readonly SentenceSpan[] {
    return this.#read().sentences;
  }

  get nonProse(): readonly Island[] {
    return this.#read().nonProse;
  }

  /** The last extraction made, if there is one, and what was changed since. */
  get known(): { readonly extraction: Extraction | undefined; readonly changes: readonly DocumentChange[] } {
    return { extraction: this.#extraction, changes: this.#extraction ? this.#changes : [] };
  }

  #read(): Structure {
    this.#structure ??= this.tooLarge ? empty : structureOf(this.text, this.#extract().pieces);
    return this.#structure;
  }

  #extract(): Extraction {
    const { languageId, text } = this;
    if (!this.#extraction) this.#extraction = extract(languageId, text);
    else if (this.#changes.length > 0) this.#extraction = this.#extraction.changed(text, this.#changes);
    this.#changes = [];
    return this.#extraction;
  }
}
