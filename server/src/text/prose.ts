/** Collects the plain text of one block of markup together with the way back to the source. */
import type { Island, Span } from './snapshot.ts';

/** White space that collapses into one space. No-break spaces stay: they hold abbreviations and numbers together. */
export function isSpace(unit: number): boolean {
  if (unit < 0x80) return unit === 32 || (unit >= 9 && unit <= 13);
  return (
    unit === 0x85 ||
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200a && unit !== 0x2007) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x205f ||
    unit === 0x3000
  );
}

/** Plain text with, for each of its units, its place in the source. */
export interface CollectedProse {
  readonly text: string;
  /** As long as `text`: what segmentation reads. Code and formulas are neutral words there, whatever marks they hold. */
  readonly masked: string;
  /** Source offset of each unit. */
  readonly offsets: Int32Array;
  /** Like `offsets`, with the opening markup that stands directly before the unit. */
  readonly starts: Int32Array;
  /** Source end of each unit, with the closing markup that stands directly behind it. */
  readonly ends: Int32Array;
  readonly islands: readonly Island[];
}

/** How a replacement looks to segmentation: as it reads, as an opaque word, or as an opaque word of its own case. */
export type Mask = 'none' | 'word' | 'ownCase';

const space = 32;
const letterX = 0x58;
const smallX = 0x78;
const digitNine = 0x39;
const fullStop = 0x2e;
const exclamationMark = 0x21;

export class ProseBuilder {
  readonly #source: string;
  readonly #units: number[] = [];
  readonly #masks: number[] = [];
  readonly #offsets: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #islands: Island[] = [];
  #markupStart = -1;
  #markupEnd = -1;
  #droppedWord = false;

  constructor(source: string) {
    this.#source = source;
  }

  /** Takes the source as it is, white space collapsed. */
  copy(from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const unit = this.#source.charCodeAt(at);
      if (isSpace(unit)) this.space(at, at + 1);
      else this.#push(unit, unit, at, at, at + 1);
    }
  }

  /** White space that the source writes in its own way, or no character at all: a line break, a quote mark. */
  space(from: number, to: number): void {
    this.#markupEnd = -1;
    const last = this.#units.length - 1;
    if (last < 0 || this.#units[last] === space) return;
    this.#push(space, space, from, from, to);
  }

  /** Drops marks round visible text: emphasis, braces, a command's name. They belong to the words they touch. */
  markup(from: number, to: number): void {
    if (this.#markupEnd !== from) this.#markupStart = from;
    this.#markupEnd = to;
    const last = this.#units.length - 1;
    if (this.#ends[last] === from && this.#units[last] !== space) this.#ends[last] = to;
  }

  /** Drops something a reader would see at this place, such as a citation or an image. */
  drop(from: number, to: number): void {
    this.markup(from, to);
    this.#droppedWord = true;
  }

  /** Reads `[from, to)` of the source as `text`. */
  replace(text: string, from: number, to: number, mask: Mask = 'none'): void {
    if (text === '') return this.drop(from, to);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      const masked =
        mask === 'none' || (mask === 'ownCase' && i === 0)
          ? unit
          : text.length === 1
            ? digitNine
            : i === 0
              ? letterX
              : smallX;
      this.#push(unit, masked, from, from, to);
    }
  }

  /** Reads a displayed formula as the full stop that closes its sentence, or as nothing. */
  display(stop: '' | '.', from: number, to: number): void {
    // "We have \[a = b.\]" reads "We have.": the space goes with the formula.
    if (stop === '') this.space(from, from);
    else this.drop(from, from);
    this.replace(stop, from, to);
  }

  /** Says that `[start, end)` is not prose, whether or not it leaves words. Islands come in order of their starts. */
  island(start: number, end: number, open = false): void {
    this.#islands.push({ start, end, open });
  }

  finish(): CollectedProse {
    while (this.#units.at(-1) === space) this.#pop();
    return {
      text: textOf(this.#units),
      masked: textOf(this.#masks),
      offsets: Int32Array.from(this.#offsets),
      starts: Int32Array.from(this.#starts),
      ends: Int32Array.from(this.#ends),
      islands: this.#islands,
    };
  }

  #push(unit: number, masked: number, offset: number, from: number, to: number): void {
    // "as Knuth \cite{k}." reads "as Knuth.": the space went with the citation.
    if (this.#droppedWord && unit !== space) {
      this.#droppedWord = false;
      if (isClosingMark(unit)) {
        const gap = this.#units.at(-1);
        if (gap === space || gap === 0xa0) this.#pop();
        if (unit === fullStop && this.#units.at(-1) === fullStop) return this.#closeWith(to);
      }
    }
    this.#units.push(unit);
    this.#masks.push(masked);
    this.#offsets.push(offset);
    this.#starts.push(this.#markupEnd === from ? this.#markupStart : from);
    this.#ends.push(to);
    this.#markupEnd = -1;
  }

  /** "See Sec. \ref{a}." reads "See Sec.", but that stop is no abbreviation's: segmentation sees a certain end. */
  #closeWith(to: number): void {
    const last = this.#units.length - 1;
    this.#masks[last] = exclamationMark;
    this.#ends[last] = to;
    this.#markupEnd = -1;
  }

  #pop(): void {
    for (const units of [this.#units, this.#masks, this.#offsets, this.#starts, this.#ends]) units.pop();
  }
}

function isClosingMark(unit: number): boolean {
  return (
    unit === 0x2e || unit === 0x2c || unit === 0x3a || unit === 0x3b || unit === 0x21 || unit === 0x3f || unit === 0x29
  );
}

/** A flat string of its own: a slice of the document would keep the whole document in memory. */
function textOf(units: readonly number[]): string {
  let text = '';
  for (let at = 0; at < units.length; at += 4096) text += String.fromCharCode(...units.slice(at, at + 4096));
  return text;
}

/** Half-open source span of the plain units `[from, to)`. */
export function sourceSpan(prose: CollectedProse, from: number, to: number): Span {
  return { start: prose.starts[from] ?? 0, end: prose.ends[to - 1] ?? 0 };
}
