import {
  combineFindings,
  findLarger,
  findSmaller,
  findWithin,
  type Finding,
  type InterventionCheck,
  type MeasureSummary,
  type Verdict,
} from "../../experiments/index.ts";
import type { RateMeasure } from "./measures.ts";
import type { RateArm } from "./model.ts";

type Summaries = Readonly<Record<RateMeasure, MeasureSummary>>;

/** Share of test digits by which errors on a flat stretch may differ. */
const FLAT = 0.005;

export const RULE: string =
  "By 95 % paired t-intervals over seeds. Fixed number of units n: keeping 10 % must err more than keeping 50 %, on test and on training digits; keeping all more than keeping 50 %; keeping 40 % and keeping 80 % as often as keeping 60 %, the whole interval within ± 0.50 points. Fixed number of kept units pn: keeping 60 % must err less than keeping 10 % and less than keeping all, and as often as keeping 50 %, within ± 0.50 points. Keeping 10 %, the larger network of fixed pn must err less than that of fixed n. The claim is contradicted if any part is, supported if all are, undecided otherwise, or if dropout did not do what it should.";

/** The verdict on both curves. */
export function judge(summaries: Summaries, check: InterventionCheck): Verdict {
  const more = (
    claim: string,
    first: RateArm,
    second: RateArm,
    measure: RateMeasure = "test-error",
  ): Finding => {
    const difference = `${nameOf(first)} − ${nameOf(second)}`;
    return findLarger({ claim, measure, summary: summaries[measure], first, second, difference });
  };
  const alike = (claim: string, first: RateArm, second: RateArm): Finding =>
    findWithin({
      claim,
      measure: "test-error",
      summary: summaries["test-error"],
      first,
      second,
      difference: `${nameOf(first)} − ${nameOf(second)}`,
      margin: FLAT,
    });
  return combineFindings(
    [
      more("Fixed n: keeping few units errs more.", "n-10", "n-50"),
      more("It fits the training digits less well.", "n-10", "n-50", "training-error"),
      more("Fixed n: keeping all units errs more.", "n-100", "n-50"),
      alike("Fixed n: flat down to 40 %.", "n-40", "n-60"),
      alike("Fixed n: flat up to 80 %.", "n-80", "n-60"),
      more("Fixed pn: keeping few units errs more.", "pn-10", "pn-60"),
      more("Fixed pn: keeping all units errs more.", "pn-100", "pn-60"),
      alike("Fixed pn: 50 % is close to 60 %.", "pn-50", "pn-60"),
      findSmaller({
        claim: "Keeping 10 %, more units help.",
        measure: "test-error",
        summary: summaries["test-error"],
        first: "pn-10",
        second: "n-10",
        difference: "fixed pn − fixed n, keeping 10 %",
      }),
    ],
    check,
  );
}

function nameOf(arm: RateArm): string {
  return `keeping ${arm.slice(arm.indexOf("-") + 1)} %`;
}
