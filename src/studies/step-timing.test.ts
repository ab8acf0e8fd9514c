import { expect, test } from "vitest";
import { digitsSample } from "../data/index.ts";
import { batchNorm, dropout, linear, relu, sequential, type Module } from "../nn/index.ts";
import { wasmBackend } from "../run/index.ts";
import { medianRatio, stepTimer } from "./step-timing.ts";

test("every model has a time for every round, whatever its layers need", async () => {
  const models = new Map<string, Module>([
    ["plain", sequential(linear(784, 8), relu(), linear(8, 10))],
    [
      "more",
      sequential(linear(784, 8), batchNorm(8), relu(), dropout({ rate: 0.5 }), linear(8, 10)),
    ],
  ]);
  const { train } = await digitsSample();
  const options = { batchSize: 4, examples: train, backend: wasmBackend(), seed: 1 };
  const round = await stepTimer(models, { ...options, milliseconds: 0.1 });
  const rounds = [round(), round()];
  // Another one goes first each time.
  expect(rounds.map((times) => [...times.keys()])).toEqual([
    ["more", "plain"],
    ["plain", "more"],
  ]);
  for (const times of rounds) for (const time of times.values()) expect(time).toBeGreaterThan(0);
});

test("the ratio is the median of the rounds' own ratios, not a ratio of medians", () => {
  // Ratios 2, 2, 1.5: the slow second round slowed both.
  expect(medianRatio([2, 20, 3], [1, 10, 2])).toBe(2);
  expect(medianRatio([1, 3], [1, 1])).toBe(2);
});
