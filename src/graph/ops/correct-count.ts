import { apply, type OpDefinition, type Value } from "../value.ts";
import { argmax } from "./argmax.ts";
import { cast } from "./cast.ts";
import { checkClassification } from "./cross-entropy.ts";
import { equal } from "./equal.ts";
import { sum } from "./sum.ts";

/**
 * correctCount(x, labels): the number of rows whose argmax is their label.
 *
 * Shape:    x [N, C] (logits), labels i32 [N] → f32 scalar, a whole number.
 * Numerics: among equal maxima the first index counts; a row with a NaN is never correct.
 * Gradient: none.
 */
export const correctCountOp: OpDefinition = {
  name: "correct-count",
  kind: "composite",
  infer: ([logits, labels]) => {
    checkClassification(logits, labels, "correct-count");
    return { shape: [], dtype: "f32" };
  },
  meaning: ([logits, labels]) => sum(cast(equal(argmax(logits!), labels!), "f32")),
  gradient: () => [null, null],
};

export function correctCount(logits: Value, labels: Value): Value {
  return apply(correctCountOp, [logits, labels], {});
}
