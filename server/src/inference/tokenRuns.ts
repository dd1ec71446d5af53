/** Runs of tokens in a text, so that a wording does not copy one. */

/** Tokens of the shortest run that is a copy: names are shorter. */
const copied = 6;

export class TokenRuns {
  readonly #runs = new Set<string>();

  constructor(tokens: readonly number[]) {
    for (let end = copied; end <= tokens.length; end++) this.#runs.add(tokens.slice(end - copied, end).join());
  }

  /** Whether the text has the run that `next` ends behind these tokens. */
  has(tokens: readonly number[], next: number): boolean {
    return tokens.length >= copied - 1 && this.#runs.has([...tokens.slice(1 - copied), next].join());
  }
}
