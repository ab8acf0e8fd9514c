import { describe, expect, test } from "vitest";
import type { RunResult } from "../../experiments/index.ts";
import { digitsSample } from "../../data/index.ts";
import { initialize } from "../../nn/index.ts";
import { crossEntropy, fit, type TrainEvent } from "../../train/index.ts";
import { wasmBackend } from "../../run/wasm.ts";
import { afterTraining } from "./after-training.ts";
import { checkNoise } from "./check-noise.ts";
import { columnNorms } from "./column-norms.ts";
import { denseNetwork, type UnitNoise } from "./dense-network.ts";
import { drawExamples } from "./draw-examples.ts";
import { factorsOf, NOISE, noiseProbe } from "./noise-probe.ts";
import { dropoutOptimizer, normBound } from "./recipe.ts";

const data = await digitsSample();
const backend = wasmBackend();
const sizes = { inputs: 784, hidden: [20, 30], classes: 10, unit: "relu" } as const;

describe("denseNetwork", () => {
  const labels = (kind: UnitNoise["kind"] | null): string[] => {
    const noise = (keep: number): UnitNoise => ({ kind: kind!, keep });
    const options = kind && { inputNoise: noise(0.8), hiddenNoise: noise(0.5) };
    const model = denseNetwork({ ...sizes, ...options }) as unknown as Record<
      string,
      { label: string }
    > & { length: number };
    return Array.from(model, ({ label }) => label);
  };

  test("has noise on the inputs and behind every hidden layer, and no other difference", () => {
    const plain = ["linear(784, 20)", "relu", "linear(20, 30)", "relu", "linear(30, 10)"];
    expect(labels(null)).toEqual(plain);
    expect(labels("bernoulli")).toEqual([
      "dropout({ keep: 0.8 })",
      ...plain.slice(0, 2),
      "dropout({ keep: 0.5 })",
      ...plain.slice(2, 4),
      "dropout({ keep: 0.5 })",
      plain[4],
    ]);
    expect(labels("gaussian").filter((label) => label.startsWith("gaussian"))).toHaveLength(3);
  });

  test("starts alike with and without noise", () => {
    const noise = { kind: "bernoulli", keep: 0.5 } as const;
    const values = (hiddenNoise?: UnitNoise): unknown[] =>
      [
        ...initialize(denseNetwork({ ...sizes, ...(hiddenNoise && { hiddenNoise }) }), 3).values(),
      ].map(({ data: numbers }) => numbers);
    expect(values(noise)).toEqual(values());
  });
});

describe("drawExamples", () => {
  test("draws others for each seed, nested by size, with their own labels", () => {
    const small = drawExamples(data.train, 40, 5);
    const large = drawExamples(data.train, 90, 5);
    expect(small.count).toBe(40);
    expect(large.inputs.subarray(0, 40 * 784)).toEqual(small.inputs);
    expect(large.targets.subarray(0, 40)).toEqual(small.targets);
    expect(drawExamples(data.train, 40, 6).targets).not.toEqual(small.targets);
    const { inputs, targets } = data.train;
    for (let at = 0; at < 40; at++) {
      const image = small.inputs.subarray(at * 784, (at + 1) * 784);
      const from = Array.from({ length: 400 }, (_, row) => row).filter((row) =>
        image.every((pixel, j) => pixel === inputs[row * 784 + j]),
      );
      expect(from.map((row) => targets[row])).toContain(small.targets[at]);
    }
  });

  test("gives the split itself if all are wanted", () => {
    expect(drawExamples(data.train, 400, 1)).toBe(data.train);
    expect(drawExamples(data.train, 60_000, 1)).toBe(data.train);
  });
});

test("factorsOf: shares, mean and variance over what was not zero", () => {
  const { count, dropped, mean, variance } = factorsOf(
    Float32Array.of(1, 0, 2, 4, 3),
    Float32Array.of(2, 0, 0, 8, 0),
  );
  expect([count, dropped, mean, variance]).toEqual([4, 0.5, 1, 1]);
  expect(factorsOf(new Float32Array(3), new Float32Array(3)).count).toBe(0);
});

describe("a short run", () => {
  const train = async (kind: UnitNoise["kind"] | null): Promise<TrainEvent[]> => {
    const noise = (keep: number): UnitNoise => ({ kind: kind!, keep });
    const options = kind && { inputNoise: noise(0.8), hiddenNoise: noise(0.5) };
    const run = fit(denseNetwork({ ...sizes, hidden: [200], ...options }), {
      data,
      loss: crossEntropy(),
      optimizer: dropoutOptimizer(0.1, 20),
      constraints: normBound(true),
      steps: 20,
      batchSize: 100,
      seed: 3,
      backend,
      observe: [noiseProbe({ examples: data.train, batchSize: 100, seed: 3, every: 10 })],
    });
    const events: TrainEvent[] = [];
    for await (const event of afterTraining(run, async (weights) => [columnNorms(weights)])) {
      events.push(event);
    }
    return events;
  };

  test.each(["bernoulli", "gaussian"] as const)("%s noise does what it should", async (kind) => {
    const seen = (await train(kind)).flatMap((event) =>
      event.type === "probe" && event.probe === NOISE ? [event] : [],
    );
    expect(seen.map(({ step }) => step)).toEqual([0, 10, 20]);
    expect(seen[0]!.values).not.toEqual(seen[1]!.values);
    for (const { values } of seen) {
      const { dropped, mean, variance } = values as Record<string, readonly number[]>;
      [0.8, 0.5].forEach((keep, at) => {
        expect(dropped![at]).toBeCloseTo(kind === "bernoulli" ? 1 - keep : 0, 1);
        expect(mean![at]).toBeCloseTo(1, 1);
        expect((variance![at]! * keep) / (1 - keep)).toBeCloseTo(1, 0.5);
      });
    }
  });

  test("without noise there is nothing to see; norms are the last probe and within bounds", async () => {
    const events = await train(null);
    const probes = events.flatMap((event) => (event.type === "probe" ? [event] : []));
    expect(probes[0]!.values).toEqual({ count: [], dropped: [], mean: [], variance: [] });
    expect(events.at(-2)).toBe(probes.at(-1));
    const { largest } = probes.at(-1)!.values as Record<string, readonly number[]>;
    expect(largest).toHaveLength(2);
    expect(Math.max(...largest!)).toBeLessThan(2.00001);
    expect(Math.min(...largest!)).toBeGreaterThan(0.5);
  });
});

describe("checkNoise", () => {
  const run = (dropped: number[][], variance: number[][], each = 2_000): RunResult =>
    ({
      arm: "a",
      outcome: "finished",
      probes: {
        [NOISE]: {
          unit: "u",
          steps: dropped.map((_, at) => at),
          values: { dropped, variance, count: dropped.map((row) => row.map(() => each)) },
        },
      },
    }) as unknown as RunResult;
  const layers = [{ kind: "bernoulli", keep: 0.8 } as const];

  test("passes on all observations together, and only with all layers there and seen", () => {
    const good = run([[0.17], [0.23]], [[0.24], [0.26]]);
    expect(checkNoise([good], () => ({ layers })).passed).toBe(true);
    expect(checkNoise([good], () => ({ layers: [] })).passed).toBe(false);
    expect(checkNoise([good], () => ({ layers: [...layers, ...layers] })).passed).toBe(false);
    expect(checkNoise([], () => ({ layers })).passed).toBe(false);
    expect(checkNoise([{ ...good, probes: {} }], () => ({ layers: [] })).passed).toBe(false);
    expect(checkNoise([run([[0.2]], [[0.25]], 100)], () => ({ layers })).passed).toBe(false);
  });

  test("allows a share five standard errors: with more draws, less", () => {
    // sqrt(0.2 · 0.8 / 2000) = 0.0089.
    expect(checkNoise([run([[0.24]], [[0.25]])], () => ({ layers })).passed).toBe(true);
    expect(checkNoise([run([[0.25]], [[0.25]])], () => ({ layers })).passed).toBe(false);
    expect(checkNoise([run([[0.24]], [[0.25]], 20_000)], () => ({ layers })).passed).toBe(false);
  });

  test("Gaussian factors have their variance and drop nothing", () => {
    const gaussian = [{ kind: "gaussian", keep: 0.8 } as const];
    expect(checkNoise([run([[0]], [[0.26]])], () => ({ layers: gaussian })).passed).toBe(true);
    expect(checkNoise([run([[0]], [[0.3]])], () => ({ layers: gaussian })).passed).toBe(false);
    expect(checkNoise([run([[0.2]], [[0.25]])], () => ({ layers: gaussian })).passed).toBe(false);
  });
});
