import { ShapeError } from "../../base/errors.ts";
import { showShape, stridesOf, type Shape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { add } from "./add.ts";
import { pad } from "./pad.ts";
import { reshape } from "./reshape.ts";
import { slice } from "./slice.ts";
import { copyStrided } from "./strided.ts";
import { transpose } from "./transpose.ts";

/** Sizes along height and width. */
export type Pair = readonly [number, number];

export interface WindowsAttrs {
  readonly kernel: Pair;
  /** Steps between windows. */
  readonly stride: Pair;
  /** Steps between the elements of a window. */
  readonly dilation: Pair;
}

/**
 * windows(x)[n, i, j, u, v, c] = x[n, i · stride + u · dilation, j · stride + v · dilation, c].
 *
 * Shape:    x [N, H, W, C] → [N, OH, OW, KH, KW, C], OH = ⌊(H − (KH − 1) · dilation − 1) / stride⌋ + 1.
 * Gradient: each element of x gets the sum over the windows it is in.
 * Errors:   ShapeError unless x has four axes and a window fits.
 */
export const windowsOp: OpDefinition<WindowsAttrs> = {
  name: "windows",
  kind: "view",
  infer([x], attrs) {
    const { shape, dtype } = x!;
    const [height, width] = [outputSize(shape, attrs, 0), outputSize(shape, attrs, 1)];
    if (shape.length !== 4 || !(height >= 1) || !(width >= 1)) {
      throw new ShapeError(
        `windows: needs [N, H, W, C] with room for a window of ${attrs.kernel.join(" × ")}` +
          ` (dilation ${attrs.dilation.join(" × ")}), got ${showShape(shape)}`,
      );
    }
    return { shape: [shape[0]!, height, width, ...attrs.kernel, shape[3]!], dtype };
  },
  evaluate: ([x], attrs, { shape }) =>
    copyStrided(x!.data, shape, windowStrides(stridesOf(x!.shape), attrs)),
  gradient: ({ inputs: [x], grad, attrs }) => [sumOfWindows(grad, x!.shape, attrs)],
};

/** The strides of the six axes, given those of x. */
export function windowStrides(
  [n, h, w, c]: readonly number[],
  { stride, dilation }: WindowsAttrs,
): number[] {
  return [n!, h! * stride[0], w! * stride[1], h! * dilation[0], w! * dilation[1], c!];
}

function outputSize(shape: Shape, { kernel, stride, dilation }: WindowsAttrs, side: 0 | 1): number {
  const extent = (kernel[side] - 1) * dilation[side] + 1;
  return Math.floor((shape[1 + side]! - extent) / stride[side]) + 1;
}

/** Adds what lies in windows [N, OH, OW, KH, KW, C] back to where it came from, `shape`. */
function sumOfWindows(grad: Value, shape: Shape, attrs: WindowsAttrs): Value {
  const { kernel, stride, dilation } = attrs;
  const [batch, rows, columns, , , channels] = grad.shape;
  const apart = [0, 1].every((side) => kernel[side] === stride[side] && dilation[side] === 1);
  if (apart) {
    const tiled = transpose(grad, [0, 1, 3, 2, 4, 5]);
    const joined: Shape = [batch!, rows! * kernel[0], columns! * kernel[1], channels!];
    return padTo(reshape(tiled, joined), shape, 0, 0);
  }
  let total: Value | null = null;
  for (let u = 0; u < kernel[0]; u++) {
    for (let v = 0; v < kernel[1]; v++) {
      const start = [0, 0, 0, u, v, 0];
      const end = [batch!, rows!, columns!, u + 1, v + 1, channels!];
      const one = reshape(slice(grad, { start, end }), [batch!, rows!, columns!, channels!]);
      const placed = padTo(spreadOut(one, stride), shape, u * dilation[0], v * dilation[1]);
      total = total === null ? placed : add(total, placed);
    }
  }
  return total!;
}

/** Puts stride − 1 zeros between neighbours: [N, (OH − 1) · stride + 1, …, C]. */
export function spreadOut(x: Value, [down, right]: Pair): Value {
  if (down === 1 && right === 1) return x;
  const [batch, rows, columns, channels] = x.shape;
  const apart = pad(reshape(x, [batch!, rows!, 1, columns!, 1, channels!]), {
    before: [0, 0, 0, 0, 0, 0],
    after: [0, 0, down - 1, 0, right - 1, 0],
  });
  const joined = reshape(apart, [batch!, rows! * down, columns! * right, channels!]);
  const end = [batch!, (rows! - 1) * down + 1, (columns! - 1) * right + 1, channels!];
  return slice(joined, { start: [0, 0, 0, 0], end });
}

/** Pads with zeros to `shape`, `top` and `left` of them in front. */
function padTo(x: Value, shape: Shape, top: number, left: number): Value {
  return pad(x, {
    before: [0, top, left, 0],
    after: [0, shape[1]! - x.shape[1]! - top, shape[2]! - x.shape[2]! - left, 0],
  });
}

export function windows(x: Value, attrs: WindowsAttrs): Value {
  return apply(windowsOp, [x], attrs);
}
