/** The decoder's two graphs: plan head (plan to soft prefix) and language model with its key-value cache. */
import type { Tensor } from 'onnxruntime-node';
import type { ConceptVector } from '../concepts/conceptVector.ts';
import type { Bundle } from './bundle.ts';
import type { Resident } from './device.ts';
import { type KeyValues, keptKeyValues, writtenKeyValues } from './keyValues.ts';
import { floatData, floats, integers, openOnnxModel, output, type RunOptions, type Tensors } from './onnxModel.ts';
import { createTensorOps } from './tensorOps.ts';

/**
 * What the decoder hears of the plans: a soft prefix (n, K, hidden), heard once, where a sentence begins, then a state
 * (n, state), heard at every step: the lexical head's, which leans on the logits, or else what the cross-attention of
 * each layer adds, one layer behind the other.
 */
export type PlanStates = Resident;

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
  /** Added to the logits of every row (1, vocabularySize). */
  readonly bias: Tensor;
  readonly past: KeyValues;
}

/** Its `Resident`s are the caller's to let go of. */
export interface DecoderModel {
  planStates(plans: readonly ConceptVector[]): Promise<PlanStates>;
  step(step: DecoderStep): Promise<{ readonly next: NextTokens[]; readonly present: KeyValues }>;
  /** The cache of an empty text. */
  empty(): KeyValues;
  /** A cache with these rows of `cache`, in this order; a row may come more than once. */
  cacheRows(cache: KeyValues, rows: readonly number[]): Promise<KeyValues>;
  /** These plans' states, in this order. */
  planRows(plans: PlanStates, rows: readonly number[]): Promise<PlanStates>;
  /** One number for each token, for steps to come: one tensor, as a step takes it. */
  keptBias(bias: Float32Array): Promise<Resident>;
  release(): Promise<void>;
}

/** Opens the bundle's decoder. Throws BundleError if a graph is not what the manifest says. */
export async function openDecoderModel(bundle: Bundle, options: RunOptions): Promise<DecoderModel> {
  const { decoder, conceptDim } = bundle.manifest;
  const { layers, kvHeads, headDim, hiddenDim, stateDim = hiddenDim, vocabularySize, prefixLength, topCount } = decoder;
  const { device } = options;
  const names = Array.from({ length: layers }, (_, i) => [`${i}.key`, `${i}.value`]).flat();
  const cache = names.map((name) => [`past_key_values.${name}`, ['float32', 'P', 'B', kvHeads, headDim] as const]);
  const head = await openOnnxModel(bundle.path(decoder.planHead), {
    ...options,
    inputs: { concepts: ['float32', 'n', conceptDim] },
    outputs: { prefix: ['float32', 'n', prefixLength, hiddenDim], lexical: ['float32', 'n', stateDim] },
    kept: ['prefix', 'lexical'],
  });
  const model = await openOnnxModel(bundle.path(decoder.graph), {
    ...options,
    spinning: true,
    inputs: {
      input_ids: ['int64', 'B', 'N'],
      prefix: ['float32', 'B', 'K', hiddenDim],
      lexical: ['float32', 'B', stateDim],
      logit_bias: ['float32', 1, vocabularySize],
      ...Object.fromEntries(cache),
    },
    outputs: {
      top_logits: ['float32', 'B', topCount],
      top_ids: ['int64', 'B', topCount],
      top_lexical: ['float32', 'B', topCount],
      log_sum_exp: ['float32', 'B', 1],
      added: ['float32', 'K+N', 'B', names.length * kvHeads, headDim],
    },
    kept: ['added'],
  });
  const ops = createTensorOps(device);
  const layout = { names, heads: kvHeads, dim: headDim };
  const cached = device.keepsOutputs ? keptKeyValues(layout, device, ops) : writtenKeyValues(layout, device);

  return {
    async planStates(plans) {
      const concepts = new Float32Array(plans.length * conceptDim);
      plans.forEach((plan, i) => {
        if (plan.length !== conceptDim) {
          throw new RangeError(`plan has ${plan.length} dimensions, expected ${conceptDim}`);
        }
        concepts.set(plan, i * conceptDim);
      });
      const out = await head.run({ concepts: floats(concepts, [plans.length, conceptDim]) });
      return device.keep([output(out, 'prefix'), output(out, 'lexical')]);
    },
    async step({ ids, plans, withPrefix, bias, past }) {
      const batch = ids.length;
      const added = ids[0]?.length ?? 0;
      const heard = withPrefix && plans ? prefixLength : 0;
      const [prefix, lexical] = plans?.tensors ?? [];
      const feeds: Tensors = {
        input_ids: integers(ids.flat(), [batch, added]),
        prefix: heard > 0 && prefix ? prefix : floats(new Float32Array(0), [batch, 0, hiddenDim]),
        lexical: lexical ?? floats(new Float32Array(batch * stateDim), [batch, stateDim]),
        logit_bias: bias,
      };
      names.forEach((name, i) => {
        feeds[`past_key_values.${name}`] = past.tensors.tensors[i] as Tensor;
      });
      const out = await model.run(feeds);
      const logits = floatData(out, 'top_logits'); // (B, topCount)
      const topIds = output(out, 'top_ids').data as BigInt64Array; // (B, topCount)
      const topLexical = floatData(out, 'top_lexical'); // (B, topCount)
      const logSumExp = floatData(out, 'log_sum_exp'); // (B, 1)
      const next = ids.map((_, row): NextTokens => {
        const [from, to] = [row * topCount, (row + 1) * topCount];
        return {
          ids: Array.from(topIds.subarray(from, to), Number),
          logits: logits.subarray(from, to),
          lexical: topLexical.subarray(from, to),
          logSumExp: logSumExp[row] as number,
        };
      });
      return { next, present: await cached.grown(past, output(out, 'added')) };
    },
    empty: cached.empty,
    cacheRows: cached.rows,
    planRows: (plans, rows) => ops.rows(plans.tensors, rows, 0),
    keptBias: (bias) => ops.copies([floats(bias, [1, vocabularySize])]),
    async release() {
      await Promise.all([head.release(), model.release(), ops.release()]);
    },
  };
}
