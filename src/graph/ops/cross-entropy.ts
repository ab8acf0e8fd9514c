import { ShapeError } from "../../base/errors.ts";
import { showShape } from "../../base/shape.ts";
import { apply, type OpDefinition, type Value } from "../value.ts";
import { div } from "./div.ts";
import { exp } from "./exp.ts";
import { log } from "./log.ts";
import { mean } from "./mean.ts";
import { mul } from "./mul.ts";
import { isClass, oneHot } from "./one-hot.ts";
import { select } from "./select.ts";
import { shiftedByMax, softmax } from "./softmax.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";

/**
 * crossEntropy(x, labels) = mean over rows of log Σⱼ e^(xⱼ − m) − (x_label − m), m = max(x), in nats.
 *
 * Shape:    x [N, C] (logits), labels i32 [N] → scalar.
 * Gradient: dx = (softmax(x) − oneHot(labels)) · dy / N.
 * Numerics: exponentials are at most 1, their sum at least 1; no probability is ever formed, so
 *           the loss of a confident mistake is its margin, not infinity.
 * Errors:   ShapeError unless the shapes are as above. Labels must lie in [0, C): whoever loads
 *           the data checks it once.
 */
export const crossEntropyOp: OpDefinition = {
  name: "cross-entropy",
  kind: "composite",
  infer: ([logits, labels]) => {
    checkClassification(logits, labels, "cross-entropy");
    return { shape: [], dtype: "f32" };
  },
  meaning: ([logits, labels]) => {
    const shifted = shiftedByMax(logits!);
    const ofLabel = select(isClass(labels!, logits!.shape[1]!), shifted, 0);
    return mean(sub(log(sum(exp(shifted), [1])), sum(ofLabel, [1])));
  },
  gradient: ({ inputs: [logits, labels], grad }) => {
    const [rows, classes] = logits!.shape;
    const excess = sub(softmax(logits!), oneHot(labels!, classes!));
    return [mul(excess, div(grad, rows!)), null];
  },
};

/** Refuses anything but logits f32 [N, C] with labels i32 [N]. */
export function checkClassification(
  logits: Value | undefined,
  labels: Value | undefined,
  who: string,
): void {
  const fits =
    logits?.dtype === "f32" &&
    logits.shape.length === 2 &&
    labels?.dtype === "i32" &&
    labels.shape.length === 1 &&
    labels.shape[0] === logits.shape[0];
  if (fits) return;
  const show = (value: Value | undefined): string =>
    value === undefined ? "nothing" : `${value.dtype} ${showShape(value.shape)}`;
  throw new ShapeError(
    `${who}: takes logits f32 [N, C] and labels i32 [N], got ${show(logits)} and ${show(labels)}`,
  );
}

export function crossEntropy(logits: Value, labels: Value): Value {
  return apply(crossEntropyOp, [logits, labels], {});
}
