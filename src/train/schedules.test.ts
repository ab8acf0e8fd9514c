import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { OptionError } from "../base/errors.ts";
import type { ControllerMemory } from "./controller.ts";
import type { EvaluationEvent } from "./events.ts";
import { reduceOnPlateau, type ReduceOnPlateauOptions } from "./reduce-on-plateau.ts";
import type { Schedule } from "./schedule.ts";
import {
  constantRate,
  cosineDecay,
  exponentialDecay,
  oneCycle,
  polynomialDecay,
  stepDecay,
  warmUp,
} from "./schedules.ts";

interface Golden {
  readonly schedules: Readonly<Record<string, readonly number[]>>;
  readonly plateau: Readonly<Record<string, Plateau>>;
}

interface Plateau {
  readonly metrics: readonly number[];
  readonly factors: readonly number[];
}

const golden = JSON.parse(
  readFileSync(new URL("../../fixtures/torch-schedules.json", import.meta.url), "utf8"),
) as Golden;

/** PyTorch's schedulers in our words; PyTorch's own are recursive and gather roundings. */
const schedules: Readonly<Record<string, Schedule>> = {
  step: stepDecay({ start: 0.5, factor: 0.3, every: 7 }),
  "multi-step": stepDecay({ start: 0.5, factor: 0.5, every: [4, 11, 20] }),
  exponential: exponentialDecay({ start: 0.5, factor: 0.9 }),
  cosine: cosineDecay({ start: 0.5, end: 0.01, steps: 30 }),
  polynomial: polynomialDecay({ start: 0.5, steps: 20, power: 2.5 }),
  "one-cycle": oneCycle({ steps: 30, peak: 0.4, start: 0.02, end: 0.0002 }),
  "one-cycle-linear": oneCycle({ steps: 30, peak: 0.4, start: 0.02, end: 0.0002, shape: "linear" }),
  "one-cycle-momentum": oneCycle({ steps: 30, peak: 0.85, start: 0.95, end: 0.95 }),
  "warm-up": warmUp(0.5, { steps: 6, from: 0.1 }),
};

describe("schedules agree with PyTorch's", () => {
  test.each(Object.entries(golden.schedules))("%s", (name, expected) => {
    expected.forEach((rate, step) =>
      expect(schedules[name]!(step), `${step}`).toBeCloseTo(rate, 12),
    );
  });
});

test("a schedule stays where it has arrived", () => {
  expect(cosineDecay({ start: 1, end: 0.25, steps: 4 })(99)).toBe(0.25);
  expect(polynomialDecay({ start: 1, end: 0.25, steps: 4 })(99)).toBe(0.25);
  expect(oneCycle({ steps: 10, peak: 1, end: 0.5 })(99)).toBe(0.5);
  expect(constantRate(0.3)(99)).toBe(0.3);
  expect(exponentialDecay({ start: 8, factor: 0.5, every: 10 })(20)).toBe(2);
});

test("what follows a warm-up counts its own steps", () => {
  const rate = warmUp((step) => 8 - step, { steps: 4 });
  expect([0, 1, 2, 3, 4, 5, 6].map(rate)).toEqual([2, 3.5, 5, 6.5, 8, 7, 6]);
});

test.each<[() => unknown, string]>([
  [() => constantRate(-1), "constantRate: value must be finite and not negative, got -1"],
  [() => stepDecay({ start: 1, every: 0 }), "stepDecay: every must be a positive integer, got 0"],
  [() => stepDecay({ start: 1, every: [3, 3] }), "stepDecay: every must rise, got 3 before 3"],
  [
    () => exponentialDecay({ start: 1, factor: 1, every: 0 }),
    "exponentialDecay: every must be positive, got 0",
  ],
  [
    () => cosineDecay({ start: 1, steps: 1.5 }),
    "cosineDecay: steps must be a positive integer, got 1.5",
  ],
  [
    () => polynomialDecay({ start: 1, steps: 2, power: Infinity }),
    "polynomialDecay: power must be positive, got Infinity",
  ],
  [() => oneCycle({ steps: 9, peak: 1, rise: 1 }), "oneCycle: rise must be in (0, 1), got 1"],
  [() => oneCycle({ steps: 2, peak: 1 }), "oneCycle: rise · steps must be above 1, got 0.6"],
  [() => warmUp(1, { steps: 2, from: 2 }), "warmUp: from must be in [0, 1], got 2"],
  [() => reduceOnPlateau({ factor: 1 }), "reduceOnPlateau: factor must be in (0, 1), got 1"],
  [
    () => reduceOnPlateau({ patience: -1 }),
    "reduceOnPlateau: patience must be a number of evaluations, got -1",
  ],
])("%o is refused", (make, message) => {
  expect(make).toThrow(OptionError);
  expect(make).toThrow(message);
});

const plateaus: Readonly<Record<string, ReduceOnPlateauOptions>> = {
  loss: { factor: 0.5, patience: 2, threshold: 0.02 },
  cooldown: { factor: 0.5, patience: 1, threshold: 0.05, cooldown: 3 },
  accuracy: { metric: "accuracy", factor: 0.1, patience: 3, threshold: 0.01, leastFactor: 0.005 },
};

describe("reduceOnPlateau agrees with PyTorch's", () => {
  test.each(Object.entries(golden.plateau))("%s", (name, { metrics, factors }) => {
    const controller = reduceOnPlateau(plateaus[name]);
    let helm = controller.begin(null);
    metrics.forEach((metric, step) => {
      helm.see(evaluation(step, metric));
      expect(helm.rateFactor(), `evaluation ${step}`).toBeCloseTo(factors[step]!, 14);
      // What it remembers is all it is: a new one goes on from there.
      const memory = JSON.parse(JSON.stringify(helm.remember())) as ControllerMemory;
      helm = controller.begin(memory);
      helm.see({ ...evaluation(step, 0), split: "train" });
    });
    expect(new Set(factors).size).toBeGreaterThan(2);
  });
});

function evaluation(step: number, value: number): EvaluationEvent {
  const result = { loss: value, accuracy: value, examples: 1, statistics: "running" } as const;
  return { type: "evaluation", step, split: "test", result };
}
