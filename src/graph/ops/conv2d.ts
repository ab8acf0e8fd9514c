import { ShapeError } from "../../base/errors.ts";
import { showShape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { concat } from "./concat.ts";
import { contract } from "./contract.ts";
import { flip } from "./flip.ts";
import { mul } from "./mul.ts";
import { pad } from "./pad.ts";
import { reshape } from "./reshape.ts";
import { slice } from "./slice.ts";
import { sum } from "./sum.ts";
import { transpose } from "./transpose.ts";
import { spreadOut, windows, type Pair } from "./windows.ts";

export interface Conv2dAttrs {
  readonly stride: Pair;
  readonly dilation: Pair;
  /** Zeros added [above, below] and [left, right]; negative numbers cut off. */
  readonly padding: readonly [Pair, Pair];
}

/**
 * conv2d(x, w)[n, i, j, f] = Σ over u, v, c of x̄[n, i · stride + u · dilation, …, c] · w[u, v, c, f],
 * x̄ = x with zeros around it: cross-correlation, as all deep-learning libraries have it.
 *
 * Shape:    x [N, H, W, C], w [KH, KW, C, F] → [N, OH, OW, F].
 * Gradient: dw is the product of the same windows, turned, with dy; dx is the convolution of dy
 *           (spread out by the stride) with w, flipped and with its channels exchanged.
 * Errors:   ShapeError unless C agrees and a window fits.
 */
export const conv2dOp: OpDefinition<Conv2dAttrs> = {
  name: "conv2d",
  kind: "composite",
  infer([x, w], attrs) {
    const fits = x?.shape.length === 4 && w?.shape.length === 4 && x.shape[3] === w.shape[2];
    if (!fits || x.dtype !== "f32" || w.dtype !== "f32") {
      throw new ShapeError(
        `conv2d: takes f32 x [N, H, W, C] and w [KH, KW, C, F], ` +
          `got ${showShape(x?.shape ?? [])} and ${showShape(w?.shape ?? [])}`,
      );
    }
    const { shape } = windowsOf(x, w, attrs);
    return { shape: [shape[0]!, shape[1]!, shape[2]!, w.shape[3]!], dtype: "f32" };
  },
  meaning: ([x, w], attrs) => contract(windowsOf(x!, w!, attrs), w!, { depth: 3 }),
  gradient({ inputs: [x, w], grad, attrs }) {
    const turned = transpose(windowsOf(x!, w!, attrs), [3, 4, 5, 0, 1, 2]);
    return [inputGradient(x!, w!, grad, attrs), contract(turned, grad, { depth: 3 })];
  },
};

function windowsOf(x: Value, w: Value, { stride, dilation, padding }: Conv2dAttrs): Value {
  const kernel: Pair = [w.shape[0]!, w.shape[1]!];
  return windows(frame(x, padding), { kernel, stride, dilation });
}

/**
 * Zeros around height and width; a negative amount cuts off. Cutting comes last: it may take off
 * everything there was on that side, and zeros that were added on the other.
 */
function frame(x: Value, [[above, below], [left, right]]: Conv2dAttrs["padding"]): Value {
  const added = (amount: number): number => Math.max(0, amount);
  const whole = pad(x, {
    before: [0, added(above), added(left), 0],
    after: [0, added(below), added(right), 0],
  });
  const [batch, height, width, channels] = whole.shape;
  const cut = (amount: number): number => Math.max(0, -amount);
  return slice(whole, {
    start: [0, cut(above), cut(left), 0],
    end: [batch!, height! - cut(below), width! - cut(right), channels!],
  });
}

function inputGradient(x: Value, w: Value, grad: Value, attrs: Conv2dAttrs): Value {
  const { stride, dilation, padding } = attrs;
  const around = ([0, 1] as const).map((side): Pair => {
    const reach = (w.shape[side]! - 1) * dilation[side];
    const [before, after] = padding[side];
    // Rows at the end that no window reaches, because the stride steps over them.
    const last = x.shape[1 + side]! + before + after - reach - 1;
    const unread = last % stride[side];
    return [reach - before, reach - after + unread];
  });
  const kernel = transpose(flip(w, [0, 1]), [0, 1, 3, 2]);
  return conv2d(spreadOut(grad, stride), kernel, {
    stride: [1, 1],
    dilation,
    padding: [around[0]!, around[1]!],
  });
}

export interface Conv2dOptions {
  /** Default [1, 1]. */
  readonly stride?: Pair;
  /** Default [1, 1]. */
  readonly dilation?: Pair;
  /** Default none. */
  readonly padding?: Conv2dAttrs["padding"];
  /** Channels are split into that many groups, convolved apart. Default 1. */
  readonly groups?: number;
}

/** w [KH, KW, C / groups, F]; with one channel per group the convolution is depthwise. */
export function conv2d(x: Value, w: Value, options: Conv2dOptions = {}): Value {
  const { stride = [1, 1], dilation = [1, 1], groups = 1 } = options;
  const {
    padding = [
      [0, 0],
      [0, 0],
    ],
  } = options;
  const attrs: Conv2dAttrs = { stride, dilation, padding };
  if (groups === 1) return apply(conv2dOp, [x, w], attrs);
  const [channels, features] = [x.shape.at(-1)!, w.shape.at(-1)!];
  if (channels % groups !== 0 || features % groups !== 0 || w.shape[2] !== channels / groups) {
    throw new ShapeError(
      `conv2d: groups must divide both channels and features and w be [KH, KW, C / groups, F], ` +
        `got ${groups} groups of ${showShape(x.shape)} and ${showShape(w.shape)}`,
    );
  }
  if (groups === channels && features === channels) {
    const kernel = reshape(w, [w.shape[0]!, w.shape[1]!, channels]);
    return sum(mul(windowsOf(x, w, attrs), kernel), [3, 4]);
  }
  const part = (value: Value, size: number, group: number): Value =>
    slice(value, {
      start: value.shape.map((_, axis) => (axis === 3 ? group * size : 0)),
      end: value.shape.map((length, axis) => (axis === 3 ? (group + 1) * size : length)),
    });
  const outputs = Array.from({ length: groups }, (_, group) =>
    apply(conv2dOp, [part(x, channels / groups, group), part(w, features / groups, group)], attrs),
  );
  return concat(outputs, 3);
}
