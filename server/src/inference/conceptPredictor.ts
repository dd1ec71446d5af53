/** The LCM at work, whichever of the paper's: plans for the next concept, what was expected of each, a summary's concepts. */
import type { ConceptVector } from '../concepts/conceptVector.ts';
import { atGap, type ContextConcept, summaryRole } from '../concepts/contextConcept.ts';
import { evenlySpread, windowStart } from '../concepts/contextWindow.ts';
import type { PredictRequest, SamplerSettings, SummaryPlanRequest } from '../concepts/engine.ts';
import { cosine } from '../concepts/similarity.ts';
import { createNormalizer } from '../lcm/normalizer.ts';
import { coefficientsPerStep, gaussianStream, planSteps } from '../lcm/sampler.ts';
import type { Bundle } from './bundle.ts';
import { type ContextStates, type KeysAndValues, openContextualizer } from './contextualizer.ts';
import { floatData, floats, integers, openOnnxModel, type RunOptions } from './onnxModel.ts';
import type { Checkpoint } from './workQueue.ts';

/** Plans of one run of the sampler, whose whole loop is in the graph. */
const maxPlansPerRun = 16;
/** A summary's concept closer than this to an earlier one says it again. */
const repetitionCosine = 0.9;
/** Draws in a row that only repeat, or stop before what is wanted, after which the summary ends. */
const maxRepetitions = 3;

export interface ConceptPredictor {
  predictNext(request: PredictRequest, checkpoint: Checkpoint): Promise<ConceptVector[]>;
  expected(concepts: readonly ContextConcept[], checkpoint: Checkpoint): Promise<ConceptVector[]>;
  planSummary(request: SummaryPlanRequest, checkpoint: Checkpoint): Promise<ConceptVector[]>;
  release(): Promise<void>;
}

/** Opens the bundle's LCM. Throws BundleError if a graph is not what the manifest says. */
export async function openConceptPredictor(bundle: Bundle, options: RunOptions): Promise<ConceptPredictor> {
  const { encoder, lcm, conceptDim, normalizer: space } = bundle.manifest;
  const normalizer = createNormalizer(space.center, space.scale, encoder.unitLength, lcm.roles);
  const stop = Float32Array.from(lcm.summary.stop);
  const isStop = (concept: ConceptVector): boolean => cosine(concept, stop) > lcm.summary.stopThreshold;
  const cross = ['float32', lcm.denoiserLayers, lcm.denoiserHeads, 'C', lcm.headDim] as const;
  const sampler = await openOnnxModel(bundle.path(lcm.sampler), {
    ...options,
    inputs: {
      cross_keys: cross,
      cross_values: cross,
      noise: ['float32', 'n', conceptDim],
      step_noise: ['float32', 'S', 'n', conceptDim],
      timesteps: ['int64', 'S'],
      coefficients: ['float32', 'S', coefficientsPerStep],
      guidance_scale: ['float32', 1],
      guidance_rescale: ['float32', 1],
    },
    outputs: { plans: ['float32', 'n', conceptDim] },
  });
  const expectation = await openOnnxModel(bundle.path(lcm.expectation), {
    ...options,
    inputs: { concepts: ['float32', 'N', conceptDim] },
    outputs: { expected: ['float32', 'N', conceptDim] },
  });
  const contextualizer = await openContextualizer(bundle, normalizer, options);

  /** Plans `first` to `first + count - 1` of a seed: a plan does not depend on how many are drawn beside it. */
  const sample = async (
    context: ContextStates,
    { seed, first, count }: { readonly seed: number; readonly first: number; readonly count: number },
    settings: SamplerSettings,
  ): Promise<ConceptVector[]> => {
    const { steps, eta } = settings;
    const { timesteps, coefficients } = planSteps(lcm.alphasCumprod, steps, eta);
    const noise = new Float32Array(count * conceptDim);
    const stepNoise = new Float32Array(steps * count * conceptDim); // (S, n, D)
    for (let row = 0; row < count; row++) {
      const next = gaussianStream(seed, first + row);
      for (let d = 0; d < conceptDim; d++) noise[row * conceptDim + d] = settings.initialNoiseScale * next();
      if (eta === 0) continue;
      for (let step = 0; step < steps; step++) {
        for (let d = 0; d < conceptDim; d++) stepNoise[(step * count + row) * conceptDim + d] = next();
      }
    }
    const [crossKeys, crossValues] = context.cross.tensors as KeysAndValues;
    const out = await sampler.run({
      cross_keys: crossKeys,
      cross_values: crossValues,
      noise: floats(noise, [count, conceptDim]),
      step_noise: floats(stepNoise, [steps, count, conceptDim]),
      timesteps: integers(timesteps, [steps]),
      coefficients: floats(coefficients, [steps, coefficientsPerStep]),
      guidance_scale: floats(Float32Array.of(settings.guidanceScale), [1]),
      guidance_rescale: floats(Float32Array.of(settings.guidanceRescale), [1]),
    });
    return normalizer.denormalize(floatData(out, 'plans')); // (n, D)
  };

  return {
    async predictNext({ context, count, seed, sampler: wanted }, checkpoint) {
      const settings = samplerSettings(lcm.defaults, wanted, lcm.alphasCumprod);
      const { before, following } = atGap(context);
      const window = before.slice(windowStart(before.length, lcm.contextLength));
      // Of running text the LCM has not learned to say that it ends: there a plan near the stop is a plan.
      const mayEnd = window.some(({ role }) => role === 'note');
      return contextualizer.withStates(window, following, checkpoint, async (states) => {
        const plans: ConceptVector[] = [];
        while (plans.length < count) {
          await checkpoint();
          const batch = Math.min(maxPlansPerRun, count - plans.length);
          plans.push(...(await sample(states, { seed, first: plans.length, count: batch }, settings)));
        }
        return mayEnd ? plans.filter((plan) => !isStop(plan)) : plans;
      });
    },

    async expected(concepts, checkpoint) {
      const length = lcm.contextLength;
      const expected: ConceptVector[] = [];
      // Windows overlap by half: each row is taken from the first window that holds it, with the context it has there.
      while (expected.length < concepts.length) {
        await checkpoint();
        const start = windowStart(Math.min(concepts.length, expected.length + Math.floor(length / 2)), length);
        const window = concepts.slice(start, start + length);
        const out = await expectation.run({
          concepts: floats(normalizer.normalize(window), [window.length, conceptDim]),
        });
        const rows = floatData(out, 'expected').subarray((expected.length - start) * conceptDim);
        expected.push(...normalizer.denormalize(rows));
      }
      return expected;
    },

    async planSummary({ source, maxLength, wantedLength, seed, sampler: wanted }, checkpoint) {
      const settings = samplerSettings(lcm.defaults, wanted, lcm.alphasCumprod);
      const length = Math.min(maxLength, Math.floor(lcm.contextLength / 2));
      // A long source is thinned evenly: its end counts as much as its beginning.
      const room = lcm.contextLength - length - 1;
      const window: ContextConcept[] = evenlySpread(source.length, room).map((i) => ({
        vector: source[i] as ConceptVector,
      }));
      const separator = Float32Array.from(lcm.summary.separator);
      window.push({ vector: separator, ...(wantedLength !== undefined && { role: summaryRole(wantedLength) }) });
      const summary: ConceptVector[] = [];
      let repetitions = 0;
      const end = Math.min(length, wantedLength ?? length);
      for (let draw = 0; summary.length < end && repetitions < maxRepetitions; draw++) {
        const sequence = [...window, ...summary.map((vector) => ({ vector }))];
        const [concept] = await contextualizer.withStates(sequence, [], checkpoint, async (states) => {
          await checkpoint();
          return sample(states, { seed, first: draw, count: 1 }, settings);
        });
        const stops = !concept || isStop(concept);
        if (stops && wantedLength === undefined) break;
        if (stops || summary.some((earlier) => cosine(earlier, concept) > repetitionCosine)) {
          repetitions++;
        } else {
          summary.push(concept);
          repetitions = 0;
        }
      }
      return summary;
    },

    async release() {
      await Promise.all([sampler.release(), expectation.release(), contextualizer.release()]);
    },
  };
}

/** The defaults with what the request sets; a request's `undefined` sets nothing. Throws RangeError, before any work. */
function samplerSettings(
  defaults: SamplerSettings,
  wanted: Partial<SamplerSettings> | undefined,
  alphasCumprod: ArrayLike<number>,
): SamplerSettings {
  const set = Object.entries(wanted ?? {}).filter(([, value]) => value !== undefined);
  const settings: SamplerSettings = { ...defaults, ...Object.fromEntries(set) };
  planSteps(alphasCumprod, settings.steps, settings.eta);
  for (const name of ['guidanceScale', 'initialNoiseScale'] as const) {
    const value = settings[name];
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`${name} is ${value}, expected a number >= 0`);
    }
  }
  const { guidanceRescale } = settings;
  if (!(guidanceRescale >= 0 && guidanceRescale <= 1)) {
    throw new RangeError(`guidanceRescale is ${guidanceRescale}, expected a number from 0 to 1`);
  }
  return settings;
}
