/** Tower one: preceding concepts to the states the sampler attends to, one step for each new concept. */
import type { ConceptVector } from '../concepts/conceptVector.ts';
import type { Normalizer } from '../lcm/normalizer.ts';
import type { Bundle } from './bundle.ts';
import { commonPrefix, firstSlices, joinedSlices, type Slices } from './contextWindow.ts';
import { floatData, floats, type OnnxModelOptions, openOnnxModel } from './onnxModel.ts';
import type { Checkpoint } from './workQueue.ts';

/** Concepts of one run, so that it lasts no more than about 50 ms on two cores. */
const maxNewConcepts = 64;
/** Windows kept: the cursor's, the one before an edit in the middle, a summary's. Key: the window's exact vectors. */
const windowsKept = 3;

/** What the contextualizer made of a window of concepts; immutable. */
export interface ContextStates {
  readonly concepts: readonly ConceptVector[];
  /** Self-attention keys and values, for the next step: (contextLayers * contextHeads, C, headDim). */
  readonly keys: Slices;
  readonly values: Slices;
  /** Keys and values the denoiser attends to: (denoiserLayers * denoiserHeads, C, headDim). */
  readonly crossKeys: Slices;
  readonly crossValues: Slices;
}

export interface Contextualizer {
  /**
   * States of a window of at most contextLength concepts (raw vectors). What a kept window has in common with it from
   * the start is not computed again.
   */
  states(concepts: readonly ConceptVector[], checkpoint: Checkpoint): Promise<ContextStates>;
  release(): Promise<void>;
}

/** Opens the bundle's contextualizer. Throws BundleError if the graph is not what the manifest says. */
export async function openContextualizer(
  bundle: Bundle,
  normalizer: Normalizer,
  options: Pick<OnnxModelOptions, 'providers' | 'threads' | 'onSkipped'>,
): Promise<Contextualizer> {
  const { lcm, conceptDim } = bundle.manifest;
  const { contextLayers, contextHeads, denoiserLayers, denoiserHeads, headDim } = lcm;
  const own = (positions: string) => ['float32', contextLayers, contextHeads, positions, headDim] as const;
  const cross = ['float32', denoiserLayers, denoiserHeads, 'N', headDim] as const;
  const model = await openOnnxModel(bundle.path(lcm.contextualizer), {
    ...options,
    inputs: { concepts: ['float32', 'N', conceptDim], past_keys: own('P'), past_values: own('P') },
    outputs: { present_keys: own('P+N'), present_values: own('P+N'), cross_keys: cross, cross_values: cross },
  });
  const ownOuter = contextLayers * contextHeads;
  const crossOuter = denoiserLayers * denoiserHeads;
  const slices = (data: Float32Array, outer: number): Slices => {
    return { data, outer, count: data.length / (outer * headDim), inner: headDim };
  };
  const none = new Float32Array(0);
  const empty: ContextStates = {
    concepts: [],
    keys: slices(none, ownOuter),
    values: slices(none, ownOuter),
    crossKeys: slices(none, crossOuter),
    crossValues: slices(none, crossOuter),
  };
  /** Most recently used first. */
  let kept: ContextStates[] = [];

  /** The longest beginning of `concepts` that a kept window has states for. */
  const known = (concepts: readonly ConceptVector[]): ContextStates => {
    let best = empty;
    let length = 0;
    for (const window of kept) {
      const common = commonPrefix(window.concepts, concepts);
      if (common > length) [best, length] = [window, common];
    }
    return truncated(best, length);
  };

  /** Puts the window first; of two windows where one continues the other, only the longer stays. */
  const keep = (states: ContextStates) => {
    if (states.concepts.length === 0) return;
    let newest = states;
    const others = kept.filter((window) => {
      const common = commonPrefix(window.concepts, states.concepts);
      if (common < Math.min(window.concepts.length, states.concepts.length)) return true;
      if (window.concepts.length > newest.concepts.length) newest = window;
      return false;
    });
    kept = [newest, ...others].slice(0, windowsKept);
  };

  const extended = async (states: ContextStates, added: readonly ConceptVector[]): Promise<ContextStates> => {
    const past = [contextLayers, contextHeads, states.keys.count, headDim];
    const out = await model.run({
      concepts: floats(normalizer.normalize(added), [added.length, conceptDim]),
      past_keys: floats(states.keys.data, past),
      past_values: floats(states.values.data, past),
    });
    return {
      concepts: [...states.concepts, ...added],
      keys: slices(floatData(out, 'present_keys'), ownOuter),
      values: slices(floatData(out, 'present_values'), ownOuter),
      crossKeys: joinedSlices(states.crossKeys, slices(floatData(out, 'cross_keys'), crossOuter)),
      crossValues: joinedSlices(states.crossValues, slices(floatData(out, 'cross_values'), crossOuter)),
    };
  };

  return {
    async states(concepts, checkpoint) {
      let states = known(concepts);
      while (states.concepts.length < concepts.length) {
        await checkpoint();
        const from = states.concepts.length;
        states = await extended(states, concepts.slice(from, from + maxNewConcepts));
      }
      keep(states);
      return states;
    },
    async release() {
      kept = [];
      await model.release();
    },
  };
}

function truncated(states: ContextStates, length: number): ContextStates {
  return {
    concepts: states.concepts.slice(0, length),
    keys: firstSlices(states.keys, length),
    values: firstSlices(states.values, length),
    crossKeys: firstSlices(states.crossKeys, length),
    crossValues: firstSlices(states.crossValues, length),
  };
}
