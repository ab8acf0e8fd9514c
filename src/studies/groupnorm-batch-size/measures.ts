import {
  finalAccuracy,
  type InterventionCheck,
  type Measure,
  type RunResult,
} from "../../experiments/index.ts";
import { checkNormalization } from "../check-normalization.ts";
import { armId } from "./arms.ts";
import { batchSizes, type Norm } from "./model.ts";

export type BatchMeasure = "test-error";

export const NORMALIZATION = "normalization";

export const measures: Readonly<Record<BatchMeasure, Measure>> = {
  "test-error": {
    label: "Final test error",
    unit: "%",
    definition:
      "Share of the test images looked at that are classified wrongly after the last step; batch normalization uses its running statistics.",
    digits: 2,
    of(record) {
      const accuracy = record.outcome === "finished" ? finalAccuracy(record) : null;
      return { value: accuracy === null ? null : 1 - accuracy, atLeast: false };
    },
  },
};

export function checkBatchNorm(runs: readonly RunResult[]): InterventionCheck {
  const arms = (norm: Norm): string[] => batchSizes.map((batchSize) => armId({ norm, batchSize }));
  const probe = NORMALIZATION;
  return checkNormalization(runs, { probe, normalized: arms("bn"), loose: arms("gn") });
}
