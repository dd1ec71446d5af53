/** One wording as it grows: greedy choice of the next token under healing, spent bonuses and no repetition. */
import { closingMark, lastingFault } from '../base/sentenceFault.ts';
import type { Wording } from '../concepts/engine.ts';
import type { NextTokens } from './decoderModel.ts';
import type { Openings } from './openings.ts';
import { type ByteTokenizer, textOfBytes } from './tokenizer.ts';
import type { TokenRuns } from './tokenRuns.ts';

/** Added to the logit of a token that must not come. */
export const forbidden = -1e9;

/** What an idea is kept from, beside what every wording is. */
export interface IdeaBounds {
  /** Those it must not begin like, which its own joins. */
  readonly openings: Openings;
  /** Those of the text before it, none of which it copies. */
  readonly said: TokenRuns;
}

export class WordingRow {
  readonly #tokenizer: ByteTokenizer;
  readonly #endToken: number;
  /** Tokens of the sentence so far, those of the typed part included. */
  readonly #tokens: number[];
  readonly #trigrams = new Set<string>();
  /** Tokens of the sentence, whose lexical bonus is taken back. */
  readonly #used: Set<number>;
  /** Bytes of the typed part's last token, which the wording begins with and the answer leaves out. */
  readonly #typedPiece: string;
  readonly #bounds: IdeaBounds | undefined;
  /** Bytes of the sentence up to the typed piece. */
  readonly #typedBytes: string;
  readonly #generated: number[] = [];
  #bytes = '';
  #logProbability = 0;
  #complete = false;

  /**
   * `typed`: the tokens already fed to the decoder; `typedPiece`: the bytes typed beyond them; `bounds`: of an idea, which
   * besides has none of the faults for which it would not be shown, as far as that is known while it grows.
   */
  constructor(
    tokenizer: ByteTokenizer,
    endToken: number,
    typed: readonly number[],
    typedPiece: string,
    bounds?: IdeaBounds,
  ) {
    this.#tokenizer = tokenizer;
    this.#endToken = endToken;
    this.#tokens = [...typed];
    this.#used = new Set(typed);
    this.#typedPiece = typedPiece;
    this.#bounds = bounds;
    this.#typedBytes = typed.map((id) => tokenizer.pieceOf(id) ?? '').join('');
    for (let i = 2; i < typed.length; i++) this.#trigrams.add(typed.slice(i - 2, i + 1).join());
  }

  /** Bytes that must still be spelled before the wording is free; '' once it is. */
  get remaining(): string {
    return this.#typedPiece.slice(this.#bytes.length);
  }

  get complete(): boolean {
    return this.#complete;
  }

  get generated(): number {
    return this.#generated.length;
  }

  /** Whether its beginning is settled, and is none of these. */
  isApart(openings: Openings): boolean {
    return openings.areOthers(this.#generated);
  }

  /** The newest token: the decoder's next input. */
  get lastToken(): number {
    return this.#tokens.at(-1) ?? this.#endToken;
  }

  /** Takes the best next token that is allowed here. */
  advance(next: NextTokens): void {
    const { remaining } = this;
    let best: { readonly id: number; readonly logit: number } | undefined;
    for (const [i, id] of next.ids.entries()) {
      const bonus = this.#used.has(id) ? Math.max(0, next.lexical[i] as number) : 0;
      const logit = (next.logits[i] as number) - bonus;
      if (best && logit <= best.logit) continue;
      if ((next.logits[i] as number) < forbidden / 2 || this.#repeats(id)) continue;
      if (remaining !== '' && !spells(this.#tokenizer.pieceOf(id), remaining)) continue;
      if (this.#bounds && !this.#mayHave(id, this.#bounds)) continue;
      best = { id, logit };
    }
    if (best?.id === this.#endToken) best = this.#closing(next) ?? best;
    // No candidate fits: what is typed is spelled out, or else the sentence ends.
    const id = best?.id ?? this.#longestStart(remaining) ?? this.#endToken;
    const logit = best?.logit ?? Math.min(...next.logits);
    this.#take(id, Math.min(0, logit - next.logSumExp));
  }

  /** The wording so far, as the engine's callers get it. */
  wording(): Wording {
    const beyond = textOfBytes(this.#bytes.slice(this.#typedPiece.length));
    return {
      // A character that was cut in the middle of its bytes is left out.
      text: this.#complete ? beyond : beyond.replace(/\uFFFD+$/, ''),
      logProbability: this.generated > 0 ? this.#logProbability / this.generated : 0,
      complete: this.#complete,
    };
  }

  #take(id: number, logProbability: number): void {
    this.#generated.push(id);
    this.#bounds?.openings.take(this.#generated);
    this.#logProbability += logProbability;
    if (id === this.#endToken) {
      this.#complete = true;
      return;
    }
    this.#tokens.push(id);
    this.#used.add(id);
    this.#bytes += this.#tokenizer.pieceOf(id) ?? '';
    if (this.#tokens.length >= 3) this.#trigrams.add(this.#tokens.slice(-3).join());
  }

  /** Whether an idea may go on with this token. */
  #mayHave(id: number, { openings, said }: IdeaBounds): boolean {
    if (openings.has(this.#generated, id)) return false;
    // A copy ends with a word: another rest of one would be no word.
    if (this.#tokenizer.pieceOf(id)?.startsWith(' ') && said.has(this.#tokens, id)) return false;
    // What the writer typed may have a fault, and goes on all the same.
    return lastingFault(this.#sentence(id)) === undefined || lastingFault(this.#sentence()) !== undefined;
  }

  /** The token that closes the quotation in which an idea would end. */
  #closing({ ids, logits }: NextTokens): { readonly id: number; readonly logit: number } | undefined {
    const mark = this.#bounds && closingMark(this.#sentence());
    const [id, ...more] = mark === undefined ? [] : this.#tokenizer.encode(mark);
    if (id === undefined || more.length > 0) return undefined;
    return { id, logit: logits[ids.indexOf(id)] ?? Math.min(...logits) };
  }

  /** The sentence so far, and with one more token; the end adds nothing to it. */
  #sentence(next = this.#endToken): string {
    const piece = this.#tokenizer.pieceOf(next) ?? '';
    return textOfBytes(this.#typedBytes + this.#bytes + piece);
  }

  #repeats(id: number): boolean {
    return this.#tokens.length >= 2 && this.#trigrams.has([...this.#tokens.slice(-2), id].join());
  }

  /** The longest token that `bytes`, which a token spells, starts with. */
  #longestStart(bytes: string): number | undefined {
    for (let length = bytes.length; length > 0; length--) {
      const id = this.#tokenizer.idOf(bytes.slice(0, length));
      if (id !== undefined) return id;
    }
    return undefined;
  }
}

/** Whether a token is the start of what must be spelled, or spells it and goes on. */
export function spells(piece: string | undefined, remaining: string): boolean {
  if (piece === undefined || piece === '') return false;
  return piece.length < remaining.length ? remaining.startsWith(piece) : piece.startsWith(remaining);
}
