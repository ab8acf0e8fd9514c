import { finalAccuracy, type Measure } from "../../experiments/index.ts";

/** Share of all test examples that the finished network gets wrong. */
export const testError: Measure = {
  label: "Test error",
  unit: "%",
  definition:
    "Share of the 10,000 test digits classified wrongly after the last step, with all units and no noise: what is learned with inverted dropout is the paper’s network with its weights scaled down.",
  digits: 2,
  of(record) {
    const accuracy = record.outcome === "finished" ? finalAccuracy(record) : null;
    return { value: accuracy === null ? null : 1 - accuracy, atLeast: false };
  },
};
