import { OptionError, ShapeError } from "../base/errors.ts";
import { showShape, sizeOf } from "../base/shape.ts";
import { add } from "../graph/ops/add.ts";
import { matmul } from "../graph/ops/matmul.ts";
import { reshape } from "../graph/ops/reshape.ts";
import type { Value } from "../graph/value.ts";
import { uniform } from "./initializers.ts";
import { parameter, type Initializer, type Module, type Parameter, type Pass } from "./module.ts";

export interface LinearOptions {
  /** First value of the weight; defaults to *uniform in ±1/√in, as PyTorch's `Linear`*. */
  readonly weight?: Initializer;
  /** First value of the bias, or false for none; defaults to *uniform in ±1/√in*. */
  readonly bias?: Initializer | boolean;
}

export interface Linear extends Module {
  /** [in, out]: the transpose of PyTorch's, and as Keras's kernel. */
  readonly weight: Parameter;
  /** [out]. */
  readonly bias: Parameter | null;
  readonly foldable: true;
}

/**
 * A dense layer: y = x · weight + bias.
 *
 * Shape:  x [N, ...S, in] → y [N, ...S, out]; weight [in, out], bias [out].
 * Errors: OptionError unless both sizes are positive integers; ShapeError if x's last axis is not `in`.
 */
export function linear(
  inFeatures: number,
  outFeatures: number,
  options: LinearOptions = {},
): Linear {
  const label = `linear(${inFeatures}, ${outFeatures})`;
  checkFeatures(inFeatures, label);
  checkFeatures(outFeatures, label);
  const bound = 1 / Math.sqrt(inFeatures);
  const torchLike = uniform({ low: -bound, high: bound });
  const { weight: weightInit = torchLike, bias: biasInit = true } = options;
  const weight = parameter([inFeatures, outFeatures], weightInit);
  const bias =
    biasInit === false ? null : parameter([outFeatures], biasInit === true ? torchLike : biasInit);

  function apply(x: Value, pass: Pass): Value {
    checkInput(x, inFeatures, label);
    const rows = reshape(x, [sizeOf(x.shape) / inFeatures, inFeatures]);
    const product = matmul(rows, pass.read(weight));
    const sum = bias === null ? product : add(product, pass.read(bias));
    return reshape(sum, [...x.shape.slice(0, -1), outFeatures]);
  }
  return Object.freeze({ label, weight, bias, foldable: true, apply });
}

/** A layer's width. */
export function checkFeatures(count: number, label: string): void {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new OptionError(`${label}: sizes must be positive integers, got ${count}`);
  }
}

/** Refuses inputs whose last axis is not `features` wide, or that have no batch axis. */
export function checkInput(x: Value, features: number, label: string): void {
  const found = x.shape.at(-1);
  if (x.shape.length >= 2 && found === features) return;
  const flat = x.shape.length > 2 && sizeOf(x.shape.slice(1)) === features;
  const hint = flat ? `; put flatten() before it` : "";
  throw new ShapeError(
    x.shape.length < 2
      ? `${label}: input must have a batch axis, got ${showShape(x.shape)}`
      : `${label}: input has ${found} features, expected ${features}${hint}`,
  );
}
