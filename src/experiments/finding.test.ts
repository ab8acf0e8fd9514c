import { describe, expect, test } from "vitest";
import { combineFindings, findLarger, formatMeasure } from "./finding.ts";
import { meanInterval, type PerSeed } from "./statistics.ts";
import type { Finding } from "./study-parts.ts";
import type { MeasureSummary } from "./study-result.ts";

function finding(
  a: readonly (number | null)[],
  b: readonly (number | null)[],
  unit = "steps",
): Finding {
  const arm = (values: readonly (number | null)[]) => ({
    perSeed: Object.fromEntries(values.map((value, i) => [String(i + 1), value])) as PerSeed,
    interval: meanInterval(values.filter((value) => value !== null)),
    atLeast: 0,
  });
  const summary: MeasureSummary = {
    label: "Steps",
    unit,
    definition: "",
    digits: unit === "%" ? 2 : 0,
    arms: { a: arm(a), b: arm(b) },
  };
  return findLarger({
    claim: "a is larger.",
    measure: "m",
    summary,
    first: "a",
    second: "b",
    difference: "a − b",
  });
}

describe("findLarger", () => {
  test("supports, contradicts or leaves undecided by where the interval lies", () => {
    expect(finding([10, 11, 12], [1, 2, 4])).toMatchObject({ outcome: "supports" });
    expect(finding([1, 2, 4], [10, 11, 12])).toMatchObject({ outcome: "contradicts" });
    expect(finding([1, 5, 9], [9, 5, 2])).toMatchObject({ outcome: "undecided" });
  });

  test("says the interval with its unit and n", () => {
    expect(finding([3, 4, 5], [1, 1, 1]).because).toBe(
      "a − b: +3 steps [+1, +5], 95 % interval over n = 3 paired seeds; the interval lies above zero",
    );
    expect(finding([0.95, 0.951, 0.952], [0.9, 0.9, 0.9], "%").because).toContain(
      "+5.10 points [+4.85, +5.35]",
    );
  });

  test("two seeds give an interval, one gives none, and neither is enough to tell", () => {
    const two = finding([10, 11], [1, 2]);
    expect(two.gap.low).toBe(9);
    expect(two).toMatchObject({ outcome: "undecided" });
    expect(two.because).toContain("n = 2 paired seeds; too few seeds to tell");
    const one = finding([10], [1]);
    expect(one).toMatchObject({ outcome: "undecided" });
    expect(one.because).toBe(
      "a − b: +9 steps, no interval from n = 1 paired seed; too few seeds to tell",
    );
  });

  test("a pair without a value leaves it undecided and is counted", () => {
    const lost = finding([10, 11, 12, null], [1, 2, 4, 3]);
    expect(lost).toMatchObject({ outcome: "undecided" });
    expect(lost.because).toContain("1 of 4 pairs have no value");
  });

  test("an interval that only touches zero decides nothing", () => {
    expect(finding([1, 1, 1], [1, 1, 1])).toMatchObject({ outcome: "undecided" });
  });
});

describe("combineFindings", () => {
  const [yes, no, open] = [
    finding([10, 11, 12], [1, 2, 4]),
    finding([1, 2, 4], [10, 11, 12]),
    finding([1], [0]),
  ];
  const worked = { passed: true, because: "it did" };

  test.each([
    [[yes, yes], "supports"],
    [[yes, open], "undecided"],
    [[yes, no, open], "contradicts"],
  ] as const)("%# holds to the rule", (findings, outcome) => {
    expect(combineFindings(findings, worked).outcome).toBe(outcome);
  });

  test("names the parts that decided it", () => {
    const parts = [{ ...yes, claim: "Faster." }, { ...no, claim: "Better." }, open];
    expect(combineFindings(parts, worked).because).toBe(
      "1 of 3 parts of the claim are contradicted: “Better”",
    );
  });

  test("without a working intervention there is no verdict, whatever was found", () => {
    const verdict = combineFindings([yes, yes], {
      passed: false,
      because: "nothing was normalized",
    });
    expect(verdict.outcome).toBe("undecided");
    expect(verdict.because).toContain("nothing was normalized");
  });
});

test("numbers are grouped, rounded and never −0", () => {
  expect(formatMeasure(12_345.6, { unit: "steps", digits: 0 })).toBe("12,346");
  expect(formatMeasure(0.97654, { unit: "%", digits: 2 })).toBe("97.65");
  expect(formatMeasure(-0.5, { unit: "", digits: 1 })).toBe("−0.5");
  expect(formatMeasure(-0.0001, { unit: "", digits: 1 })).toBe("0.0");
});
