import {
  combineFindings,
  findSmaller,
  findWithin,
  type Finding,
  type InterventionCheck,
  type MeasureSummary,
  type Verdict,
} from "../../experiments/index.ts";
import type { DropoutMnistMeasure } from "./measures.ts";
import type { DropoutMnistArm } from "./model.ts";

type Summaries = Readonly<Record<DropoutMnistMeasure, MeasureSummary>>;

/** Share of test digits by which Gaussian factors may differ from masks and still "do as well". */
const AS_WELL = 0.003;

export const RULE: string =
  "Each comparison is of the test errors of two arms by the 95 % paired t-interval over seeds: supported if the interval of the difference lies wholly on the claimed side of zero, contradicted if on the other, else undecided. Gaussian factors do as well as masks if the whole interval lies within ± 0.30 points. The claim is contradicted if any part is, supported if all are, undecided otherwise, or if noise or max-norm did not do what they should.";

/** The verdict on the whole table. */
export function judge(summaries: Summaries, check: InterventionCheck): Verdict {
  const summary = summaries["test-error"];
  const finding = (claim: string, first: DropoutMnistArm, second: DropoutMnistArm): Finding => {
    const difference = `${NAMES[first]} − ${NAMES[second]}`;
    return findSmaller({ claim, measure: "test-error", summary, first, second, difference });
  };
  return combineFindings(
    [
      finding("Dropout lowers the error of ReLU networks.", "relu-dropout", "relu"),
      finding("Dropout lowers the error of logistic networks.", "logistic-dropout", "logistic"),
      finding("Max-norm lowers it further.", "relu-dropout-max-norm", "relu-dropout"),
      finding(
        "Dropout with max-norm beats max-norm alone.",
        "relu-dropout-max-norm",
        "relu-max-norm",
      ),
      finding(
        "Twice as wide, it gets lower still.",
        "relu-dropout-max-norm-wide",
        "relu-dropout-max-norm",
      ),
      findWithin({
        claim: "Gaussian factors of the same variance do as well as masks.",
        measure: "test-error",
        summary,
        first: "relu-gaussian-max-norm",
        second: "relu-dropout-max-norm",
        difference: "Gaussian − masks, both with max-norm",
        margin: AS_WELL,
      }),
    ],
    check,
  );
}

const NAMES: Readonly<Record<DropoutMnistArm, string>> = {
  logistic: "without",
  "logistic-dropout": "with dropout",
  relu: "without",
  "relu-max-norm": "max-norm alone",
  "relu-dropout": "dropout",
  "relu-dropout-max-norm": "dropout + max-norm",
  "relu-dropout-max-norm-wide": "twice as wide",
  "relu-gaussian-max-norm": "Gaussian",
};
