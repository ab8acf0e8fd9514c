import {
  combineFindings,
  findAbove,
  findExact,
  findLarger,
  type Finding,
  type InterventionCheck,
  type MeasureSummary,
  type Verdict,
} from "../../experiments/index.ts";
import type { RegressionMeasure } from "./measures.ts";
import type { RegressionArm } from "./problem.ts";

type Summaries = Readonly<Record<RegressionMeasure, MeasureSummary>>;

/** What rounding in float64 may leave: some ten thousand times its resolution. */
const ROUNDING = 1e-11;
/** How far drawn masks, and weights learned from them, may be off; wrong formulas are further. */
const SAMPLING = 0.02;

export const RULE: string =
  "In every run, on both problems, the formula, its minimiser and the ridge special case must agree with all masks to a relative 10⁻¹¹, far above rounding and far below any formula that differs; the loss over the layer’s own masks, and the weights learned from them, to 2 %. " +
  "On each problem, by the 95 % t-interval over seeds, the loss by line 3 and by line 4 must differ from that over all masks by more than 2 %, and the learned weights must be further from the minimisers of lines 3 and 4 than from the closed form. " +
  "The claim is contradicted if any part is, supported if all are, undecided otherwise, or if the layer did not drop the share it should.";

/** The verdict on the whole claim. */
export function judge(summaries: Summaries, check: InterventionCheck): Verdict {
  const exact = (measure: RegressionMeasure, tolerance: number, claim: string): Finding => {
    const of = "largest relative error";
    return findExact({ claim, measure, summary: summaries[measure], tolerance, of });
  };
  return combineFindings(
    [
      exact("formula-loss", ROUNDING, "The formula is the loss over all masks."),
      exact("formula-minimiser", ROUNDING, "The closed form minimises the loss over all masks."),
      exact("ridge", ROUNDING, "With equal columns it is ridge regression of p · w."),
      exact("draws", SAMPLING, "The layer’s own masks give the same loss."),
      exact("learned-formula", SAMPLING, "Descent with dropout finds the closed form."),
      ...(["gaussian", "digits"] as const).flatMap((arm) => judgeLines(summaries, arm)),
    ],
    check,
  );
}

const PROBLEMS: Readonly<Record<RegressionArm, string>> = {
  gaussian: "random X and y",
  digits: "blocks of digits",
};

function judgeLines(summaries: Summaries, arm: RegressionArm): Finding[] {
  const on = `on ${PROBLEMS[arm]}`;
  return (["line-3", "line-4"] as const).flatMap((line) => {
    const name = line.replace("-", " ");
    const [loss, learned] = [`${line}-loss`, `learned-${line}`] as const;
    const { [learned]: summary, "learned-formula": formula } = summaries;
    return [
      findAbove({
        claim: `${name.replace("l", "L")} is not the loss over all masks, ${on}.`,
        measure: loss,
        summary: summaries[loss],
        arm,
        bound: SAMPLING,
        of: "relative difference",
      }),
      findLarger({
        claim: `Descent with dropout goes to the closed form, not to ${name}, ${on}.`,
        measure: learned,
        // Two measures of the same runs: each seed is its own pair.
        summary: { ...summary, arms: { wrong: summary.arms[arm]!, right: formula.arms[arm]! } },
        first: "wrong",
        second: "right",
        difference: `distance from ${name} − distance from the closed form`,
      }),
    ];
  });
}
