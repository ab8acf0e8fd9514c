import { DataError, ShapeError } from "../base/errors.ts";
import { sameShape, showShape, sizeOf, type TensorType } from "../base/shape.ts";
import type { Examples, Split } from "../data/dataset.ts";
import type { Loss } from "../nn/index.ts";
import type { Value } from "../graph/value.ts";

/** Throws DataError unless the arrays are as long as the split says. */
export function checkExamples({ inputs, shape, count }: Examples, who: string): void {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new DataError(`${who}: count must be a positive integer, got ${count}`);
  }
  const expected = count * sizeOf(shape);
  if (inputs.length !== expected) {
    throw new DataError(
      `${who}: ${count} inputs of shape ${showShape(shape)} need ${expected} numbers, got ${inputs.length}`,
    );
  }
}

/**
 * Refuses data that the loss cannot judge the model's prediction by: other shapes, numbers where
 * classes are needed, labels that are not classes, weights that cannot weigh. Looks at every label
 * and weight once.
 */
export function checkSplit(split: Split, prediction: Value, loss: Loss, who: string): void {
  checkExamples(split, who);
  const { targets, targetShape = [], count } = split;
  if (targets.length !== count * sizeOf(targetShape)) {
    throw new DataError(
      `${who}: ${count} targets of shape ${showShape(targetShape)} need ${count * sizeOf(targetShape)} numbers, got ${targets.length}`,
    );
  }
  const expected = loss.target(prediction);
  checkTarget(split, expected, loss, who);
  checkSampleWeights(split, loss, who);
  const classes = loss.classes?.(prediction);
  if (classes === undefined) return;
  for (let i = 0; i < targets.length; i++) {
    const label = targets[i]!;
    if (label < 0 || label >= classes) {
      throw new DataError(`${who}: labels must be in [0, ${classes}), got ${label} (example ${i})`);
    }
  }
}

function checkSampleWeights({ weights, count }: Split, loss: Loss, who: string): void {
  if (weights === undefined) return;
  if (loss.terms === undefined) {
    throw new DataError(`${who}: weights need a loss made of terms, got ${loss.label}`);
  }
  if (weights.length !== count) {
    throw new DataError(
      `${who}: needs one weight for each of ${count} examples, got ${weights.length}`,
    );
  }
  const wrong = weights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (wrong >= 0) {
    throw new DataError(
      `${who}: weights must be finite and not negative, got ${weights[wrong]} (example ${wrong})`,
    );
  }
  if (weights.every((weight) => weight === 0)) {
    throw new DataError(`${who}: weights must not all be 0, got ${count} zeros`);
  }
}

function checkTarget(split: Split, expected: TensorType, loss: Loss, who: string): void {
  const { targets, targetShape = [] } = split;
  if (expected.dtype === "i32" && !(targets instanceof Int32Array)) {
    throw new DataError(`${who}: ${loss.label} needs class indices as targets, got numbers`);
  }
  const perExample = expected.shape.slice(1);
  if (!sameShape(perExample, targetShape)) {
    throw new ShapeError(
      `${who}: ${loss.label} needs targets of shape ${showShape(perExample)} per example, got ${showShape(targetShape)}`,
    );
  }
}
