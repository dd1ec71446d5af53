/** Tower one: preceding concepts to the states the sampler attends to, one step for each new concept. */
import type { Tensor } from 'onnxruntime-node';
import type { ContextConcept } from '../concepts/contextConcept.ts';
import { commonPrefix } from '../concepts/contextWindow.ts';
import type { Normalizer } from '../lcm/normalizer.ts';
import type { Bundle } from './bundle.ts';
import type { Resident } from './device.ts';
import { floats, openOnnxModel, output, type RunOptions } from './onnxModel.ts';
import { createTensorOps } from './tensorOps.ts';
import type { Checkpoint } from './workQueue.ts';

/** Concepts of one run, so that it lasts no more than about 50 ms on two cores. */
const maxNewConcepts = 64;
/** Windows kept: the cursor's, the one before an edit in the middle, a summary's. Key: the window's exact concepts. */
const windowsKept = 3;

export type KeysAndValues = readonly [keys: Tensor, values: Tensor];

/** What the contextualizer made of a window of concepts; immutable. */
export interface ContextStates {
  readonly concepts: readonly ContextConcept[];
  /** Self-attention keys and values, for the next step: (contextLayers, contextHeads, C, headDim). */
  readonly own: Resident;
  /** Keys and values the denoiser attends to: (denoiserLayers, denoiserHeads, C, headDim). */
  readonly cross: Resident;
}

export interface Contextualizer {
  /**
   * Works with the states of a window of at most contextLength concepts (raw vectors), and of the few that follow the
   * wanted one behind them, which are there until the work is done. What a kept window has in common with this one from
   * the start is not computed again; what follows is not kept, so that the next concept goes on from the window.
   */
  withStates<T>(
    window: readonly ContextConcept[],
    following: readonly ContextConcept[],
    checkpoint: Checkpoint,
    work: (states: ContextStates) => Promise<T>,
  ): Promise<T>;
  release(): Promise<void>;
}

/** Opens the bundle's contextualizer. Throws BundleError if the graph is not what the manifest says. */
export async function openContextualizer(
  bundle: Bundle,
  normalizer: Normalizer,
  options: RunOptions,
): Promise<Contextualizer> {
  const { lcm, conceptDim } = bundle.manifest;
  const { contextLayers, contextHeads, denoiserLayers, denoiserHeads, headDim } = lcm;
  const { device } = options;
  const own = (positions: string) => ['float32', contextLayers, contextHeads, positions, headDim] as const;
  const cross = ['float32', denoiserLayers, denoiserHeads, 'N', headDim] as const;
  const outputs = { present_keys: own('P+N'), present_values: own('P+N'), cross_keys: cross, cross_values: cross };
  const model = await openOnnxModel(bundle.path(lcm.contextualizer), {
    ...options,
    inputs: { concepts: ['float32', 'N', conceptDim], past_keys: own('P'), past_values: own('P') },
    outputs,
    kept: Object.keys(outputs),
  });
  const ops = createTensorOps(device);
  const nothing = (layers: number, heads: number): Resident => {
    const none = () => floats(new Float32Array(0), [layers, heads, 0, headDim]);
    return device.keep([none(), none()]);
  };
  const empty: ContextStates = {
    concepts: [],
    own: nothing(contextLayers, contextHeads),
    cross: nothing(denoiserLayers, denoiserHeads),
  };
  /** Most recently used first. */
  let kept: ContextStates[] = [];

  /** The longest beginning of `concepts` that a kept window has states for; held. */
  const known = async (concepts: readonly ContextConcept[]): Promise<ContextStates> => {
    let best = empty;
    let length = 0;
    for (const window of kept) {
      const common = commonPrefix(window.concepts, concepts);
      if (common > length) [best, length] = [window, common];
    }
    if (length === best.concepts.length) return held(best);
    const whole = held(best);
    try {
      const ownFirst = await ops.first(whole.own.tensors, length);
      const crossFirst = await ops.first(whole.cross.tensors, length);
      return { concepts: best.concepts.slice(0, length), own: ownFirst, cross: crossFirst };
    } finally {
      letGo(whole);
    }
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
    const before = kept;
    kept = [newest, ...others].slice(0, windowsKept).map(held);
    before.forEach(letGo);
  };

  const extended = async (states: ContextStates, added: readonly ContextConcept[]): Promise<ContextStates> => {
    const [pastKeys, pastValues] = states.own.tensors as KeysAndValues;
    const out = await model.run({
      concepts: floats(normalizer.normalize(added), [added.length, conceptDim]),
      past_keys: pastKeys,
      past_values: pastValues,
    });
    const pair = (name: string) => [output(out, `${name}_keys`), output(out, `${name}_values`)];
    const addedCross = device.keep(pair('cross'));
    const joined = await joinedTo(states.cross, addedCross);
    return { concepts: [...states.concepts, ...added], own: device.keep(pair('present')), cross: joined };
  };

  const joinedTo = async (before: Resident, added: Resident): Promise<Resident> => {
    if (before === empty.cross) return added;
    try {
      return await ops.joined(before.tensors, added.tensors);
    } finally {
      added.letGo();
    }
  };

  return {
    async withStates(window, following, checkpoint, work) {
      let states = await known(window);
      const extend = async (added: readonly ContextConcept[]): Promise<void> => {
        await checkpoint();
        const longer = await extended(states, added);
        letGo(states);
        states = longer;
      };
      try {
        while (states.concepts.length < window.length) {
          const from = states.concepts.length;
          await extend(window.slice(from, from + maxNewConcepts));
        }
        keep(states);
        if (following.length > 0) await extend(following);
        return await work(states);
      } finally {
        letGo(states);
      }
    },
    async release() {
      [...kept, empty].forEach(letGo);
      kept = [];
      await Promise.all([model.release(), ops.release()]);
    },
  };
}

function held(states: ContextStates): ContextStates {
  states.own.hold();
  states.cross.hold();
  return states;
}

function letGo({ own, cross }: ContextStates): void {
  own.letGo();
  cross.letGo();
}
