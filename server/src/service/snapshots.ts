/** Snapshots of an open document: the first from its text, each later one from the one before and what was edited. */
import { finish, type Steps } from '../base/steps.ts';
import { DocumentText } from '../text/documentText.ts';
import { extract } from '../text/extraction.ts';
import type { Extraction } from '../text/pieces.ts';
import type { DocumentSnapshot, Island, Paragraph, Section, SentenceSpan } from '../text/snapshot.ts';
import { maximumLength } from '../text/snapshot.ts';
import { type Earlier, nothing, type Structure, structureOf } from '../text/structure.ts';
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
export function openDocument({ text, ...document }: OpenedDocument): DocumentSnapshot {
  return new LazySnapshot({ ...document, content: DocumentText.of(text) }, nothingKnown);
}

/**
 * The snapshot after edits: equal to one of its text from scratch, made by extracting again only the blocks that the
 * changes touch.
 */
export function changeDocument(
  snapshot: DocumentSnapshot,
  changes: readonly DocumentChange[],
  version: number,
): DocumentSnapshot {
  const { uri, languageId } = snapshot;
  const known = snapshot instanceof LazySnapshot ? snapshot.known : nothingKnown;
  let { content } = snapshot;
  let { earlier } = known;
  for (const { start, end, text } of changes) {
    earlier = earlier && {
      structure: earlier.structure,
      before: Math.min(earlier.before, start),
      behind: Math.min(earlier.behind, content.length - end),
    };
    content = content.replaced(start, end, text);
  }
  const since = known.extraction ? [...known.changes, ...changes] : [];
  return new LazySnapshot({ uri, languageId, version, content }, { ...known, changes: since, earlier });
}

/** Takes a snapshot's text apart ahead of whoever looks at it, who would have to do so in one go. */
export function* readSnapshot(snapshot: DocumentSnapshot): Steps<void> {
  if (snapshot instanceof LazySnapshot) yield* snapshot.read();
}

/** What a version's text need not be taken apart for. */
interface Known {
  /** The last extraction made, if there is one, and what was changed since. */
  readonly extraction: Extraction | undefined;
  readonly changes: readonly DocumentChange[];
  /** The last structure made. */
  readonly earlier: Earlier | undefined;
}

const nothingKnown: Known = { extraction: undefined, changes: [], earlier: undefined };

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
  readonly content: DocumentText;
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
    { uri, languageId, version, content }: Pick<DocumentSnapshot, 'uri' | 'languageId' | 'version' | 'content'>,
    { extraction, changes, earlier }: Known,
  ) {
    this.uri = uri;
    this.languageId = languageId;
    this.version = version;
    this.content = content;
    this.tooLarge = content.length > maximumLength;
    this.#extraction = this.tooLarge ? undefined : extraction;
    this.#changes = changes.length > mostWaiting ? [enclosing(changes, content)] : changes;
    this.#earlier = this.tooLarge ? undefined : earlier;
  }

  get text(): string {
    return this.content.toString();
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

  get known(): Known {
    const { length } = this.content;
    const structure = this.tooLarge ? undefined : this.#structure;
    const earlier = structure ? { structure, before: length, behind: length } : this.#earlier;
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
        this.#structure = nothing;
        return;
      }
      const { pieces } = yield* this.#extract();
      this.#structure = yield* structureOf(this.content, pieces, this.#earlier);
      this.#earlier = undefined;
    } finally {
      this.#reading = undefined;
    }
  }

  *#extract(): Steps<Extraction> {
    const { languageId, content } = this;
    let extraction = this.#extraction;
    if (!extraction) extraction = yield* extract(languageId, content);
    else if (this.#changes.length > 0) extraction = yield* extraction.changed(content, this.#changes);
    this.#extraction = extraction;
    this.#changes = [];
    return extraction;
  }
}
