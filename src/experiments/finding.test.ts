import { describe, expect, test } from "vitest";
import { findAbove, findBelow, findExact } from "./find-value.ts";
import { combineFindings, findLarger, findSmaller, findWithin } from "./finding.ts";
import { formatMeasure } from "./finding-text.ts";
import { meanInterval, type PerSeed } from "./statistics.ts";
import type { Finding } from "./study-parts.ts";
import type { MeasureSummary } from "./study-result.ts";

type Values = readonly (number | null)[];

function summaryOf(
  arms: Readonly<Record<string, Values>>,
  { unit = "steps", atLeast = {} }: { unit?: string; atLeast?: Record<string, number> } = {},
): MeasureSummary {
  const summaries = Object.entries(arms).map(([id, values]) => {
    const perSeed: PerSeed = Object.fromEntries(values.map((value, i) => [String(i + 1), value]));
    const interval = meanInterval(values.filter((value) => value !== null));
    return [id, { perSeed, interval, atLeast: atLeast[id] ?? 0 }] as const;
  });
  return {
    label: "Steps",
    unit,
    definition: "",
    digits: unit === "%" ? 2 : 0,
    arms: Object.fromEntries(summaries),
  };
}

const compared = {
  claim: "a is larger.",
  measure: "m",
  first: "a",
  second: "b",
  difference: "a − b",
};

function finding(a: Values, b: Values, unit = "steps"): Finding {
  return findLarger({ ...compared, summary: summaryOf({ a, b }, { unit }) });
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

describe("runs that never got there are lower bounds", () => {
  const [a, b] = [
    [10, 11, 12],
    [1, 2, 4],
  ];
  const judge = (atLeast: Record<string, number>): Finding =>
    findLarger({ ...compared, summary: summaryOf({ a, b }, { atLeast }) });

  test("fair to the side said to be smaller", () => {
    expect(judge({ a: 2 })).toMatchObject({ outcome: "supports" });
  });

  test("and of that side they leave it undecided, and are counted", () => {
    const open = judge({ b: 1 });
    expect(open.outcome).toBe("undecided");
    expect(open.because).toContain("1 of 3 runs of b never got there: a lower bound only");
  });
});

test("an interval that holds zero says what could have been seen", () => {
  // Differences 0, 1, 2: mean 1, half-width 4.3027 / √3 = 2.48.
  expect(finding([0, 1, 2], [0, 0, 0], "%").because).toContain(
    "with n = 3 and this spread a difference of at least 248.41 points could have been seen",
  );
});

test("findSmaller is findLarger with the arms' places kept and the signs turned", () => {
  const summary = summaryOf({ a: [1, 2, 4], b: [10, 11, 12] });
  const smaller = findSmaller({ ...compared, summary });
  expect(smaller.outcome).toBe("supports");
  expect(smaller.gap).toEqual(findLarger({ ...compared, summary }).gap);
  expect(findSmaller({ ...compared, first: "b", second: "a", summary }).outcome).toBe(
    "contradicts",
  );
});

describe("findWithin", () => {
  const within = (a: Values, margin: number): Finding =>
    findWithin({ ...compared, margin, summary: summaryOf({ a, b: [0, 0, 0] }) });

  test("needs the whole interval inside, or the whole of it outside", () => {
    // Differences 0, 1, 2: [−1.48, 3.48].
    expect(within([0, 1, 2], 4).outcome).toBe("supports");
    expect(within([0, 1, 2], 3).outcome).toBe("undecided");
    expect(within([10, 11, 12], 3).outcome).toBe("contradicts");
    expect(within([-10, -11, -12], 3).outcome).toBe("contradicts");
  });

  test("says the margin, and two seeds are too few", () => {
    expect(within([0, 1, 2], 4).because).toContain("the interval lies within ± 4 steps");
    const summary = summaryOf({ a: [0, 0], b: [0, 0] });
    expect(findWithin({ ...compared, margin: 1, summary }).because).toContain("too few seeds");
    expect(() => findWithin({ ...compared, margin: 0, summary })).toThrow(
      "must be positive, got 0",
    );
  });
});

test("from ten pairs on the bootstrap interval must agree", () => {
  const zeros = Array.from({ length: 12 }, () => 0);
  const steady = zeros.map((_, i) => 5 + (i % 3));
  const sure = finding(steady, zeros);
  expect(sure.outcome).toBe("supports");
  expect(sure.because).toContain("; bootstrap interval [+5, +7]");
  // A long tail to the left: the t-interval leaves zero out, the bootstrap does not.
  const skewed = [5, 5, 4, 4, 4, 4, 3, 3, 2, 1, -1, -5];
  const doubtful = finding(skewed, zeros);
  expect(doubtful.gap.low).toBeGreaterThan(0);
  expect(doubtful.gap.bootstrap?.low).toBeLessThan(0);
  expect(doubtful).toMatchObject({ outcome: "undecided" });
  expect(doubtful.because).toContain("the bootstrap interval does not agree");
});

describe("findAbove and findBelow", () => {
  const above = { claim: "c", measure: "m", arm: "a", of: "with" };
  const summary = summaryOf({ a: [0.97, 0.98, 0.99] }, { unit: "%" });

  test("hold an arm's interval against a number", () => {
    expect(findAbove({ ...above, summary, bound: 0.9 })).toMatchObject({ outcome: "supports" });
    expect(findBelow({ ...above, summary, bound: 0.9 })).toMatchObject({ outcome: "contradicts" });
    expect(findAbove({ ...above, summary, bound: 0.981 })).toMatchObject({ outcome: "undecided" });
    expect(findBelow({ ...above, summary, bound: 1.1 })).toMatchObject({ outcome: "supports" });
  });

  test("say the value, not a difference", () => {
    expect(findAbove({ ...above, summary, bound: 0.9 }).because).toBe(
      "with: 98.00 % [95.52, 100.48], 95 % interval over n = 3 seeds; the interval lies above 90.00 %",
    );
  });

  test("a lower bound below the number decides nothing, and an unknown arm is refused", () => {
    const bounded = summaryOf({ a: [10, 11, 12] }, { atLeast: { a: 1 } });
    expect(findBelow({ ...above, summary: bounded, bound: 100 }).outcome).toBe("undecided");
    expect(findAbove({ ...above, summary: bounded, bound: 1 }).outcome).toBe("supports");
    expect(() => findAbove({ ...above, arm: "b", summary, bound: 1 })).toThrow(
      'arm must be one of a, got "b"',
    );
  });

  test("a run without a value is counted", () => {
    const lost = summaryOf({ a: [1, 2, 3, null] });
    expect(findAbove({ ...above, summary: lost, bound: 0 }).because).toContain(
      "1 of 4 runs have no value (a: 1)",
    );
  });
});

describe("findExact", () => {
  const exact = { claim: "c", measure: "m", of: "left − right", tolerance: 2 };

  test("holds in every run or not at all", () => {
    expect(findExact({ ...exact, summary: summaryOf({ a: [1, -2], b: [0] }) })).toMatchObject({
      outcome: "supports",
      because: "left − right: at most 2 steps in 3 runs; every run keeps to it (allowed: 2 steps)",
    });
    expect(findExact({ ...exact, summary: summaryOf({ a: [1, -3] }) }).outcome).toBe("contradicts");
    expect(findExact({ ...exact, summary: summaryOf({ a: [1, NaN] }) }).outcome).toBe(
      "contradicts",
    );
    expect(findExact({ ...exact, summary: summaryOf({ a: [1, null] }) }).outcome).toBe("undecided");
    expect(findExact({ ...exact, summary: summaryOf({ a: [] }) }).outcome).toBe("undecided");
  });

  test("takes slack on one side of a bound, and the arms it is asked about", () => {
    const summary = summaryOf({ a: [-30, 1], b: [5] });
    const upper = { ...exact, summary, sides: "upper" } as const;
    expect(findExact(upper).outcome).toBe("contradicts");
    expect(findExact({ ...upper, arms: ["a"] }).outcome).toBe("supports");
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
  expect(formatMeasure(2.5e13, { unit: "", digits: 1 })).toBe("2.5·10¹³");
  const tiny = { unit: "", digits: 1, notation: "scientific" } as const;
  expect([-3.14e-7, 0].map((value) => formatMeasure(value, tiny))).toEqual(["−3.1·10⁻⁷", "0.0"]);
  expect(formatMeasure(-0.0001, { unit: "", digits: 1 })).toBe("0.0");
});
