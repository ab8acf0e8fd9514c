import { describe, expect, test } from "vitest";
import {
  batchNorm,
  conv2d,
  defineModule,
  dropout,
  flatten,
  globalAvgPool2d,
  linear,
  ones,
  parameter,
  relu,
  sequential,
} from "../nn/index.ts";
import { mul } from "../graph/index.ts";
import { printSummary, summarize } from "./summarize.ts";

describe("summarize", () => {
  test("counts what a hand counts", () => {
    const model = sequential(
      linear(7, 5),
      batchNorm(5),
      relu(),
      dropout({ rate: 0.5 }),
      linear(5, 3),
    );
    const { rows, total } = summarize(model, { inputShape: [7], batchSize: 4 });
    expect(rows.map(({ path, parameters, statistics }) => [path, parameters, statistics])).toEqual([
      ["0", 7 * 5 + 5, 0],
      ["1", 10, 10],
      ["2", 0, 0],
      ["3", 0, 0],
      ["4", 5 * 3 + 3, 0],
    ]);
    expect(rows.map(({ flops }) => flops)).toEqual([
      2 * 4 * 7 * 5 + 4 * 5,
      // variance + eps, its root, − mean, · r, · scale, + shift
      5 + 5 + 4 * (4 * 5),
      4 * 5,
      0,
      2 * 4 * 5 * 3 + 4 * 3,
    ]);
    expect(rows[0]).toMatchObject({ input: [4, 7], output: [4, 5], outputBytes: 80, bytes: 160 });
    expect(total).toEqual({
      parameters: 68,
      statistics: 10,
      flops: 300 + 90 + 20 + 132,
      bytes: 4 * 78,
      outputBytes: 4 * 4 * (5 + 5 + 5 + 5 + 3),
    });
  });

  test("a convolution is a product per pixel, channel and kernel cell", () => {
    const model = sequential(
      conv2d(3, 8, 3, { padding: "same", bias: false }),
      globalAvgPool2d(),
      flatten(),
    );
    const { rows } = summarize(model, { inputShape: [6, 5, 3], batchSize: 2 });
    expect(rows[0]).toMatchObject({ output: [2, 6, 5, 8], parameters: 3 * 3 * 3 * 8 });
    expect(rows[0]!.flops).toBe(2 * (2 * 6 * 5 * 8) * (3 * 3 * 3));
  });

  test("a shared layer works twice and weighs once; a holder's own members are its own", () => {
    const shared = linear(4, 4, { bias: false });
    const gained = defineModule(
      "gained",
      { inner: sequential(shared, relu()), gain: parameter([4], ones) },
      (x, pass, { inner, gain }) => mul(pass.apply(inner, x), pass.read(gain)),
    );
    const { rows, total } = summarize(sequential(gained, shared), { inputShape: [4] });
    expect(rows.map(({ path, parameters, flops }) => [path, parameters, flops])).toEqual([
      ["0.inner.0", 16, 32],
      ["0.inner.1", 0, 4],
      ["0", 4, 4],
      ["0.inner.0#2", 0, 32],
    ]);
    expect(total.parameters).toBe(20);
  });

  test("prints as a table", () => {
    const model = sequential(linear(1000, 20), relu());
    expect(printSummary(summarize(model, { inputShape: [1000], batchSize: 2 }))).toBe(
      [
        "layer                    output   parameters  statistics   FLOPs   bytes",
        "0      linear(1000, 20)  [2, 20]      20 020           0  80 040  80 080",
        "1      relu              [2, 20]           0           0      40       0",
        "total  sequential                     20 020           0  80 080  80 080",
        "FLOPs of a forward pass over a batch of 2 in phase eval; outputs take 320 bytes.",
        "",
      ].join("\n"),
    );
  });
});
