/** What one runs before a long training, on every backend. */
import { describe, expect, test } from "vitest";
import { twoMoons } from "../src/data/generated.ts";
import { batchNorm, constant, linear, relu, sequential } from "../src/nn/index.ts";
import {
  adam,
  crossEntropy,
  findLearningRate,
  fit,
  overfitOneBatch,
  sgd,
  type FindLearningRateOptions,
} from "../src/train/index.ts";
import { backends } from "./backends.ts";

const moons = await twoMoons({ train: 200, test: 10, seed: 4 });

describe.each(backends)("on $description", (backend) => {
  const model = sequential(linear(2, 16), relu(), linear(16, 2));
  const common = { data: moons, loss: crossEntropy(), batchSize: 20, seed: 3, backend };
  const options = {
    ...common,
    optimizer: (learningRate) => sgd({ learningRate }),
    low: 1e-4,
    high: 1e4,
    steps: 80,
  } satisfies FindLearningRateOptions;

  test("the range test finds a rate that trains, between one that crawls and one that explodes", async () => {
    const { points, steepest, lowest, ended } = await findLearningRate(model, options);
    expect(ended).toBe("explosion");
    expect(points.length).toBeLessThan(80);
    expect(points[0]!.rate).toBe(1e-4);
    points.slice(1).forEach(({ rate }, i) => {
      expect(rate / points[i]!.rate).toBeCloseTo(1e8 ** (1 / 79), 9);
    });
    expect(steepest!).toBeLessThanOrEqual(lowest);
    const lossAfter = async (learningRate: number): Promise<number> => {
      const run = fit(model, { ...common, optimizer: sgd({ learningRate }), steps: 40 });
      let last = Infinity;
      for await (const event of run) if (event.type === "evaluation") last = event.result.loss;
      return last;
    };
    expect(await lossAfter(steepest!)).toBeLessThan(0.9 * (await lossAfter(1e-4)));
  });

  test("its points are the steps of a plain run with that schedule", async () => {
    const short = { ...options, high: 1e-2, steps: 5, smoothing: 0 };
    const { points, ended } = await findLearningRate(model, short);
    const optimizer = sgd({ learningRate: (step) => points[step]!.rate });
    const run = fit(model, { ...common, optimizer, steps: 5 });
    const losses: number[] = [];
    for await (const event of run) if (event.type === "step") losses.push(event.loss);
    expect(points.map(({ loss }) => loss)).toEqual(losses);
    points.forEach(({ loss, smoothed }) => expect(smoothed).toBe(loss));
    expect(ended).toBe("high");
  });

  test("a rate that ends in NaN is the end of the curve, not an error", async () => {
    const { ended, points } = await findLearningRate(model, {
      ...options,
      low: 1,
      high: 1e38,
      steps: 3,
    });
    expect(["divergence", "explosion"]).toContain(ended);
    expect(points.every(({ loss }) => Number.isFinite(loss))).toBe(true);
  });

  test("one batch is learned by heart by a network that can", async () => {
    const report = await overfitOneBatch(
      sequential(linear(2, 32), batchNorm(32), relu(), linear(32, 2)),
      {
        ...common,
        optimizer: adam({ learningRate: 0.05 }),
      },
    );
    expect(report).toMatchObject({ passed: true, accuracy: 1 });
    expect(report.losses.length).toBe(200);
    expect(report.losses.at(-1)!).toBeLessThan(0.1 * report.losses[0]!);
    expect(report.because).toMatch(
      /^the loss went from [\d.]+ to [\de.-]+ in 200 steps, at most 0.1/,
    );
  });

  test("and not by one whose first layer is dead", async () => {
    const dead = sequential(linear(2, 8, { bias: constant(-1e3) }), relu(), linear(8, 2));
    const report = await overfitOneBatch(dead, {
      ...common,
      optimizer: adam({ learningRate: 0.05 }),
      steps: 60,
    });
    expect(report.passed).toBe(false);
    expect(report.because).toContain("more than 0.1 of its first value");
  });
});

describe("refusals", () => {
  const data = moons;
  const common = { data, loss: crossEntropy(), batchSize: 20, seed: 3 };
  const model = sequential(linear(2, 2));
  const optimizer = sgd({ learningRate: 1 });
  test.each([
    [
      { low: 1, high: 1 },
      "findLearningRate: needs low below high and at least 2 steps, got 1, 1 and 100",
    ],
    [{ low: 0 }, "findLearningRate: low must be positive, got 0"],
    [{ smoothing: 1 }, "findLearningRate: smoothing must be in [0, 1), got 1"],
  ])("%o", async (changes, message) => {
    const run = findLearningRate(model, { ...common, optimizer: () => optimizer, ...changes });
    await expect(run).rejects.toThrow(message);
  });

  test.each([
    [{ share: 1 }, "overfitOneBatch: share must be in (0, 1), got 1"],
    [
      { batchSize: 201 },
      "overfitOneBatch: batchSize must be at most the 200 training examples, got 201",
    ],
  ])("%o", async (changes, message) => {
    const run = overfitOneBatch(model, { ...common, optimizer, ...changes });
    await expect(run).rejects.toThrow(message);
  });
});
