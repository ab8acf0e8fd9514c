import { expect, test } from "vitest";
import type { StudyResult } from "../experiments/index.ts";
import { studies } from "../studies/index.ts";
import { chooseResults } from "./write-findings.ts";

const [first, second] = studies;

/** The parts of a result that the choice looks at. */
function resultOf(
  study: (typeof studies)[number],
  id: string,
  change: Partial<StudyResult> = {},
): StudyResult {
  const parts = { id, study: study.id, revision: study.revision, preset: "quick", overrides: {} };
  return { ...parts, ...change } as StudyResult;
}

test("takes each study's largest preset, as it is, the newest of equals", () => {
  const chosen = chooseResults([
    resultOf(second!, "b-newest"),
    resultOf(first!, "quick"),
    resultOf(first!, "short", { preset: "standard", overrides: { steps: 5 } }),
    resultOf(first!, "newer", { preset: "standard" }),
    resultOf(first!, "older", { preset: "standard" }),
    resultOf(first!, "past", { preset: "paper", revision: first!.revision - 1 }),
    resultOf(second!, "b-older"),
  ]);
  expect(chosen.map(({ id }) => id)).toEqual(["newer", "b-newest"]);
});

test("a larger preset with fewer steps comes before a smaller one", () => {
  const cut = resultOf(first!, "cut", { preset: "standard", overrides: { steps: 5 } });
  expect(chooseResults([resultOf(first!, "quick"), cut]).map(({ id }) => id)).toEqual(["cut"]);
});
