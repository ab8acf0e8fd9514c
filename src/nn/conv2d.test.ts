import { expect, test } from "vitest";
import { input } from "../graph/index.ts";
import { conv2d, type Conv2dOptions } from "./conv2d.ts";
import { avgPool2d, globalAvgPool2d, maxPool2d } from "./pool2d.ts";
import { sequential } from "./sequential.ts";
import { trace } from "./trace.ts";
import type { Module } from "./module.ts";

function shapeOf(layer: Module, shape: readonly number[]): readonly number[] {
  return trace(layer, input("x", shape), { phase: "eval" }).output.shape;
}

test.each<[Conv2dOptions, readonly number[]]>([
  [{}, [2, 6, 7, 8]],
  [{ padding: "same" }, [2, 8, 9, 8]],
  [{ padding: "same", stride: 2 }, [2, 4, 5, 8]],
  [{ padding: 1, stride: [2, 3] }, [2, 4, 3, 8]],
  [{ padding: "same", dilation: 2 }, [2, 8, 9, 8]],
])("conv2d %j", (options, expected) => {
  expect(shapeOf(conv2d(3, 8, 3, options), [2, 8, 9, 3])).toEqual(expected);
});

test("pooling", () => {
  expect(shapeOf(maxPool2d(2), [1, 7, 8, 3])).toEqual([1, 3, 4, 3]);
  expect(shapeOf(avgPool2d(3, { stride: 2, padding: 1 }), [1, 7, 8, 3])).toEqual([1, 4, 4, 3]);
  expect(shapeOf(globalAvgPool2d(), [5, 7, 8, 3])).toEqual([5, 3]);
});

test.each<[string, () => unknown]>([
  ["conv2d(3, 8, 3): groups must divide 3 and 8, got 2", () => conv2d(3, 8, 3, { groups: 2 })],
  ["conv2d(3, 8, 0): kernel must be an integer ≥ 1 or two of them, got 0", () => conv2d(3, 8, 0)],
  [
    "conv2d(3, 8, 3): padding must be an integer ≥ 0 or two of them, got -1",
    () => conv2d(3, 8, 3, { padding: -1 }),
  ],
  [
    "maxPool2d(2): padding must be at most half a window, got 2",
    () => maxPool2d(2, { padding: 2 }),
  ],
  [
    'conv2d(3, 8, 3): input must be [N, H, W, 3], got [2, 8, 8, 4] (layer "0" of sequential)',
    () => shapeOf(sequential(conv2d(3, 8, 3)), [2, 8, 8, 4]),
  ],
  [
    "conv2d(3, 8, 5): input must be at least 5 high with its padding, got 4",
    () => shapeOf(conv2d(3, 8, 5), [2, 4, 8, 3]),
  ],
])("refuses: %s", (message, build) => {
  expect(build).toThrow(expect.objectContaining({ message }));
});
