/** How wordings begin that are already there, so that the next begins with something else. */

/** Tokens: mostly the first three words, by which two ideas count as one. */
const openingTokens = 3;

export class Openings {
  readonly #taken = new Set<string>();

  /** Takes the opening of a wording of these tokens, if it is as long; once it is longer it has been taken. */
  take(tokens: readonly number[]): void {
    if (tokens.length >= openingTokens) this.#taken.add(tokens.slice(0, openingTokens).join());
  }

  /** Whether a wording of these tokens would begin like another. */
  has(tokens: readonly number[]): boolean {
    return tokens.length === openingTokens && this.#taken.has(tokens.join());
  }
}
