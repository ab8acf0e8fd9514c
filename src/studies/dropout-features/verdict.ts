import {
  combineFindings,
  findLarger,
  findSmaller,
  findWithin,
  type InterventionCheck,
  type MeasureSummary,
  type Verdict,
} from "../../experiments/index.ts";
import type { FeaturesMeasure } from "./measures.ts";

type Summaries = Readonly<Record<FeaturesMeasure, MeasureSummary>>;

/** What still counts as a similar error: a twentieth of what the mean image leaves, about 0.067. */
const SIMILAR = 0.0034;

export const RULE: string =
  "By 95 % paired t-intervals over seeds of with − without dropout: the reconstruction errors are similar if the whole interval lies within ± 0.0034 (a twentieth of the error of always giving the mean digit); hidden units must be zero more often, be less active in the mean even without the factor p, and have features of fewer pixels (interval wholly on the claimed side of zero). The claim is contradicted if any part is, supported if all are, undecided otherwise, or if dropout did not do what it should.";

/** The verdict on features and sparsity. */
export function judge(summaries: Summaries, check: InterventionCheck): Verdict {
  const pair = (measure: FeaturesMeasure) => ({
    measure,
    summary: summaries[measure],
    first: "with",
    second: "without",
    difference: "with − without dropout",
  });
  return combineFindings(
    [
      findWithin({
        claim: "Both reconstruct test digits similarly well.",
        margin: SIMILAR,
        ...pair("reconstruction"),
      }),
      findLarger({
        claim: "With dropout hidden units are zero more often.",
        ...pair("zero-share"),
      }),
      findSmaller({
        claim: "With dropout hidden units are less active in the mean.",
        ...pair("mean-activation"),
      }),
      findSmaller({ claim: "With dropout features are more local.", ...pair("extent") }),
    ],
    check,
  );
}
