/** Snapshots of an open document: the first from its text, each later one from the one before and what was edited. */
import { finish, type Steps } from '../base/steps.ts';
import { extract } from '../text/extraction.ts';
import type { Extraction } from '../text/pieces.ts';
import type { DocumentSnapshot, Island, Paragraph, Section, SentenceSpan } from '../text/snapshot.ts';
import { maximumLength } from '../text/snapshot.ts';
import { type Earlier, type Structure, structureOf } from '../text/structure.ts';
import { enclosing, type TextChange } from '../text/textChange.ts';

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
  const { extraction, changes: since, earlier } = snapshot.known;
  const changed = changes.reduce((first, { start }) => Math.min(first, start), earlier?.changed ?? 0);
  return new LazySnapshot(document, extraction, [...since, ...changes], earlier && { ...earlier, changed });
}

/** Takes a snapshot's text apart ahead of whoever looks at it, who would have to do so in one go. */
export function* readSnapshot(snapshot: DocumentSnapshot): Steps<void> {
  if (snapshot instanceof LazySnapshot) yield* snapshot.read();
}

const empty: Structure = {
  sections: [],
  paragraphs: [],
  sentences: [],
  nonProse: [],
  pieces: [],
  isSummarized: false,
};

/** Changes that may wait for somebody to look at the document; more are one, as the work grows with their number. */
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
  /** Until its own structure is there. */
  #earlier: Earlier | undefined;
  /** Under way, possibly for several who wait. */
  #reading: Steps<void> | undefined;

  constructor(
    { uri, languageId, version, text }: OpenedDocument,
    extraction: Extraction | undefined,
    changes: readonly DocumentChange[],
    earlier?: Earlier,
  ) {
    this.uri = uri;
    this.languageId = languageId;
    this.version = version;
    this.text = text;
    this.tooLarge = text.length > maximumLength;
    this.#extraction = this.tooLarge ? undefined : extraction;
    this.#changes = changes.length > mostWaiting ? [enclosing(changes, text)] : changes;
    this.#earlier = earlier;
  }

  get sections(): readonly Section[] {
    return this.#taken().sections;
  }

  get paragraphs(): readonly Paragraph[] {
    return this.#taken().paragraphs;
  }

  get sentences(): readonly SentenceSpan[] {
    return this.#taken().sentences;
  }

  get nonProse(): readonly Island[] {
    return this.#taken().nonProse;
  }

  /** The last extraction made, if there is one, and what was changed since; the last structure made. */
  get known(): {
    readonly extraction: Extraction | undefined;
    readonly changes: readonly DocumentChange[];
    readonly earlier: Earlier | undefined;
  } {
    const earlier = this.#structure ? { structure: this.#structure, changed: this.text.length } : this.#earlier;
    return { extraction: this.#extraction, changes: this.#extraction ? this.#changes : [], earlier };
  }

  /** Takes the text apart, from where whoever did so before has left it. */
  *read(): Steps<Structure> {
    while (!this.#structure) {
      this.#reading ??= this.#takeApart();
      this.#reading.next();
      yield;
    }
    return this.#structure;
  }

  #taken(): Structure {
    return this.#structure ?? finish(this.read());
  }

  *#takeApart(): Steps<void> {
    try {
      if (this.tooLarge) {
        this.#structure = empty;
        return;
      }
      const { pieces } = yield* this.#extract();
      this.#structure = yield* structureOf(this.text, pieces, this.#earlier);
      this.#earlier = undefined;
    } finally {
      this.#reading = undefined;
    }
  }

  *#extract(): Steps<Extraction> {
    const { languageId, text } = this;
    let extraction = this.#extraction;
    if (!extraction) extraction = yield* extract(languageId, text);
    else if (this.#changes.length > 0) extraction = yield* extraction.changed(text, this.#changes);
    this.#extraction = extraction;
    this.#changes = [];
    return extraction;
  }
}
