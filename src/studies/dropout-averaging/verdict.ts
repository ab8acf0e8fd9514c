import {
  combineFindings,
  findLarger,
  findWithin,
  type Finding,
  type InterventionCheck,
  type MeasureSummary,
  type Verdict,
} from "../../experiments/index.ts";
import type { AveragingMeasure } from "./measures.ts";

type Summaries = Readonly<Record<AveragingMeasure, MeasureSummary>>;

/** Share of test digits that still counts as equal. */
const EQUAL = 0.002;

export const RULE: string =
  "By the 95 % paired t-interval over seeds, one and three thinned networks must err more often than the network with scaled weights (interval above zero), and the averages of 50 and of 120 as often to within ± 0.20 points (whole interval inside). The claim is contradicted if any part is, supported if all are, undecided otherwise, or if dropout did not do what it should.";

/** The verdict on the whole claim: each part compares two measures of the same runs. */
export function judge(summaries: Summaries, check: InterventionCheck): Verdict {
  const scaled = summaries["weight-scaling"].arms["relu"]!;
  const compared = (measure: AveragingMeasure, difference: string) => {
    const summary = { ...summaries[measure] };
    const arms = { averaged: summary.arms["relu"]!, scaled };
    return {
      measure,
      summary: { ...summary, arms },
      first: "averaged",
      second: "scaled",
      difference: `${difference} − weight scaling`,
    };
  };
  const worse = (claim: string, measure: AveragingMeasure, text: string): Finding =>
    findLarger({ claim, ...compared(measure, text) });
  const equal = (claim: string, measure: AveragingMeasure, text: string): Finding =>
    findWithin({ claim, margin: EQUAL, ...compared(measure, text) });
  return combineFindings(
    [
      worse("One thinned network errs more often.", "networks-1", "one network"),
      worse("So does the average of three.", "networks-3", "average of 3"),
      equal("The average of 50 does as well.", "networks-50", "average of 50"),
      equal("More gain nothing that counts.", "networks-120", "average of 120"),
    ],
    check,
  );
}
