/** One block of LaTeX read as prose: commands, formulas and comments out, accents and ligatures decoded. */
import {
  accents,
  leadingArguments,
  literalCommands,
  mathEnvironments,
  opaqueEnvironments,
  sectionLevels,
  silentCommands,
  symbols,
} from './latexNames.ts';
import { argumentStart, closingBracket, closingMath, lineEnd } from './latexScan.ts';
import { closingStop, mathWords } from './mathWords.ts';
import { type PlacedPiece, plainSentence, prosePieces } from './pieces.ts';
import { ProseBuilder } from './prose.ts';

/** Marks that mean something to LaTeX; everything else is copied. */
const special = /[\\{}$%~`'-]/g;
const quotes: readonly (readonly [string, string])[] = [
  ['---', '—'],
  ['--', '–'],
  ['``', '“'],
  ["''", '”'],
  ['`', '‘'],
];
/** Control symbols that are white space, and those that print nothing. */
const spacing = new Set([' ', ',', ';', ':', '\n', '\t', '\r']);
const silentSymbols = new Set(['-', '/', '@', '!', ')', ']', '<', '>', '+']);

/** The block's pieces, placed from its start. Never throws, whatever the markup. */
export function latexPieces(block: string): PlacedPiece[] {
  return new LatexBlock(block).pieces();
}

class LatexBlock {
  readonly #text: string;
  readonly #end: number;
  readonly #pieces: PlacedPiece[] = [];
  #builder: ProseBuilder;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#end = text.length;
    this.#builder = new ProseBuilder(text);
  }

  pieces(): PlacedPiece[] {
    while (this.#at < this.#end) {
      special.lastIndex = this.#at;
      const next = special.exec(this.#text)?.index ?? this.#end;
      this.#builder.copy(this.#at, next);
      this.#at = next;
      if (next < this.#end) this.#mark(this.#text[next] as string);
    }
    this.#breakParagraph();
    return this.#pieces;
  }

  #mark(mark: string): void {
    const at = this.#at;
    if (mark === '\\') return this.#command();
    if (mark === '$') return this.#formula(this.#text.startsWith('$$', at) ? '$$' : '$');
    if (mark === '%') return this.#comment();
    if (mark === '{' || mark === '}') return this.#markup(at + 1);
    if (mark === '~') return this.#replace('\u00a0', at + 1);
    const quote = quotes.find(([source]) => this.#text.startsWith(source, at));
    if (quote) return this.#replace(quote[1], at + quote[0].length);
    this.#builder.copy(at, at + 1);
    this.#at = at + 1;
  }

  #command(): void {
    const at = this.#at;
    const name = /^[A-Za-z]+\*?/u.exec(this.#text.slice(at + 1, at + 60))?.[0] ?? '';
    if (name === '') return this.#controlSymbol(this.#text[at + 1] ?? '');
    const bare = name.replace('*', '');
    const end = at + 1 + name.length;
    const level = sectionLevels.get(bare);
    if (level !== undefined) return this.#heading(level, end);
    if (bare === 'begin' || bare === 'end') return this.#environment(bare, end);
    if (bare === 'item') return this.#structure(this.#argumentsEnd(end, 0));
    if (bare === 'par') return this.#structure(end);
    if (bare === 'newline' || bare === 'quad' || bare === 'qquad') return this.#space(end);
    if (literalCommands.has(bare)) return this.#literal(bare, end);
    if (silentCommands.has(bare)) return this.#silent(end);
    const symbol = symbols.get(name);
    if (symbol !== undefined) return this.#replace(symbol, this.#text.startsWith('{}', end) ? end + 2 : end);
    if (accents.has(bare)) return this.#accent(bare, end);
    this.#builder.island(at, end, true);
    this.#markup(this.#argumentsEnd(end, leadingArguments.get(bare) ?? 0));
  }

  #controlSymbol(mark: string): void {
    const at = this.#at;
    const end = Math.min(this.#end, at + 1 + mark.length);
    if (mark === '(') return this.#formula('\\)');
    if (mark === '[') return this.#formula('\\]');
    if (mark === '\\') return this.#space(this.#argumentsEnd(this.#text[end] === '*' ? end + 1 : end, 0));
    if (accents.has(mark)) return this.#accent(mark, end);
    if (mark === ',') return this.#replace('\u00a0', end);
    if (spacing.has(mark)) return this.#space(end);
    if (mark === '' || silentSymbols.has(mark)) return this.#markup(end);
    // An astral character behind a backslash keeps both its halves: the second is copied on.
    this.#replace(mark, end);
  }

  /** `\'e`, `\'{e}`, `\c{c}`: the letter with its mark, or the letter alone where Unicode has no such pair. */
  #accent(mark: string, end: number): void {
    const match = /^\s?(?:\{\\?(\p{L})\s?\}|\\?(\p{L})(?!\p{L}{0}[\\]))/u.exec(this.#text.slice(end, end + 6));
    const letter = match?.[1] ?? match?.[2];
    const commandNeedsBreak = /^[A-Za-z]/u.test(mark) && match?.[1] === undefined && !/^\s/u.test(match?.[0] ?? '');
    if (!match || !letter || commandNeedsBreak) return this.#markup(end);
    this.#replace((letter + (accents.get(mark) ?? '')).normalize('NFC'), end + match[0].length);
  }

  #comment(): void {
    const at = this.#at;
    const newline = lineEnd(this.#text, at);
    const marksEnd = this.#text[newline - 1] === '\n' ? newline - 1 : newline;
    this.#builder.island(at, marksEnd, true);
    let end = newline;
    while (end < this.#end && /[^\S\n]/u.test(this.#text[end] as string)) end++;
    this.#markup(end);
  }

  #formula(close: string): void {
    const at = this.#at;
    const open = close === '$' || close === '$$' ? close.length : 2;
    const closeAt = closingMath(this.#text, at + open, this.#end, close);
    if (closeAt < 0) return this.#unclosed(at + open);
    const end = closeAt + close.length;
    const tex = this.#text.slice(at + open, closeAt);
    this.#builder.island(at, end);
    const display = close === '$$' || close === '\\]';
    if (display) this.#display(closingStop(tex), end);
    else this.#replace(mathWords(tex), end, 'word');
  }

  #environment(command: 'begin' | 'end', afterName: number): void {
    const at = this.#at;
    const name = /^\s?\{([A-Za-z]+)\*?\}/u.exec(this.#text.slice(afterName, afterName + 60));
    if (!name?.[1]) return this.#structure(this.#argumentsEnd(afterName, 1));
    const bodyStart = afterName + name[0].length;
    const math = mathEnvironments.has(name[1]);
    if (command === 'begin' && (math || opaqueEnvironments.has(name[1]))) {
      const closing = this.#text.slice(at, bodyStart).replace('begin', 'end');
      const close = this.#text.indexOf(closing, bodyStart);
      const end = close < 0 ? this.#end : close + closing.length;
      this.#builder.island(at, end, true);
      return this.#display(math && close >= 0 ? closingStop(this.#text.slice(bodyStart, close)) : '', end);
    }
    // Arguments of an environment touch its name; what stands behind a line end is text.
    this.#structure(command === 'end' ? bodyStart : this.#argumentsEnd(bodyStart, Number.POSITIVE_INFINITY, false));
  }

  #heading(level: number, afterName: number): void {
    const at = this.#at;
    const short = this.#text[afterName] === '[' ? closingBracket(this.#text, afterName, this.#end) : afterName;
    const brace = argumentStart(this.#text, Math.max(short, afterName), this.#end);
    const closed = brace < 0 ? -1 : closingBracket(this.#text, brace, this.#end);
    const end = closed < 0 ? withoutNewline(this.#text, lineEnd(this.#text, afterName)) : closed;
    this.#breakParagraph();
    const inner = new LatexBlock(
      this.#text.slice(Math.min(brace < 0 ? end : brace + 1, end), closed < 0 ? end : closed - 1),
    );
    this.#pieces.push({ at, piece: { kind: 'heading', length: end - at, level, text: inner.#plainText() } });
    this.#restart(end);
  }

  #plainText(): string {
    const texts = this.pieces().map(({ piece }) => (piece.kind === 'prose' ? piece.prose.text : ''));
    return plainSentence(texts.join(' '));
  }

  #literal(name: string, afterName: number): void {
    const at = this.#at;
    const start =
      name === 'lstinline' || name === 'mintinline'
        ? this.#argumentsEnd(afterName, name === 'mintinline' ? 1 : 0)
        : afterName;
    const brace = this.#text[start] === '{';
    const close = brace
      ? closingBracket(this.#text, start, this.#end) - 1
      : this.#text
          .slice(0, withoutNewline(this.#text, lineEnd(this.#text, start)))
          .indexOf(this.#text[start] ?? '\n', start + 1);
    if (start >= this.#end || close < start || /[\s]/u.test(this.#text[start] as string))
      return this.#unclosed(afterName);
    this.#builder.island(at, close + 1);
    this.#replace(plainSentence(this.#text.slice(start + 1, close)), close + 1, name === 'url' ? 'ownCase' : 'word');
  }

  #silent(afterName: number): void {
    const at = this.#at;
    const end = this.#argumentsEnd(afterName, Number.POSITIVE_INFINITY, false);
    // An argument that is still being typed hides the rest of its line.
    if (this.#text[end] === '{' || this.#text[end] === '[') return this.#unclosed(end);
    this.#builder.island(at, end, end === afterName);
    this.#drop(end);
  }

  /** Behind the optional arguments and at most `count` brace arguments; an unclosed one is not passed. */
  #argumentsEnd(afterName: number, count: number, overSpace = true): number {
    let end = afterName;
    for (let left = count; ; ) {
      const start = overSpace ? argumentStart(this.#text, end, this.#end) : this.#bracketAt(end);
      if (start < 0 || (this.#text[start] === '{' && left-- <= 0)) return end;
      const close = closingBracket(this.#text, start, this.#end);
      if (close < 0) return end;
      end = close;
    }
  }

  #bracketAt(at: number): number {
    return at < this.#end && (this.#text[at] === '{' || this.#text[at] === '[') ? at : -1;
  }

  #unclosed(afterName: number): void {
    const end = Math.max(afterName, withoutNewline(this.#text, lineEnd(this.#text, afterName)));
    this.#builder.island(this.#at, end, true);
    this.#drop(end);
  }

  #structure(end: number): void {
    const at = this.#at;
    this.#breakParagraph();
    this.#pieces.push({ at, piece: { kind: 'opaque', length: end - at, open: true } });
    this.#restart(end);
  }

  #breakParagraph(): void {
    this.#pieces.push(...prosePieces(this.#builder));
  }

  #restart(end: number): void {
    this.#builder = new ProseBuilder(this.#text);
    this.#at = end;
  }

  #markup(end: number): void {
    this.#builder.markup(this.#at, end);
    this.#at = end;
  }

  #drop(end: number): void {
    this.#builder.drop(this.#at, end);
    this.#at = end;
  }

  #display(stop: '' | '.', end: number): void {
    this.#builder.display(stop, this.#at, end);
    this.#at = end;
  }

  #space(end: number): void {
    this.#builder.space(this.#at, end);
    this.#at = end;
  }

  #replace(text: string, end: number, mask: 'none' | 'word' | 'ownCase' = 'none'): void {
    this.#builder.replace(text, this.#at, end, mask);
    this.#at = end;
  }
}

function withoutNewline(text: string, lineEnd: number): number {
  const end = text[lineEnd - 1] === '\n' ? lineEnd - 1 : lineEnd;
  return text[end - 1] === '\r' ? end - 1 : end;
}
