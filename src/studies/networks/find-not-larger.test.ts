import { expect, test } from "vitest";
import { meanInterval, type MeasureSummary } from "../../experiments/index.ts";
import { findNotLarger } from "./find-not-larger.ts";

function outcome(first: readonly (number | null)[], margin: number): string {
  const perSeed = (values: readonly (number | null)[]): Record<string, number | null> =>
    Object.fromEntries(values.map((value, i) => [String(i), value]));
  const arm = (values: readonly (number | null)[]): MeasureSummary["arms"][string] => ({
    perSeed: perSeed(values),
    interval: meanInterval([]),
    atLeast: 0,
  });
  const summary: MeasureSummary = {
    label: "cosine",
    unit: "",
    definition: "",
    digits: 2,
    arms: { bn: arm(first), plain: arm(first.map(() => 0)) },
  };
  return findNotLarger({
    claim: "Similar or worse.",
    measure: "cosine",
    summary,
    first: "bn",
    second: "plain",
    difference: "with − without",
    margin,
  }).outcome;
}

test("holds below the margin and below zero alike, fails above it, and is open across it", () => {
  expect(outcome([0.01, 0.02, 0.03], 0.1)).toBe("supports");
  expect(outcome([-0.9, -0.91, -0.92], 0.1)).toBe("supports");
  expect(outcome([0.5, 0.51, 0.52], 0.1)).toBe("contradicts");
  expect(outcome([0, 0.1, 0.2], 0.1)).toBe("undecided");
});

test("too few seeds and runs without a value leave it open", () => {
  expect(outcome([0.01, 0.02], 0.1)).toBe("undecided");
  expect(outcome([0.01, 0.02, 0.03, null], 0.1)).toBe("undecided");
});
