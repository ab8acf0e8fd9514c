import { beforeAll, describe, expect, test } from "vitest";
import { depthArms, LAYERS, noises, type DepthArm, type DepthNoise } from "./depth-arms.ts";
import { depthExperiment, type DepthUpdate } from "./depth-experiment.ts";

describe("activations before training", () => {
  const found = new Map<string, DepthUpdate>();
  const end = (noise: DepthNoise, arm: DepthArm): number =>
    found.get(`${noise} ${arm}`)!.variances.at(-1)!;

  beforeAll(async () => {
    const { signal } = new AbortController();
    for (const noise of noises) {
      const arms = noise === "none" ? depthArms : (["selu"] as const);
      for await (const update of depthExperiment({ arms, noise, seed: 1 }, signal)) {
        found.set(`${noise} ${update.arm}`, update);
      }
    }
  });

  test("are said of every network, layer by layer", () => {
    expect([...found.keys()].toSorted()).toEqual(
      [...depthArms.map((arm) => `none ${arm}`), "alpha-dropout selu", "dropout selu"].toSorted(),
    );
    expect([...found.values()].every(({ means }) => means.length === LAYERS)).toBe(true);
  });

  test("stay near variance 1 with SELU and LeCun's weights, and burst with He's", () => {
    const { means, variances } = found.get("none selu")!;
    expect(Math.max(...variances)).toBeLessThan(1.5);
    expect(Math.min(...variances)).toBeGreaterThan(0.6);
    expect(Math.max(...means.map(Math.abs))).toBeLessThan(0.3);
    expect(end("none", "selu-he")).toBeGreaterThan(10);
    expect(end("none", "tanh")).toBeLessThan(0.1);
  });

  test("leave the fixed point with ordinary dropout, not with alpha dropout", () => {
    const away = (noise: DepthNoise): number => Math.abs(end(noise, "selu") - 1);
    expect(away("alpha-dropout")).toBeLessThan(0.5);
    expect(away("dropout")).toBeGreaterThan(2 * away("alpha-dropout"));
  });
});
