/** Wordings that grow side by side, a step for all of them at once, and what the decoder holds for them. */
import type { ConceptVector } from '../concepts/conceptVector.ts';
import type { DecoderModel, DecoderStep, NextTokens, PlanStates } from './decoderModel.ts';
import type { KeyValues } from './keyValues.ts';
import type { WordingRow } from './wordingRow.ts';

/** One wording and the plan that it words. */
export interface PlannedRow {
  readonly plan: ConceptVector;
  readonly row: WordingRow;
}

export class WordingBatch {
  readonly #model: DecoderModel;
  /** In the order of the tensors' rows. */
  #planned: readonly PlannedRow[];
  #states: PlanStates;
  #past: KeyValues;

  /** Takes over `states` and `past`, each with a row for each of `planned`. */
  private constructor(model: DecoderModel, planned: readonly PlannedRow[], states: PlanStates, past: KeyValues) {
    this.#model = model;
    this.#planned = planned;
    this.#states = states;
    this.#past = past;
  }

  /** Behind a context, which stays the caller's, with nothing said yet. */
  static async behind(context: KeyValues, planned: readonly PlannedRow[], model: DecoderModel): Promise<WordingBatch> {
    const states = await model.planStates(planned.map(({ plan }) => plan));
    try {
      const past = await model.cacheRows(context, Array(planned.length).fill(0));
      return new WordingBatch(model, planned, states, past);
    } catch (error) {
      states.letGo();
      throw error;
    }
  }

  get planned(): readonly PlannedRow[] {
    return this.#planned;
  }

  get rows(): readonly WordingRow[] {
    return this.#planned.map(({ row }) => row);
  }

  /** Feeds each row as many tokens, behind the soft prefix if `withPrefix`; gives what could come next in each. */
  async fed(ids: DecoderStep['ids'], withPrefix: boolean, bias: DecoderStep['bias']): Promise<readonly NextTokens[]> {
    const { next, present } = await this.#model.step({ ids, plans: this.#states, withPrefix, bias, past: this.#past });
    this.#past.tensors.letGo();
    this.#past = present;
    return next;
  }

  /** Each row takes the best of what could come next in it. */
  advance(next: readonly NextTokens[]): void {
    for (const [i, { row }] of this.#planned.entries()) row.advance(next[i] as NextTokens);
  }

  /** Goes on with these of its rows alone, in this order. */
  async keep(indices: readonly number[]): Promise<void> {
    if (indices.length === this.#planned.length && indices.every((index, i) => index === i)) return;
    const past = await this.#model.cacheRows(this.#past, indices);
    this.#past.tensors.letGo();
    this.#past = past;
    const states = await this.#model.planRows(this.#states, indices);
    this.#states.letGo();
    this.#states = states;
    this.#planned = indices.map((index) => this.#planned[index] as PlannedRow);
  }

  letGo(): void {
    this.#states.letGo();
    this.#past.tensors.letGo();
  }
}
