/** The decoder's two graphs: plan head (plan to soft prefix) and language model with its key-value cache. */
import type { Tensor } from 'onnxruntime-node';
import type { ConceptVector } from '../concepts/conceptVector.ts';
import type { Bundle } from './bundle.ts';
import {
  floatData,
  floats,
  integers,
  type OnnxModelOptions,
  openOnnxModel,
  output,
  type Tensors,
} from './onnxModel.ts';

/** Keys and values of all layers for `batch` rows of `length` tokens: 2 * layers tensors (batch, heads, length, dim). */
export interface KeyValues {
  readonly tensors: readonly Tensor[];
  readonly batch: number;
  readonly length: number;
}

/** What the decoder hears of the plans. */
export interface PlanStates {
  readonly count: number;
  /** Soft prefix (n, K, hidden), heard once, where a sentence begins. */
  readonly prefix: Float32Array;
  /**
   * (n, state), heard at every step: the lexical head's, which leans on the logits, or else what the cross-attention of
   * each layer adds, one layer behind the other.
   */
  readonly lexical: Float32Array;
}

/** The best next tokens of one row, by falling logit. */
export interface NextTokens {
  readonly ids: readonly number[];
  readonly logits: Float32Array;
  /** The part of each logit that the lexical head added. */
  readonly lexical: Float32Array;
  readonly logSumExp: number;
}

export interface DecoderStep {
  /** One row of new tokens for each row of the batch, all of one length; may be empty where there is a prefix. */
  readonly ids: readonly (readonly number[])[];
  /** The plans of the rows; undefined for text without a plan. */
  readonly plans: PlanStates | undefined;
  /** Whether the soft prefix stands before the new tokens: once, at the sentence's start. */
  readonly withPrefix: boolean;
  /** Added to the logits of every row (vocabularySize). */
  readonly bias: Float32Array;
  readonly past: KeyValues;
}

export interface DecoderModel {
  readonly provider: string;
  planStates(plans: readonly ConceptVector[]): Promise<PlanStates>;
  step(step: DecoderStep): Promise<{ readonly next: NextTokens[]; readonly present: KeyValues }>;
  /** The cache of an empty text. */
  empty(): KeyValues;
  release(): Promise<void>;
}

/** Opens the bundle's decoder. Throws BundleError if a graph is not what the manifest says. */
export async function openDecoderModel(
  bundle: Bundle,
  options: Pick<OnnxModelOptions, 'providers' | 'threads' | 'onSkipped'>,
): Promise<DecoderModel> {
  const { decoder, conceptDim } = bundle.manifest;
  const { layers, kvHeads, headDim, hiddenDim, stateDim = hiddenDim, vocabularySize, prefixLength, topCount } = decoder;
  const names = Array.from({ length: layers }, (_, i) => [`${i}.key`, `${i}.value`]).flat();
  const cache = (prefix: string, length: string) =>
    Object.fromEntries(names.map((name) => [`${prefix}.${name}`, ['float32', 'B', kvHeads, length, headDim] as const]));
  const head = await openOnnxModel(bundle.path(decoder.planHead), {
    ...options,
    inputs: { concepts: ['float32', 'n', conceptDim] },
    outputs: { prefix: ['float32', 'n', prefixLength, hiddenDim], lexical: ['float32', 'n', stateDim] },
  });
  const model = await openOnnxModel(bundle.path(decoder.graph), {
    ...options,
    spinning: true,
    inputs: {
      input_ids: ['int64', 'B', 'N'],
      prefix: ['float32', 'B', 'K', hiddenDim],
      lexical: ['float32', 'B', stateDim],
      logit_bias: ['float32', 1, vocabularySize],
      ...cache('past_key_values', 'P'),
    },
    outputs: {
      top_logits: ['float32', 'B', topCount],
      top_ids: ['int64', 'B', topCount],
      top_lexical: ['float32', 'B', topCount],
      log_sum_exp: ['float32', 'B', 1],
      ...cache('present', 'P+K+N'),
    },
  });

  return {
    provider: model.provider,
    async planStates(plans) {
      const concepts = new Float32Array(plans.length * conceptDim);
      plans.forEach((plan, i) => {
        if (plan.length !== conceptDim) {
          throw new RangeError(`plan has ${plan.length} dimensions, expected ${conceptDim}`);
        }
        concepts.set(plan, i * conceptDim);
      });
      const out = await head.run({ concepts: floats(concepts, [plans.length, conceptDim]) });
      return { count: plans.length, prefix: floatData(out, 'prefix'), lexical: floatData(out, 'lexical') };
    },
    async step({ ids, plans, withPrefix, bias, past }) {
      const batch = ids.length;
      const added = ids[0]?.length ?? 0;
      const heard = withPrefix && plans ? prefixLength : 0;
      const feeds: Tensors = {
        input_ids: integers(ids.flat(), [batch, added]),
        prefix: floats(heard > 0 && plans ? plans.prefix : new Float32Array(0), [batch, heard, hiddenDim]),
        lexical: floats(plans?.lexical ?? new Float32Array(batch * stateDim), [batch, stateDim]),
        logit_bias: floats(bias, [1, vocabularySize]),
      };
      names.forEach((name, i) => {
        feeds[`past_key_values.${name}`] = past.tensors[i] as Tensor;
      });
      const out = await model.run(feeds);
      const logits = floatData(out, 'top_logits'); // (B, topCount)
      const topIds = output(out, 'top_ids').data as BigInt64Array; // (B, topCount)
      const lexical = floatData(out, 'top_lexical'); // (B, topCount)
      const logSumExp = floatData(out, 'log_sum_exp'); // (B, 1)
      const next = ids.map((_, row): NextTokens => {
        const [from, to] = [row * topCount, (row + 1) * topCount];
        return {
          ids: Array.from(topIds.subarray(from, to), Number),
          logits: logits.subarray(from, to),
          lexical: lexical.subarray(from, to),
          logSumExp: logSumExp[row] as number,
        };
      });
      const tensors = names.map((name) => output(out, `present.${name}`));
      return { next, present: { tensors, batch, length: past.length + heard + added } };
    },
    empty() {
      const tensors = names.map(() => floats(new Float32Array(0), [1, kvHeads, 0, headDim]));
      return { tensors, batch: 1, length: 0 };
    },
    async release() {
      await Promise.all([head.release(), model.release()]);
    },
  };
}

/** A cache with these rows of `cache`, in this order; a row may come more than once. */
export function selectRows(cache: KeyValues, rows: readonly number[]): KeyValues {
  const tensors = cache.tensors.map((tensor) => {
    const data = selectFloats(tensor.data as Float32Array, cache.batch, rows);
    return floats(data, [rows.length, ...tensor.dims.slice(1)]);
  });
  return { tensors, batch: rows.length, length: cache.length };
}

/** These plans' states, in this order. */
export function selectPlans(plans: PlanStates, rows: readonly number[]): PlanStates {
  return {
    count: rows.length,
    prefix: selectFloats(plans.prefix, plans.count, rows),
    lexical: selectFloats(plans.lexical, plans.count, rows),
  };
}

function selectFloats(data: Float32Array, count: number, rows: readonly number[]): Float32Array {
  const size = data.length / count;
  const selected = new Float32Array(rows.length * size);
  rows.forEach((row, i) => {
    selected.set(data.subarray(row * size, (row + 1) * size), i * size);
  });
  return selected;
}
