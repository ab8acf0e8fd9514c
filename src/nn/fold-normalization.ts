import type { Value } from "../graph/value.ts";
import { add } from "../graph/ops/add.ts";
import { mul } from "../graph/ops/mul.ts";
import { zeros } from "./initializers.ts";
import { linear } from "./linear.ts";
import { memberTree } from "./member-tree.ts";
import {
  parameter,
  type ChannelAffine,
  type Member,
  type Module,
  type Parameter,
  type Pass,
  type WeightedModule,
} from "./module.ts";
import { parallel, type Parallel } from "./parallel.ts";
import { residual, type Residual } from "./residual.ts";
import { layersOf, sequential } from "./sequential.ts";
import type { StochasticDepth } from "./stochastic-depth.ts";
import { checkWeights, type Tensor, type Weights } from "./weights.ts";

export interface Folded {
  readonly model: Module;
  readonly weights: Weights;
}

/** The numbers of the old model's members, and of those made on the way. */
interface Folding {
  readonly values: Map<Member, Tensor>;
  valueOf(this: void, member: Member): Float32Array;
}

/**
 * The network of phase `eval`, made simpler: normalization by stored statistics goes into weight
 * and bias of the dense layer or convolution right before it, dropout disappears, weights that are
 * computed from others (`weightNorm`, `spectralNorm`, `weightStandardization`) are computed once.
 *
 * Looks into `sequential`, `residual`, `parallel` and `stochasticDepth`; other modules with layers
 * inside stay as they are. Normalization that no weight precedes stays too, as does one that uses
 * the batch's or the example's own statistics.
 *
 * Numerics: computed in float64, rounded once: outputs agree to a few f32 roundings.
 * Errors:   DataError if the weights are not the model's.
 * Source:   Ioffe & Szegedy 2015, arXiv:1502.03167, Algorithm 2, step 11.
 */
export function foldNormalization(model: Module, weights: Weights): Folded {
  const { members } = memberTree(model);
  checkWeights(members, weights, "foldNormalization");
  const values = new Map<Member, Tensor>(
    members.map(({ member, path }) => [member, weights.get(path)!]),
  );
  const valueOf = (member: Member): Float32Array => values.get(member)!.data as Float32Array;
  const folded = joined(simplify(model, { values, valueOf }));
  const kept = memberTree(folded).members;
  return {
    model: folded,
    weights: new Map(kept.map(({ path, member }) => [path, values.get(member)!])),
  };
}

function joined(layers: readonly Module[]): Module {
  return layers.length === 1 ? layers[0]! : sequential(...layers);
}

/** The layers that a module comes to: none for dropout, several for a sequential. */
function simplify(module: Module, folding: Folding): Module[] {
  const layers = layersOf(module);
  if (layers !== null) {
    return layers
      .flatMap((layer) => simplify(layer, folding))
      .reduce<Module[]>((done, layer) => append(done, layer, folding), []);
  }
  if (isWeighted(module)) return [plainWeight(module, folding)];
  const inside = (part: Module): Module => joined(simplify(part, folding));
  if (isStochasticDepth(module)) {
    const scaled = module.atTest === 1 ? [] : [scaling(module.atTest)];
    const branch = simplify(sequential(module.branch, ...scaled), folding);
    return [residual(joined(branch))];
  }
  if (isResidual(module)) {
    const shortcut = module.shortcut && inside(module.shortcut);
    return [residual(inside(module.branch), shortcut === null ? {} : { shortcut })];
  }
  if (isParallel(module)) return [parallel(module.branches.map(inside), module.join)];
  return append([], module, folding);
}

/** Puts a layer behind others, into the last of them if that is possible. */
function append(done: Module[], layer: Module, folding: Folding): Module[] {
  const test = layer.testAffine?.(folding.valueOf) ?? null;
  if (test === null) return [...done, layer];
  if (test.factor === 1 && test.offset === 0) return done;
  const before = done.at(-1);
  if (before === undefined || !isWeighted(before) || before.foldable !== true) {
    return [...done, layer];
  }
  return [...done.slice(0, -1), absorb(before, test, folding)];
}

/** The layer with factor · weight and factor · bias + offset. */
function absorb(layer: WeightedModule, test: ChannelAffine, folding: Folding): WeightedModule {
  const { factor, offset } = test;
  const at = (numbers: number | Float64Array, channel: number): number =>
    typeof numbers === "number" ? numbers : numbers[channel]!;
  const width = layer.weight.shape.at(-1)!;
  const weight = Float64Array.from(
    folding.valueOf(layer.weight),
    (value, i) => value * at(factor, i % width),
  );
  const old = layer.bias === null ? null : folding.valueOf(layer.bias);
  const bias = Float64Array.from({ length: width }, (_, channel) => {
    return (old?.[channel] ?? 0) * at(factor, channel) + at(offset, channel);
  });
  return rebuilt(layer, { weight, bias }, folding);
}

/** The innermost layer with the weight that its wrappers make of it at test. */
function plainWeight(module: WeightedModule, folding: Folding): WeightedModule {
  if (module.testWeight === undefined) return module;
  let current: WeightedModule & { readonly inner?: WeightedModule } = module;
  let weight: ArrayLike<number> = folding.valueOf(module.weight);
  while (current.testWeight !== undefined && current.inner !== undefined) {
    const known = weight;
    const made = current.weight;
    weight = current.testWeight((member) => (member === made ? known : folding.valueOf(member)));
    current = current.inner;
  }
  const bias = current.bias === null ? null : Float64Array.from(folding.valueOf(current.bias));
  return rebuilt(current, { weight: Float64Array.from(weight), bias }, folding);
}

interface NewWeights {
  readonly weight: Float64Array;
  readonly bias: Float64Array | null;
}

/** The same layer with parameters of its own: another layer may share the old ones. */
function rebuilt(layer: WeightedModule, data: NewWeights, { values }: Folding): WeightedModule {
  const keep = (member: Parameter, numbers: Float64Array): void => {
    const tensor = { shape: member.shape, dtype: "f32", data: Float32Array.from(numbers) } as const;
    values.set(member, tensor);
  };
  const [inFeatures = 0, outFeatures = 0] = layer.weight.shape;
  const dense = layer.label === `linear(${inFeatures}, ${outFeatures})`;
  const copy = dense
    ? linear(inFeatures, outFeatures, { bias: data.bias !== null })
    : withOwnWeights(layer, data.bias !== null);
  keep(copy.weight, data.weight);
  if (copy.bias !== null) keep(copy.bias, data.bias!);
  return copy;
}

/** Any foldable layer, reading parameters of its own instead. */
function withOwnWeights(layer: WeightedModule, wantBias: boolean): WeightedModule {
  const weight = parameter(layer.weight.shape, zeros);
  const bias = wantBias ? parameter([layer.weight.shape.at(-1)!], zeros) : null;

  function apply(x: Value, pass: Pass): Value {
    const instead = new Map([[layer.weight, pass.read(weight)]]);
    if (layer.bias !== null) instead.set(layer.bias, pass.read(bias!));
    const y = pass.apply(layer, x, instead);
    return layer.bias === null && bias !== null ? add(y, pass.read(bias)) : y;
  }
  const { label, foldable } = layer;
  return Object.freeze({ label, weight, bias, ...(foldable && { foldable }), apply });
}

function scaling(factor: number): Module {
  return Object.freeze({
    label: `scaling(${factor})`,
    apply: (x: Value) => mul(x, factor),
    testAffine: () => ({ factor, offset: 0 }),
  } satisfies Module);
}

function isWeighted(module: Module): module is WeightedModule {
  return "weight" in module && "bias" in module && ("foldable" in module || "testWeight" in module);
}

function isResidual(module: Module): module is Residual {
  return module.label === "residual" && "branch" in module && "shortcut" in module;
}

function isStochasticDepth(module: Module): module is StochasticDepth {
  return module.label.startsWith("stochasticDepth(") && "branch" in module && "atTest" in module;
}

function isParallel(module: Module): module is Parallel {
  return module.label.startsWith("parallel(") && "branches" in module && "join" in module;
}
