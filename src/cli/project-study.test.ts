import { expect, test } from "vitest";
import type { Scale } from "../experiments/study-parts.ts";
import { costOf, type Trial } from "./project-study.ts";

const scale: Scale = {
  steps: 10_000,
  seeds: 3,
  evaluateEvery: 500,
  observeEvery: 100,
  checkpointEvery: 1_000,
};

/** A run whose every part takes a time that is known. */
function trialOf({ steps, observeEvery }: Scale, change: Partial<Trial> = {}): Trial {
  const observations = Math.floor(steps / observeEvery) + 1;
  return {
    start: 2,
    steps,
    stepping: steps * 0.01,
    evaluations: 2,
    evaluating: 2 * 0.5,
    observations,
    repeated: true,
    observing: observations * 0.25,
    ...change,
  };
}

test("multiplies what the parts of a short run took", async () => {
  const asked: number[] = [];
  const cost = await costOf("a", scale, async (short) => {
    asked.push(short.steps);
    return trialOf(short);
  });
  expect(asked).toEqual([2, 50]);
  expect(cost).toMatchObject({ start: 2, perEvaluation: 0.5, perObservation: 0.25 });
  expect(cost.perStep).toBeCloseTo(0.01, 12);
  expect(cost.run).toBeCloseTo(2 + 100 + 21 * 0.5 + 101 * 0.25, 9);
});

test("tries slow steps once, and what is measured once counts once", async () => {
  let tries = 0;
  const cost = await costOf("a", scale, async (short) => {
    tries++;
    return trialOf(short, { stepping: 2, observations: 1, repeated: false, observing: 7 });
  });
  expect(tries).toBe(1);
  expect(cost.run).toBeCloseTo(2 + 10_000 + 21 * 0.5 + 7, 9);
});

test("never asks for more steps than the run has", async () => {
  const asked: number[] = [];
  await costOf("a", { ...scale, steps: 7 }, async (short) => {
    asked.push(short.steps);
    return trialOf(short);
  });
  expect(asked).toEqual([2, 7]);
});
