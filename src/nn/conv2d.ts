import { OptionError, ShapeError } from "../base/errors.ts";
import { showShape } from "../base/shape.ts";
import { add } from "../graph/ops/add.ts";
import { conv2d as convolve, type Conv2dAttrs } from "../graph/ops/conv2d.ts";
import type { Pair } from "../graph/ops/windows.ts";
import type { Value } from "../graph/value.ts";
import { uniform } from "./initializers.ts";
import { checkFeatures } from "./linear.ts";
import { parameter, type Initializer, type Module, type Parameter, type Pass } from "./module.ts";

/** One number for both sides, or [height, width]. */
export type Size2d = number | readonly [number, number];

/**
 * `"same"`: as many rows and columns out as in, divided by the stride and rounded up; an odd zero
 * goes below and to the right. `"valid"`: none. A number: that many zeros on every side.
 */
export type Padding2d = Size2d | "same" | "valid";

export interface Conv2dOptions {
  /** Defaults to *1*. */
  readonly stride?: Size2d;
  /** Defaults to *"valid"*. */
  readonly padding?: Padding2d;
  /** Steps between the cells of the kernel. Defaults to *1*. */
  readonly dilation?: Size2d;
  /** Channels are split into that many groups; as many as channels makes it depthwise. Defaults to *1*. */
  readonly groups?: number;
  /** First value of the weight; defaults to *uniform in ±1/√fan-in, as PyTorch's `Conv2d`*. */
  readonly weight?: Initializer;
  /** First value of the bias, or false for none; defaults to *uniform in ±1/√fan-in*. */
  readonly bias?: Initializer | boolean;
}

export interface Conv2d extends Module {
  /** [KH, KW, in / groups, out], as Keras; PyTorch has [out, in / groups, KH, KW]. */
  readonly weight: Parameter;
  /** [out]. */
  readonly bias: Parameter | null;
  readonly foldable: true;
}

/**
 * Convolution (cross-correlation) over the two axes between batch and channels.
 *
 * Shape:  x [N, H, W, in] → y [N, OH, OW, out]; weight [KH, KW, in / groups, out], bias [out];
 *         OH = ⌊(H + padding − (KH − 1) · dilation − 1) / stride⌋ + 1.
 * Errors: OptionError for sizes that are not positive integers, negative padding, or groups that do
 *         not divide both widths; ShapeError if x is not [N, H, W, in] or a kernel does not fit.
 */
export function conv2d(
  inChannels: number,
  outChannels: number,
  kernel: Size2d,
  options: Conv2dOptions = {},
): Conv2d {
  const label = `conv2d(${inChannels}, ${outChannels}, ${String(kernel)})`;
  checkFeatures(inChannels, label);
  checkFeatures(outChannels, label);
  const { groups = 1, padding = "valid", bias: biasInit = true } = options;
  if (!Number.isSafeInteger(groups) || groups < 1 || inChannels % groups || outChannels % groups) {
    throw new OptionError(
      `${label}: groups must divide ${inChannels} and ${outChannels}, got ${groups}`,
    );
  }
  const size = pairOf(kernel, 1, `${label}: kernel`);
  const stride = pairOf(options.stride ?? 1, 1, `${label}: stride`);
  const dilation = pairOf(options.dilation ?? 1, 1, `${label}: dilation`);
  if (typeof padding !== "string") pairOf(padding, 0, `${label}: padding`);
  const bound = 1 / Math.sqrt((size[0] * size[1] * inChannels) / groups);
  const torchLike = uniform({ low: -bound, high: bound });
  const weight = parameter(
    [...size, inChannels / groups, outChannels],
    options.weight ?? torchLike,
  );
  const bias =
    biasInit === false ? null : parameter([outChannels], biasInit === true ? torchLike : biasInit);

  function apply(x: Value, pass: Pass): Value {
    checkImage(x, inChannels, label);
    const around = amounts(padding, x, { size, stride, dilation });
    checkFit(x, around, { size, dilation }, label);
    const y = convolve(x, pass.read(weight), { stride, dilation, padding: around, groups });
    return bias === null ? y : add(y, pass.read(bias));
  }
  return Object.freeze({ label, weight, bias, foldable: true, apply });
}

/** The two sides of a size; refuses what is not an integer of at least `least`. */
export function pairOf(size: Size2d, least: number, who: string): Pair {
  const pair: Pair = typeof size === "number" ? [size, size] : [size[0], size[1]];
  if (!pair.every((side) => Number.isSafeInteger(side) && side >= least)) {
    throw new OptionError(
      `${who} must be an integer ≥ ${least} or two of them, got ${String(size)}`,
    );
  }
  return pair;
}

/** Refuses anything but [N, H, W, channels]. */
export function checkImage(x: Value, channels: number | null, label: string): void {
  const fits = x.shape.length === 4 && (channels === null || x.shape[3] === channels);
  if (fits) return;
  const wanted = channels === null ? "[N, H, W, C]" : `[N, H, W, ${channels}]`;
  throw new ShapeError(`${label}: input must be ${wanted}, got ${showShape(x.shape)}`);
}

interface Spacing {
  readonly size: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
}

/** Zeros [above, below] and [left, right]. */
export function amounts(
  padding: Padding2d,
  x: Value,
  { size, stride, dilation }: Spacing,
): Conv2dAttrs["padding"] {
  const along = (side: 0 | 1): Pair => {
    if (padding === "valid") return [0, 0];
    if (padding !== "same") {
      const amount = typeof padding === "number" ? padding : padding[side];
      return [amount, amount];
    }
    const length = x.shape[1 + side]!;
    const reach = (size[side] - 1) * dilation[side] + 1;
    const total = Math.max(
      0,
      (Math.ceil(length / stride[side]) - 1) * stride[side] + reach - length,
    );
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  };
  return [along(0), along(1)];
}

/** Refuses an image, with its padding, that is smaller than the kernel. */
export function checkFit(
  x: Value,
  around: Conv2dAttrs["padding"],
  { size, dilation }: Pick<Spacing, "size" | "dilation">,
  label: string,
): void {
  for (const side of [0, 1] as const) {
    const room = x.shape[1 + side]! + around[side][0] + around[side][1];
    const reach = (size[side] - 1) * dilation[side] + 1;
    if (room >= reach) continue;
    throw new ShapeError(
      `${label}: input must be at least ${reach} ${side === 0 ? "high" : "wide"} with its padding, got ${room}`,
    );
  }
}
