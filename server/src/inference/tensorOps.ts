/** What is done to kept tensors between two runs, where they lie: rows chosen, beginnings taken, one put behind another. */
import type { Tensor } from 'onnxruntime-node';
import type { Device, Resident } from './device.ts';
import { integers, type OnnxModel, openOnnxModel, output, type Signature, type Tensors } from './onnxModel.ts';
import { type Operator, operatorGraph } from './operatorGraph.ts';

export interface TensorOps {
  /** For each tensor the rows of an axis, in this order; a row may come more than once. */
  rows(tensors: readonly Tensor[], rows: readonly number[], axis: 0 | 1): Promise<Resident>;
  /** For each tensor the first `length` slices of its axis 2. */
  first(tensors: readonly Tensor[], length: number): Promise<Resident>;
  /** For each tensor of `a` its slices of axis 2, then those of its counterpart in `b`. */
  joined(a: readonly Tensor[], b: readonly Tensor[]): Promise<Resident>;
  /** Copies that lie where the graphs run. */
  copies(tensors: readonly Tensor[]): Promise<Resident>;
  release(): Promise<void>;
}

/** Opens its graphs when they are first wanted, one for each operation and number of tensors. */
export function createTensorOps(device: Device): TensorOps {
  const models = new Map<string, Promise<OnnxModel>>();

  const open = (operator: Operator, ranks: readonly number[], scalars: readonly string[]): Promise<OnnxModel> => {
    const key = [operator.type, operator.axis, ...ranks].join();
    let model = models.get(key);
    if (!model) {
      const float = (name: string, rank: number) =>
        [name, ['float32', ...Array.from({ length: rank }, (_, axis) => `${name}.${axis}`)]] as const;
      const both = operator.type === 'Concat' ? ['a', 'b'] : ['a'];
      const inputs: Signature = {
        ...Object.fromEntries(ranks.flatMap((rank, i) => both.map((side) => float(`${side}${i}`, rank)))),
        ...Object.fromEntries(scalars.map((name) => [name, ['int64', `${name}.0`] as const])),
      };
      const outputs: Signature = Object.fromEntries(ranks.map((rank, i) => float(`out${i}`, rank)));
      const nodes = ranks.map((_, i) => ({
        ...operator,
        inputs: [...both.map((side) => `${side}${i}`), ...scalars],
        output: `out${i}`,
      }));
      model = openOnnxModel(
        { name: operator.type, bytes: operatorGraph(nodes, inputs, outputs) },
        { device, inputs, outputs, kept: Object.keys(outputs) },
      );
      models.set(key, model);
    }
    return model;
  };

  const apply = async (
    operator: Operator,
    sides: Readonly<Record<string, readonly Tensor[]>>,
    scalars: Tensors = {},
  ): Promise<Resident> => {
    const tensors = sides.a ?? [];
    const model = await open(
      operator,
      tensors.map(({ dims }) => dims.length),
      Object.keys(scalars),
    );
    const feeds = Object.fromEntries(
      Object.entries(sides).flatMap(([side, all]) => all.map((tensor, i) => [`${side}${i}`, tensor])),
    );
    const out = await model.run({ ...feeds, ...scalars });
    return device.keep(tensors.map((_, i) => output(out, `out${i}`)));
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
    copies: (tensors) => apply({ type: 'Identity' }, { a: tensors }),
    async release() {
      await Promise.all([...models.values()].map(async (model) => (await model).release()));
    },
  };
}
