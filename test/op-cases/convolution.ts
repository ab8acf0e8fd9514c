/** Op table: sliding windows, convolution, pooling. */
import type { Shape } from "../../src/base/shape.ts";
import {
  contract,
  conv2d,
  flip,
  input,
  maxPool2d,
  windows,
  type Conv2dOptions,
  type NdArray,
  type Pair,
  type Pool2dAttrs,
  type WindowsAttrs,
} from "../../src/graph/index.ts";
import { at, byIndex, given, spread, type OpCase, type OpEntry } from "./op-case.ts";

function contractCase(rows: Shape, depth: Shape, columns: number): OpCase {
  const y: Shape = [...depth, columns];
  return {
    operands: [spread([...rows, ...depth]), spread(y, -2, 2, 9)],
    build: ([left, right]) => contract(left!, right!, { depth: depth.length }),
    expected: ([left, right]) =>
      byIndex([...rows, columns], (index) => {
        const row = index.slice(0, -1);
        let total = 0;
        byIndex(depth, (inner) => {
          total += at(left!, [...row, ...inner]) * at(right!, [...inner, index.at(-1)!]);
          return 0;
        });
        return total;
      }),
  };
}

function flipCase(shape: Shape, axes: readonly number[]): OpCase {
  return {
    operands: [spread(shape)],
    build: ([x]) => flip(x!, axes),
    expected: ([x]) =>
      byIndex(shape, (index) =>
        at(
          x!,
          index.map((i, axis) => (axes.includes(axis) ? shape[axis]! - 1 - i : i)),
        ),
      ),
  };
}

function windowsCase(shape: Shape, kernel: Pair, stride: Pair, dilation: Pair): OpCase {
  const attrs: WindowsAttrs = { kernel, stride, dilation };
  const count = (side: 0 | 1): number =>
    Math.floor((shape[1 + side]! - (kernel[side] - 1) * dilation[side] - 1) / stride[side]) + 1;
  return {
    operands: [spread(shape)],
    build: ([x]) => windows(x!, attrs),
    expected: ([x]) =>
      byIndex([shape[0]!, count(0), count(1), ...kernel, shape[3]!], ([n, i, j, u, v, c]) =>
        at(x!, [n!, i! * stride[0] + u! * dilation[0], j! * stride[1] + v! * dilation[1], c!]),
      ),
  };
}

/** x at a place, or `outside` beyond its border. */
function inside(x: NdArray, [n, i, j, c]: readonly number[], outside: number): number {
  const [, height, width] = x.shape;
  const within = i! >= 0 && i! < height! && j! >= 0 && j! < width!;
  return within ? at(x, [n!, i!, j!, c!]) : outside;
}

function convCase(xShape: Shape, wShape: Shape, options: Conv2dOptions): OpCase {
  const { stride = [1, 1], dilation = [1, 1], groups = 1 } = options;
  const [[above, below], [left, right]] = options.padding ?? [
    [0, 0],
    [0, 0],
  ];
  const [kh, kw, perGroup, features] = wShape;
  const out = (size: number, around: number, kernel: number, side: 0 | 1): number =>
    Math.floor((size + around - (kernel - 1) * dilation[side] - 1) / stride[side]) + 1;
  const rows = out(xShape[1]!, above + below, kh!, 0);
  const columns = out(xShape[2]!, left + right, kw!, 1);
  return {
    operands: [spread(xShape), spread(wShape, -1, 1, 5)],
    build: ([x, w]) => conv2d(x!, w!, options),
    expected: ([x, w]) =>
      byIndex([xShape[0]!, rows, columns, features!], ([n, i, j, f]) => {
        const group = Math.floor((f! * groups) / features!);
        let total = 0;
        byIndex([kh!, kw!, perGroup!], ([u, v, c]) => {
          const row = i! * stride[0] + u! * dilation[0] - above;
          const column = j! * stride[1] + v! * dilation[1] - left;
          const channel = group * perGroup! + c!;
          total += inside(x!, [n!, row, column, channel], 0) * at(w!, [u!, v!, c!, f!]);
          return 0;
        });
        return total;
      }),
  };
}

function poolCase(shape: Shape, attrs: Pool2dAttrs): OpCase {
  const { kernel, stride, padding } = attrs;
  const out = (side: 0 | 1): number =>
    Math.floor(
      (shape[1 + side]! + padding[side][0] + padding[side][1] - kernel[side]) / stride[side],
    ) + 1;
  return {
    operands: [spread(shape)],
    build: ([x]) => maxPool2d(x!, attrs),
    expected: ([x]) =>
      byIndex([shape[0]!, out(0), out(1), shape[3]!], ([n, i, j, c]) =>
        Math.max(
          ...byIndex([...kernel], ([u, v]) => {
            const row = i! * stride[0] + u! - padding[0][0];
            const column = j! * stride[1] + v! - padding[1][0];
            return inside(x!, [n!, row, column, c!], -Infinity);
          }),
        ),
      ),
  };
}

const none: Pool2dAttrs["padding"] = [
  [0, 0],
  [0, 0],
];

/** Grouped and depthwise convolutions are made of other ops. */
export const groupedConvolutions: readonly OpCase[] = [
  convCase([1, 5, 5, 4], [3, 3, 2, 6], {
    groups: 2,
    padding: [
      [1, 1],
      [1, 1],
    ],
  }),
  convCase([1, 5, 4, 3], [3, 3, 1, 3], {
    groups: 3,
    padding: [
      [1, 1],
      [1, 1],
    ],
  }),
  convCase([2, 5, 5, 4], [3, 3, 1, 4], { groups: 4, stride: [2, 2] }),
];

export const convolutionOps: Readonly<Record<string, OpEntry>> = {
  contract: {
    cases: [
      contractCase([3], [5], 7),
      contractCase([2, 3], [5], 4),
      contractCase([1, 5], [2, 3], 17),
      contractCase([2, 1, 3], [3, 1, 2], 13),
      contractCase([4], [2, 2], 1),
      contractCase([1], [1], 1),
      contractCase([2, 520], [2], 5),
    ],
    misuses: [
      {
        build: () => contract(input("x", [2, 3]), input("y", [4, 5]), { depth: 1 }),
        error: "ShapeError",
        message:
          "contract: takes f32 [...R, ...D] and [...D, C] with 1 axes in D, got [2, 3] and [4, 5]",
      },
    ],
  },
  flip: {
    cases: [flipCase([5], [0]), flipCase([3, 7], [1]), flipCase([2, 3, 4], [0, 1])],
    misuses: [
      {
        build: () => flip(input("x", [2]), [1]),
        error: "ShapeError",
        message: "flip: axis must be in [-1, 1), got 1",
      },
    ],
  },
  windows: {
    cases: [
      windowsCase([1, 3, 3, 1], [2, 2], [1, 1], [1, 1]),
      windowsCase([2, 5, 4, 3], [3, 2], [1, 1], [1, 1]),
      windowsCase([2, 7, 7, 2], [3, 3], [2, 2], [1, 1]),
      windowsCase([1, 4, 6, 3], [2, 2], [2, 2], [1, 1]),
      windowsCase([1, 5, 7, 2], [2, 2], [2, 2], [1, 1]),
      windowsCase([1, 7, 7, 1], [2, 3], [2, 1], [3, 2]),
    ],
    misuses: [
      {
        build: () =>
          windows(input("x", [1, 2, 5, 1]), { kernel: [3, 3], stride: [1, 1], dilation: [1, 1] }),
        error: "ShapeError",
        message:
          "windows: needs [N, H, W, C] with room for a window of 3 × 3 (dilation 1 × 1), got [1, 2, 5, 1]",
      },
    ],
  },
  conv2d: {
    cases: [
      convCase([1, 3, 3, 1], [2, 2, 1, 1], {}),
      convCase([2, 4, 5, 3], [3, 3, 3, 4], {
        padding: [
          [1, 1],
          [1, 1],
        ],
      }),
      convCase([1, 6, 5, 2], [3, 2, 2, 13], {
        stride: [2, 1],
        padding: [
          [1, 0],
          [0, 1],
        ],
      }),
      convCase([1, 7, 8, 2], [3, 3, 2, 3], {
        stride: [2, 3],
        padding: [
          [1, 1],
          [2, 1],
        ],
      }),
      convCase([1, 7, 7, 1], [2, 3, 1, 2], { dilation: [3, 2] }),
      convCase([2, 3, 3, 5], [1, 1, 5, 7], {}),
      // The only window lies in the padding: nothing of x is seen.
      convCase([1, 1, 1, 1], [1, 1, 1, 2], {
        stride: [2, 1],
        padding: [
          [1, 0],
          [0, 0],
        ],
      }),
      convCase([1, 3, 3, 2], [1, 1, 2, 2], {
        padding: [
          [2, 1],
          [1, 2],
        ],
      }),
    ],
    misuses: [
      {
        build: () => conv2d(input("x", [1, 5, 5, 3]), input("w", [3, 3, 4, 8])),
        error: "ShapeError",
        message:
          "conv2d: takes f32 x [N, H, W, C] and w [KH, KW, C, F], got [1, 5, 5, 3] and [3, 3, 4, 8]",
      },
      {
        build: () => conv2d(input("x", [1, 5, 5, 3]), input("w", [3, 3, 1, 4]), { groups: 2 }),
        error: "ShapeError",
        message:
          "conv2d: groups must divide both channels and features and w be [KH, KW, C / groups, F], got 2 groups of [1, 5, 5, 3] and [3, 3, 1, 4]",
      },
    ],
  },
  "max-pool2d": {
    cases: [
      poolCase([2, 4, 4, 3], { kernel: [2, 2], stride: [2, 2], padding: none }),
      poolCase([1, 5, 7, 2], { kernel: [2, 2], stride: [2, 2], padding: none }),
      poolCase([1, 5, 5, 3], {
        kernel: [3, 3],
        stride: [2, 2],
        padding: [
          [1, 1],
          [1, 1],
        ],
      }),
      poolCase([1, 4, 5, 1], { kernel: [2, 3], stride: [1, 1], padding: none }),
      {
        // All alike: the gradient goes to the first cell alone, which central differences cannot see.
        operands: [given([1, 2, 2, 1], "f32", [1, 1, 1, 1])],
        build: ([x]) => maxPool2d(x!, { kernel: [2, 2], stride: [2, 2], padding: none }),
        expected: () => [1],
        differentiable: false,
      },
    ],
    misuses: [
      {
        build: () =>
          maxPool2d(input("x", [1, 2, 2, 1], "i32"), {
            kernel: [2, 2],
            stride: [2, 2],
            padding: none,
          }),
        error: "ShapeError",
        message: "max-pool2d: x must be f32, got i32",
      },
    ],
  },
};
