/** Where a writer wants the ideas to go: what moves the plans there, and what tells which of them went. */
import { type CancellationToken, throwIfCancelled } from '../../base/cancellation.ts';
import { type ConceptVector, lengthOf, mixed, normalized } from '../../concepts/conceptVector.ts';
import type { ConceptEngine } from '../../concepts/engine.ts';
import { centroid, cosine } from '../../concepts/similarity.ts';
import { asNext, type Scene } from './scene.ts';

export interface Steering {
  /** A phrase or sentence whose meaning the ideas are led towards; '' lets them go where the text goes. */
  readonly towards: string;
  /** Ideas of which the writer wants more, and those away from which the others are led. */
  readonly like: readonly string[];
  readonly unlike: readonly string[];
  /** The ideas lead over to the sentence that follows the place. */
  readonly gap: boolean;
}

export const unsteered: Steering = { towards: '', like: [], unlike: [], gap: false };

/** A steering whose texts are concepts. */
export interface Steer {
  /** The plans, moved; each keeps its length. */
  lead(plans: readonly ConceptVector[]): readonly ConceptVector[];
  /** How far each of these plans or wordings is where it should go, in about [-1, 1]; all 0 without a steering. */
  pulls(vectors: readonly ConceptVector[], token: CancellationToken): Promise<readonly number[]>;
  /** Ideas that the writer has seen and said something about: not shown once more. */
  readonly seen: readonly ConceptVector[];
}

/** How much of an idea that is led somewhere is the goal; the rest is what the text makes likely. */
const goalWeight = 0.5;
/** How much is taken from a plan of what an unwanted idea has beyond what all plans share; 1 leaves nothing of it. */
const aversion = 1.5;
/** Concepts before the place that the LCM reads to say what it expects behind a plan: far ones move that little. */
const decisiveContext = 12;

export async function steerBy(
  engine: ConceptEngine,
  { towards, like, unlike, gap }: Steering,
  scene: Scene,
  token: CancellationToken,
): Promise<Steer> {
  const goals = [...(towards === '' ? [] : [towards]), ...like];
  const vectors = goals.length + unlike.length > 0 ? await engine.encode([...goals, ...unlike], token) : [];
  throwIfCancelled(token);
  const goal = direction(vectors.slice(0, goals.length));
  const unwanted = vectors.slice(goals.length);
  const following = gap ? scene.following : undefined;

  const leadOver = async (vector: ConceptVector, next: ConceptVector, at: CancellationToken): Promise<number> => {
    const sequence = [...scene.context.slice(-decisiveContext), asNext(scene, vector), { vector: next }];
    const expected = await engine.expected(sequence, at);
    throwIfCancelled(at);
    return (cosine(vector, next) + cosine(expected.at(-1) as ConceptVector, next)) / 2;
  };
  return {
    seen: vectors.slice(goals.length - like.length),
    lead(plans) {
      const shared = direction(plans);
      if (!shared || (!goal && unwanted.length === 0)) return plans;
      return plans.map((plan) => {
        const own = normalized(plan);
        const drawn = goal ? normalized(mixed(own, goal, goalWeight)) : own;
        const moved = unwanted.reduce((each, other) => without(each, other, shared), drawn);
        const length = lengthOf(plan);
        return moved.map((x) => x * length);
      });
    },
    async pulls(vectors, at) {
      const pulls: number[] = [];
      for (const vector of vectors) {
        const drawn = goal ? cosine(vector, goal) : 0;
        const repelled = Math.max(0, ...unwanted.map((each) => cosine(vector, each)));
        pulls.push(drawn - repelled + (following ? await leadOver(vector, following, at) : 0));
      }
      return pulls;
    },
  };
}

/** Unit vector to the middle of these; `undefined` of none. */
function direction(vectors: readonly ConceptVector[]): ConceptVector | undefined {
  const middle = centroid(vectors);
  return middle && normalized(middle);
}

/** The plan with less of what tells the unwanted idea from what all plans have in common; unit vectors all. */
function without(plan: ConceptVector, unwanted: ConceptVector, shared: ConceptVector): ConceptVector {
  const common = cosine(unwanted, shared);
  const own = normalized(unwanted.map((x, i) => x - common * (shared[i] as number)));
  const share = cosine(plan, own);
  return share <= 0 ? plan : normalized(plan.map((x, i) => x - aversion * share * (own[i] as number)));
}
