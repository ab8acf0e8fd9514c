/** Moves of the graph generator that need an image: sliding windows, convolution, pooling. */
import { sizeOf, type Shape } from "../src/base/shape.ts";
import {
  contract,
  conv2d,
  flip,
  maxPool2d,
  reshape,
  windows,
  type Value,
} from "../src/graph/index.ts";
import { axesFrom, inexact, MAX_BOUND, pick, tame, unary, type Move } from "./graph-moves.ts";

/** Sliding windows over what can be seen as an image. */
export const windowMoves: readonly Move[] = [
  unary(({ value, bound, exact }, { b }) => {
    const axes = axesFrom(value.shape, b);
    return axes.length === 0 ? null : { value: flip(value, axes), bound, exact };
  }),
  unary(({ value, bound, exact }, { b }) => {
    const image = asImage(value);
    const [kernel, stride] = [pairOf(b, 2), pairOf(b >> 2, 2)];
    if (image === null || !kernelFits(image, kernel)) return null;
    return { value: windows(image, { kernel, stride, dilation: [1, 1] }), bound, exact };
  }),
  unary(({ value, bound }, { b }) => {
    const image = asImage(value);
    const [kernel, stride] = [pairOf(b, 2), pairOf(b >> 2, 2)];
    if (image === null || !kernelFits(image, kernel)) return null;
    const padding = [
      [0, 0],
      [0, 0],
    ] as const;
    return { value: maxPool2d(image, { kernel, stride, padding }), bound, exact: true };
  }, true),
  ({ entries }, { a, b, c }) => {
    const image = asImage(pick(entries, a)!.value);
    if (image === null) return null;
    const channels = image.shape[3]!;
    // Whatever is small and divides evenly makes a kernel of one cell.
    const weight = pick(
      entries.filter(
        ({ value: { shape } }) => sizeOf(shape) <= 64 && sizeOf(shape) % channels === 0,
      ),
      c,
    );
    if (weight === null) return null;
    const features = sizeOf(weight.value.shape) / channels;
    const kernel = reshape(weight.value, [1, 1, channels, features]);
    const bound = channels * MAX_BOUND * weight.bound;
    const edge = b % 2;
    const padding = [
      [edge, 0],
      [0, edge],
    ] as const;
    return tame(inexact(conv2d(image, kernel, { stride: pairOf(b, 2), padding }), bound), b);
  },
  ({ entries }, { a, b }) => {
    const x = pick(
      entries.filter(({ value }) => value.shape.length === 3),
      a,
    );
    const y = pick(
      entries.filter(({ value }) => x !== null && contracts(x.value.shape, value.shape)),
      b,
    );
    if (x === null || y === null) return null;
    const depth = y.value.shape.length - 1;
    const length = sizeOf(y.value.shape.slice(0, -1));
    return tame(inexact(contract(x.value, y.value, { depth }), length * x.bound * y.bound), b);
  },
];

/** A matrix or a stack of them as [N, H, W, C], with one channel. */
function asImage(value: Value): Value | null {
  const { shape } = value;
  if (shape.length === 4) return value;
  if (shape.length === 3) return reshape(value, [shape[0]!, shape[1]!, 1, shape[2]!]);
  return shape.length === 2 ? reshape(value, [1, shape[0]!, shape[1]!, 1]) : null;
}

function pairOf(choice: number, most: number): [number, number] {
  return [1 + (choice % most), 1 + ((choice >> 1) % most)];
}

function kernelFits(image: Value, [high, wide]: readonly [number, number]): boolean {
  return image.shape[1]! >= high && image.shape[2]! >= wide;
}

function contracts(x: Shape, y: Shape): boolean {
  const depth = y.length - 1;
  return (
    (depth === 1 || depth === 2) && y.slice(0, -1).every((size, i) => size === x[3 - depth + i])
  );
}
