/** A document's text at one version. An edit copies the lines around it, not the document. */
import { TextDocument } from 'vscode-languageserver-textdocument';

type Position = ReturnType<TextDocument['positionAt']>;

/** UTF-16 units of edited lines, and of those between them, up to which they are kept beside the text they were edited in. */
const longestEdited = 65_536;
/** Units that are looked through for a line break at once. */
const lookedThrough = 256;

/**
 * Immutable. Offsets are UTF-16 units, `0` to `length`. Holds the text as it was some edits ago, and the lines that are
 * in place of some of it: whole ones with their `\n`, so that no line break is parted.
 */
export class DocumentText {
  readonly length: number;
  readonly #base: TextDocument;
  /** `[start, end)` of the base is replaced by `#edited`. */
  readonly #start: number;
  readonly #end: number;
  readonly #edited: TextDocument;
  #whole: string | undefined;

  private constructor(base: TextDocument, start: number, end: number, edited: string) {
    this.#base = base;
    this.#start = start;
    this.#end = end;
    this.#edited = textDocument(edited);
    this.length = base.getText().length - (end - start) + edited.length;
  }

  static of(text: string): DocumentText {
    return new DocumentText(textDocument(text), 0, 0, '');
  }

  /** The text with `text` in place of `[start, end)`. */
  replaced(start: number, end: number, text: string): DocumentText {
    const [from, to] = [this.lineStart(start), this.lineEnd(end)];
    const isFirst = this.#end === this.#start && this.#editedText === '';
    const first = isFirst ? from : Math.min(from, this.#start);
    const last = isFirst ? to : Math.max(to, this.#editedEnd);
    if (last - first > longestEdited + (to - from)) return DocumentText.of(this.toString()).replaced(start, end, text);
    const edited = this.slice(first, start) + text + this.slice(end, last);
    // Nothing before is another length, so the first offset is the base's too.
    return new DocumentText(this.#base, first, last - this.#shift, edited);
  }

  /** As a string's, but for offsets that count from its end. */
  slice(from: number, to = this.length): string {
    const base = this.#base.getText();
    const start = this.#start;
    const editedEnd = this.#editedEnd;
    if (to <= start) return base.slice(from, to);
    if (from >= editedEnd) return base.slice(from - this.#shift, to - this.#shift);
    const before = from < start ? base.slice(from, start) : '';
    const behind = to > editedEnd ? base.slice(this.#end, to - this.#shift) : '';
    return before + this.#editedText.slice(Math.max(0, from - start), to - start) + behind;
  }

  /** The unit at an offset; '' where there is none. */
  charAt(offset: number): string {
    return offset < 0 ? '' : this.slice(offset, offset + 1);
  }

  /** Behind the `\n` before the offset. */
  lineStart(offset: number): number {
    for (let to = offset; to > 0; to -= lookedThrough) {
      const from = Math.max(0, to - lookedThrough);
      const found = this.slice(from, to).lastIndexOf('\n');
      if (found >= 0) return from + found + 1;
    }
    return 0;
  }

  /** Behind the `\n` that ends the line at the offset. */
  lineEnd(offset: number): number {
    for (let from = offset; from < this.length; from += lookedThrough) {
      const found = this.slice(from, Math.min(this.length, from + lookedThrough)).indexOf('\n');
      if (found >= 0) return from + found + 1;
    }
    return this.length;
  }

  /** The offset of a position, by LSP's three line breaks; what is out of bounds is moved to where there is something. */
  offsetAt({ line, character }: Position): number {
    const first = this.#base.positionAt(this.#start).line;
    if (line < first) return this.#base.offsetAt({ line, character });
    const inside = line - first;
    const isInside = inside < this.#edited.lineCount - 1 || this.#editedEnd === this.length;
    if (isInside) return this.#start + this.#edited.offsetAt({ line: inside, character });
    return this.#base.offsetAt({ line: line - this.#addedLines, character }) + this.#shift;
  }

  /** The position of an offset, before its line's break; of one that is out of bounds, of the text's start or end. */
  positionAt(offset: number): Position {
    const at = Math.min(offset, this.length);
    if (at < this.#start) return this.#base.positionAt(at);
    if (at > this.#editedEnd) {
      const { line, character } = this.#base.positionAt(at - this.#shift);
      return { line: line + this.#addedLines, character };
    }
    const { line, character } = this.#edited.positionAt(at - this.#start);
    return { line: this.#base.positionAt(this.#start).line + line, character };
  }

  /** In one piece, which is a copy of everything for each version that is asked. */
  toString(): string {
    this.#whole ??= this.slice(0);
    return this.#whole;
  }

  get #editedText(): string {
    return this.#edited.getText();
  }

  get #editedEnd(): number {
    return this.#start + this.#editedText.length;
  }

  /** How much further an offset behind the edited lines is than in the base. */
  get #shift(): number {
    return this.#editedEnd - this.#end;
  }

  get #addedLines(): number {
    const replaced = this.#base.positionAt(this.#end).line - this.#base.positionAt(this.#start).line;
    return this.#edited.lineCount - 1 - replaced;
  }
}

/** The library knows lines; its other fields are of no use here. */
function textDocument(text: string): TextDocument {
  return TextDocument.create('', '', 0, text);
}
