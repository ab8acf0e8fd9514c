/** The networks of the studies by Santurkar et al. are what their protocols say. */
import { describe, expect, test } from "vitest";
import { input } from "../../graph/index.ts";
import { memberTree, trace } from "../../nn/index.ts";
import { deepLinear, deepLinearData, DEPTH } from "./deep-linear.ts";
import { vgg } from "./vgg.ts";

describe("vgg", () => {
  test.each([32, 16])("numbers 13 convolutions and says where their parts are, side %i", (side) => {
    const { model, layers } = vgg({ width: 2, side, between: "batch" });
    const traced = trace(model, input("x", [2, 32, 32, 3]), { phase: "train" });
    const at = (path: string): (typeof traced.observations)[number] =>
      traced.observations.find((seen) => seen.path === path)!;
    expect(traced.output.shape).toEqual([2, 10]);
    expect(layers).toHaveLength(13);
    for (const { convolution, between, nonlinearity } of layers) {
      expect(at(convolution).label).toMatch(/^conv2d/);
      expect(at(between!).label).toMatch(/^batchNorm/);
      expect(at(nonlinearity).label).toBe("relu");
      expect(at(nonlinearity).input).toBe(at(between!).output);
    }
    // The third layer is the first behind a pooling; the last works at the smallest image.
    expect(at(layers[2]!.convolution).input.shape).toEqual([2, side / 2, side / 2, 2]);
    expect(at(layers[12]!.nonlinearity).input.shape).toEqual([2, side / 16, side / 16, 16]);
  });

  test("convolutions have a bias where nothing shifts", () => {
    const biases = (between: "none" | "noise" | "l1" | "noisy-batch"): number =>
      memberTree(vgg({ width: 1, side: 16, between }).model).members.filter(({ path }) =>
        path.endsWith(".bias"),
      ).length;
    expect([biases("none"), biases("noise")]).toEqual([14, 14]);
    expect([biases("l1"), biases("noisy-batch")]).toEqual([1, 1]);
  });

  test("the plain network has no part between", () => {
    expect(vgg({ width: 1, side: 16, between: "none" }).layers[4]!.between).toBeNull();
  });
});

describe("deepLinear", () => {
  test("is 25 products of 10 by 10, with a normalization behind each", () => {
    const { model, layers } = deepLinear("l2");
    const { members } = memberTree(model);
    expect(layers).toHaveLength(DEPTH);
    expect(members.filter(({ path }) => path.endsWith(".weight"))).toHaveLength(DEPTH);
    expect(members.filter(({ path }) => path.endsWith(".norm"))).toHaveLength(DEPTH);
    expect(members.every(({ path }) => !path.endsWith(".bias"))).toBe(true);
  });

  test("its data are one matrix's work, the same for one seed and others for another", async () => {
    const data = await deepLinearData(1);
    expect(data.hash).toBe((await deepLinearData(1)).hash);
    expect(data.hash).not.toBe((await deepLinearData(2)).hash);
    const { inputs, targets } = data.train;
    // A sum of ten products of standard normals has variance 10.
    const meanOf = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    const size = meanOf(Array.from(targets, (value) => value * value));
    expect(size).toBeGreaterThan(5);
    expect(size).toBeLessThan(20);
    expect(Math.abs(meanOf(Array.from(inputs)))).toBeLessThan(0.05);
  });
});
