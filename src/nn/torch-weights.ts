import { DataError } from "../base/errors.ts";
import type { Shape } from "../base/shape.ts";
import { memberTree } from "./member-tree.ts";
import type { Module } from "./module.ts";
import { torchEntries, type TorchEntry } from "./torch-layout.ts";
import { checkWeights, type Tensor, type Weights } from "./weights.ts";

export interface TorchOptions {
  /** Of one example, channels last: decides in which order flattened features come. */
  readonly inputShape: Shape;
  /** PyTorch's name for one of ours, already in its words: `features.0.weight`; defaults to *the same*. */
  readonly rename?: (name: string) => string;
}

/** Counts steps in PyTorch; without a meaning where a decay is fixed. */
const STEP_COUNT = "num_batches_tracked";

/**
 * Weights under the names and in the layout of PyTorch's `state_dict`: `scale` and `shift` are
 * `weight` and `bias`, running statistics `running_mean` and `running_var`, a dense weight
 * [out, in], a kernel [out, in, KH, KW]. `writeSafetensors` makes a file of it.
 *
 * Errors: DataError if the weights are not the model's, or two get one name.
 */
export function toTorch(model: Module, weights: Weights, options: TorchOptions): Weights {
  const { entries, members } = entriesOf(model, options, "toTorch");
  checkWeights(members, weights, "toTorch");
  return new Map(
    entries.map(({ name, path, torchShape, order }): [string, Tensor] => {
      const { dtype, data } = weights.get(path)!;
      const values = Float32Array.from(order, (from) => data[from]!);
      const counts = name.endsWith(STEP_COUNT);
      return counts
        ? [name, { shape: torchShape, dtype: "i32", data: Int32Array.from(values) }]
        : [name, { shape: torchShape, dtype, data: values }];
    }),
  );
}

/**
 * The weights of a PyTorch `state_dict` (such as `readSafetensors` gives them) as the model's own.
 * Weight and spectral normalization are known by both of their names, `weight_v` and
 * `parametrizations.weight.original1`.
 *
 * Errors: DataError listing names that are missing, unexpected or of another shape; step counts of
 *         normalizations that need none are let pass.
 */
export function fromTorch(model: Module, given: Weights, options: TorchOptions): Weights {
  const { entries } = entriesOf(model, options, "fromTorch");
  const stateDict = new Map([...given].map(([name, tensor]) => [olderName(name), tensor]));
  const names = new Set(entries.map(({ name }) => name));
  const known = [...stateDict].filter(([name]) => names.has(name) || !name.endsWith(STEP_COUNT));
  const floats = new Map(known.map(([name, tensor]) => [name, asFloats(tensor)]));
  const expected = entries.map(({ name, torchShape }) => ({
    path: name,
    slot: { shape: torchShape, dtype: "f32" as const },
  }));
  checkWeights(expected, floats, "fromTorch");
  return new Map(
    entries.map(({ path, name, shape, order }): [string, Tensor] => {
      const from = floats.get(name)!.data;
      const data = new Float32Array(order.length);
      order.forEach((to, i) => (data[to] = from[i]!));
      return [path, { shape, dtype: "f32", data }];
    }),
  );
}

/** What `torch.nn.utils.parametrizations` calls the parts of a weight, and their names before. */
const PARTS: Readonly<Record<string, string>> = {
  original0: "weight_g",
  original1: "weight_v",
  original: "weight_orig",
  "0._u": "weight_u",
  "0._v": "weight_v",
};

function olderName(name: string): string {
  return name.replace(/parametrizations\.weight\.(.+)$/, (all, part: string) => PARTS[part] ?? all);
}

function asFloats(tensor: Tensor): Tensor {
  return tensor.dtype === "f32"
    ? tensor
    : { ...tensor, dtype: "f32", data: Float32Array.from(tensor.data) };
}

function entriesOf(
  model: Module,
  { inputShape, rename = (name) => name }: TorchOptions,
  who: string,
): {
  readonly entries: readonly (TorchEntry & { readonly name: string })[];
  readonly members: ReturnType<typeof memberTree>["members"];
} {
  const tree = memberTree(model);
  const entries = torchEntries(model, tree, inputShape).map((entry) => ({
    ...entry,
    name: rename(entry.torchPath),
  }));
  const names = entries.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return { entries, members: tree.members };
  throw new DataError(`${who}: PyTorch's names must be distinct, got "${twice}" twice`);
}
