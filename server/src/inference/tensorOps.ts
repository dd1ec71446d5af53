/** What is done to kept tensors between two runs, where they lie: rows chosen, beginnings taken, one put behind another. */
import type { Tensor } from 'onnxruntime-node';
import type { Device, Resident } from './device.ts';
import { integers, type OnnxModel, openOnnxModel, output, type Signature, type Tensors } from './onnxModel.ts';
import { type Node, type Operator, operatorGraph } from './operatorGraph.ts';

export interface TensorOps {
  /** For each tensor the rows of an axis, in this order; a row may come more than once. */
  rows(tensors: readonly Tensor[], rows: readonly number[], axis: 0 | 1): Promise<Resident>;
  /** For each tensor the first `length` slices of its axis 2. */
  first(tensors: readonly Tensor[], length: number): Promise<Resident>;
  /** For each tensor of `a` its slices of axis 2, then those of its counterpart in `b`. */
  joined(a: readonly Tensor[], b: readonly Tensor[]): Promise<Resident>;
  /** Each tensor, then its part of `added`, whose axis 2 holds one part for each: longer on axis 0. */
  grown(tensors: readonly Tensor[], added: Tensor): Promise<Resident>;
  /** Copies that lie where the graphs run. */
  copies(tensors: readonly Tensor[]): Promise<Resident>;
  release(): Promise<void>;
}

/** Opens its graphs when they are first wanted, one for each operation and number of tensors. */
export function createTensorOps(device: Device): TensorOps {
  const models = new Map<string, Promise<OnnxModel>>();

  /** Runs a graph of these nodes, opened once for each key; gives its outputs `out0`, `out1`, … */
  const run = async (
    key: string,
    graph: () => { readonly nodes: readonly Node[]; readonly inputs: Signature; readonly outputs: Signature },
    feeds: Tensors,
    count: number,
  ): Promise<Resident> => {
    let model = models.get(key);
    if (!model) {
      const { nodes, inputs, outputs } = graph();
      const bytes = operatorGraph(nodes, inputs, outputs);
      model = openOnnxModel({ name: key, bytes }, { device, inputs, outputs, kept: Object.keys(outputs) });
      models.set(key, model);
    }
    const out = await (await model).run(feeds);
    return device.keep(Array.from({ length: count }, (_, i) => output(out, `out${i}`)));
  };

  /** One node for each tensor of side `a`; `scalars` are inputs of all, in the operator's order. */
  const apply = (
    operator: Operator,
    sides: Readonly<Record<string, readonly Tensor[]>>,
    scalars: Tensors = {},
  ): Promise<Resident> => {
    const all = Object.entries(sides);
    const ranks = (sides.a ?? []).map(({ dims }) => dims.length);
    const graph = () => ({
      nodes: ranks.map((_, i) => ({
        ...operator,
        inputs: [...all.map(([side]) => `${side}${i}`), ...Object.keys(scalars)],
        outputs: [`out${i}`],
      })),
      inputs: {
        ...signature(all.flatMap(([side]) => ranks.map((rank, i) => [`${side}${i}`, rank] as const))),
        ...Object.fromEntries(Object.keys(scalars).map((name) => [name, ['int64', `${name}.0`] as const])),
      },
      outputs: signature(ranks.map((rank, i) => [`out${i}`, rank])),
    });
    const feeds = Object.fromEntries(
      all.flatMap(([side, tensors]) => tensors.map((tensor, i) => [`${side}${i}`, tensor])),
    );
    return run([operator.type, operator.axis, ...ranks].join(), graph, { ...feeds, ...scalars }, ranks.length);
  };

  return {
    rows: (tensors, rows, axis) =>
      apply({ type: 'Gather', axis }, { a: tensors }, { rows: integers(rows, [rows.length]) }),
    first(tensors, length) {
      const one = (value: number) => integers([value], [1]);
      // In the order of the operator's inputs.
      return apply({ type: 'Slice' }, { a: tensors }, { starts: one(0), ends: one(length), axes: one(2) });
    },
    joined: (a, b) => apply({ type: 'Concat', axis: 2 }, { a, b }),
    grown(tensors, added) {
      const rank = added.dims.length;
      const inputs = Object.fromEntries(tensors.map((tensor, i) => [`a${i}`, tensor]));
      const graph = () => ({
        nodes: [
          { type: 'Split', axis: 2, inputs: ['added'], outputs: tensors.map((_, i) => `part${i}`) },
          ...tensors.map((_, i) => ({
            type: 'Concat',
            axis: 0,
            inputs: [`a${i}`, `part${i}`],
            outputs: [`out${i}`],
          })),
        ],
        inputs: signature([...Object.keys(inputs), 'added'].map((name) => [name, rank])),
        outputs: signature(tensors.map((_, i) => [`out${i}`, rank])),
      });
      return run(['grown', rank, tensors.length].join(), graph, { ...inputs, added }, tensors.length);
    },
    copies: (tensors) => apply({ type: 'Identity' }, { a: tensors }),
    async release() {
      await Promise.all([...models.values()].map(async (model) => (await model).release()));
    },
  };
}

/** Float tensors of these ranks, whatever their sizes. */
function signature(tensors: readonly (readonly [name: string, rank: number])[]): Signature {
  return Object.fromEntries(
    tensors.map(([name, rank]) => [name, ['float32', ...Array.from({ length: rank }, (_, axis) => `${name}.${axis}`)]]),
  );
}
