import { mul } from "../graph/ops/mul.ts";
import { rsqrt } from "../graph/ops/rsqrt.ts";
import { square } from "../graph/ops/square.ts";
import { sum } from "../graph/ops/sum.ts";
import type { Value } from "../graph/value.ts";
import { ones } from "./initializers.ts";
import {
  parameter,
  type Member,
  type Parameter,
  type Pass,
  type WeightedModule,
} from "./module.ts";

export interface WeightNorm extends WeightedModule {
  readonly inner: WeightedModule;
  /** The lengths g of the weight vectors, [out]. */
  readonly gain: Parameter;
}

/**
 * Weight normalization: the inner layer with w = gain · v / ‖v‖ in place of its weight v, one
 * length per output.
 *
 * Shape:  the inner layer's; v [..., in, out], gain [out].
 * Train:  as eval. The gradient for v is orthogonal to v.
 * First:  gain 1; `initializeFromData` sets gain and bias so that pre-activations have mean 0 and
 *         variance 1 on a batch.
 * Source: Salimans & Kingma 2016, arXiv:1602.07868, equations 2 and 3.
 */
export function weightNorm(inner: WeightedModule): WeightNorm {
  const { weight, bias } = inner;
  const gain = parameter([weight.shape.at(-1)!], ones);

  function apply(x: Value, pass: Pass): Value {
    const v = pass.read(weight);
    const axes = v.shape.slice(0, -1).map((_, axis) => axis);
    const direction = mul(v, rsqrt(sum(square(v), axes)));
    const w = mul(direction, pass.read(gain));
    return pass.apply(inner, x, new Map([[weight, w]]));
  }

  function testWeight(valueOf: (member: Member) => ArrayLike<number>): Float64Array {
    const v = Float64Array.from(valueOf(weight));
    const gains = valueOf(gain);
    const squares = new Float64Array(gains.length);
    v.forEach((value, i) => (squares[i % gains.length]! += value ** 2));
    return v.map((value, i) => {
      const output = i % gains.length;
      return (value * gains[output]!) / Math.sqrt(squares[output]!);
    });
  }
  const label = `weightNorm(${inner.label})`;
  return Object.freeze({ label, weight, bias, gain, inner, apply, testWeight });
}

/** Is it a module made by `weightNorm`? */
export function isWeightNorm(module: object): module is WeightNorm {
  return "gain" in module && "inner" in module && "weight" in module;
}
