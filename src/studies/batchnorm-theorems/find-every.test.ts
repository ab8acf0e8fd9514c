import { describe, expect, test } from "vitest";
import { meanInterval, type MeasureSummary } from "../../experiments/index.ts";
import { findEvery } from "./find-every.ts";

function summary(arms: Readonly<Record<string, readonly (number | null)[]>>): MeasureSummary {
  const entries = Object.entries(arms).map(([arm, values]) => {
    const perSeed = Object.fromEntries(values.map((value, i) => [String(i + 1), value]));
    return [arm, { perSeed, interval: meanInterval([]), atLeast: 0 }] as const;
  });
  return {
    label: "error",
    unit: "ppm",
    definition: "",
    digits: 1,
    arms: Object.fromEntries(entries),
  };
}

const about = { claim: "It is an equality.", measure: "error" };

describe("findEvery", () => {
  test("one run beyond the limit contradicts, whatever the mean", () => {
    const within = summary({ a: [1, 2, 3], b: [4, 0, 10] });
    expect(findEvery({ ...about, summary: within, rule: { atMost: 10 } })).toMatchObject({
      outcome: "supports",
      gap: { n: 3, mean: (6 + 8 + 0) / 3 },
    });
    const beyond = summary({ a: [1, 2, 3], b: [4, 0, 10.1] });
    const found = findEvery({ ...about, summary: beyond, rule: { atMost: 10 } });
    expect(found.outcome).toBe("contradicts");
    expect(found.because).toContain("largest of all runs 10.1 ppm, 6 runs");
  });

  test("above a limit, the limit itself does not count", () => {
    const zero = summary({ a: [1, 0, 3] });
    expect(findEvery({ ...about, summary: zero, rule: { above: 0 } }).outcome).toBe("contradicts");
    const all = summary({ a: [1, 0.5, 3] });
    expect(findEvery({ ...about, summary: all, rule: { above: 0 } }).outcome).toBe("supports");
  });

  test("a run without a value leaves it open, unless another breaks the rule", () => {
    const lost = summary({ a: [1, null, 3] });
    expect(findEvery({ ...about, summary: lost, rule: { atMost: 10 } }).outcome).toBe("undecided");
    expect(findEvery({ ...about, summary: lost, rule: { atMost: 2 } }).outcome).toBe("contradicts");
  });
});
