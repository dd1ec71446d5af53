/** How wordings begin that are already there, so that the next begins with something else. */

/** Tokens: mostly the first three words, by which two ideas count as one. */
const openingTokens = 3;

export class Openings {
  readonly #taken = new Set<string>();

  /** Those of these wordings' tokens. */
  constructor(wordings: readonly (readonly number[])[]) {
    for (const tokens of wordings) this.take(tokens);
  }

  /** Takes the opening of a wording of these tokens, if it is as long. */
  take(tokens: readonly number[]): void {
    if (tokens.length >= openingTokens) this.#taken.add(tokens.slice(0, openingTokens).join());
  }

  /** Whether a wording of these tokens, and whatever follows, begins like none of them. */
  areOthers(tokens: readonly number[]): boolean {
    return tokens.length >= openingTokens && !this.#taken.has(tokens.slice(0, openingTokens).join());
  }

  /** Whether a wording of these tokens and `next` would begin like another. */
  has(tokens: readonly number[], next: number): boolean {
    return tokens.length === openingTokens - 1 && this.#taken.has([...tokens, next].join());
  }
}
