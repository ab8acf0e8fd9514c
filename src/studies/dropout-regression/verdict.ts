import {
  combineFindings,
  findLarger,
  type Finding,
  type InterventionCheck,
  type MeasureSummary,
  type Verdict,
} from "../../experiments/index.ts";
import type { RegressionMeasure } from "./measures.ts";
import type { RegressionArm } from "./problem.ts";

type Summaries = Readonly<Record<RegressionMeasure, MeasureSummary>>;

/** What rounding in float64 may leave: a hundred thousand times its resolution. */
const ROUNDING = 20;
/** How far drawn masks, and weights learned from them, may be off, and wrong formulas must be. */
const SAMPLING = 0.02;

export const RULE: string =
  `Each part is judged on both problems by 95 % t-intervals over seeds. The formula, its minimiser and the ridge special case must agree with all masks to ${ROUNDING} parts per trillion, far above rounding and far below any formula that differs; the layer’s masks and the learned weights to 2 %; the loss by line 3 and by line 4 must differ from that over all masks by more than 2 %; and the learned weights must be nearer to the closed form than to the minimisers of lines 3 and 4. ` +
  `A part is supported if the interval lies wholly on the side named, contradicted if on the other, else undecided. The claim is contradicted if any part is, supported if all are, undecided otherwise, or if the layer did not drop the share it should.`;

const PROBLEMS: Readonly<Record<RegressionArm, string>> = {
  gaussian: "random X and y",
  digits: "blocks of digits",
};

/** The verdict on the whole claim: every part on both problems. */
export function judge(summaries: Summaries, check: InterventionCheck): Verdict {
  const findings = (["gaussian", "digits"] as const).flatMap((arm) => judgeProblem(arm, summaries));
  return combineFindings(findings, check);
}

function judgeProblem(arm: RegressionArm, summaries: Summaries): Finding[] {
  const { [arm]: problem } = PROBLEMS;
  const below = (measure: RegressionMeasure, limit: number, claim: string): Finding =>
    compare(claim, measure, [limit, measure], `limit − found, ${problem}`);
  const above = (measure: RegressionMeasure, limit: number, claim: string): Finding =>
    compare(claim, measure, [measure, limit], `found − limit, ${problem}`);
  const nearer = (measure: RegressionMeasure, line: string): Finding =>
    compare(
      `Descent with dropout goes to the closed form, not to ${line}.`,
      measure,
      [measure, "learned-formula"],
      `distance from ${line} − distance from the closed form, ${problem}`,
    );
  function compare(
    claim: string,
    measure: RegressionMeasure,
    sides: readonly [RegressionMeasure | number, RegressionMeasure | number],
    difference: string,
  ): Finding {
    const { [measure]: own } = summaries;
    const side = (of: RegressionMeasure | number): MeasureSummary["arms"][string] => {
      const measured = own.arms[arm]!;
      if (typeof of === "string") return summaries[of].arms[arm]!;
      const constant = Object.keys(measured.perSeed).map((seed) => [seed, of] as const);
      return { ...measured, perSeed: Object.fromEntries(constant) };
    };
    const summary = { ...own, arms: { first: side(sides[0]), second: side(sides[1]) } };
    return findLarger({ claim, measure, summary, first: "first", second: "second", difference });
  }
  return [
    below("formula-loss", ROUNDING, "The formula is the loss over all masks."),
    below("formula-minimiser", ROUNDING, "The closed form minimises the loss over all masks."),
    below("ridge", ROUNDING, "With equal columns it is ridge regression of p · w."),
    below("draws", SAMPLING, "The layer’s own masks give the same loss."),
    below("learned-formula", SAMPLING, "Descent with dropout finds the closed form."),
    above("line-3-loss", SAMPLING, "Line 3 is not the loss over all masks."),
    above("line-4-loss", SAMPLING, "Line 4 is not the loss over all masks."),
    nearer("learned-line-3", "line 3"),
    nearer("learned-line-4", "line 4"),
  ];
}
