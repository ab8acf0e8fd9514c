import { OptionError, ShapeError } from "../base/errors.ts";
import { showShape } from "../base/shape.ts";
import { correctCount } from "../graph/ops/correct-count.ts";
import { crossEntropy as crossEntropyOf } from "../graph/ops/cross-entropy.ts";
import { input } from "../graph/ops/input.ts";
import { logSoftmax } from "../graph/ops/log-softmax.ts";
import { mul } from "../graph/ops/mul.ts";
import { neg } from "../graph/ops/neg.ts";
import { isClass } from "../graph/ops/one-hot.ts";
import { select } from "../graph/ops/select.ts";
import { sum } from "../graph/ops/sum.ts";
import type { Value } from "../graph/value.ts";
import { weightedMean } from "./judge.ts";
import { lossInput, type Loss, type LossTerms } from "./loss.ts";

export interface CrossEntropyOptions {
  /** Share of each target spread evenly over all classes, in [0, 1); defaults to *0*. */
  readonly labelSmoothing?: number;
  /** How much each class counts, finite and not negative, not all 0; defaults to *1 each*. */
  readonly classWeights?: readonly number[];
}

const CLASS_WEIGHTS = "classWeights";

/**
 * Cross-entropy of the softmax of logits: mean over examples of −log softmax(x)[label], in nats.
 *
 * With ε = labelSmoothing and class weights w (1 by default), the loss of an example is
 * −(1 − ε) · w[label] · log q[label] − ε / C · Σ_c w[c] · log q[c], q = softmax(x), and the mean
 * divides by Σ w[label]: PyTorch's `CrossEntropyLoss`.
 *
 * Shape:  prediction [N, C] (logits: no softmax layer before it), target i32 [N] in [0, C).
 * Errors: OptionError for an option out of range; ShapeError unless the prediction is [N, C], or
 *         if there are not C class weights.
 * Source: label smoothing: Szegedy et al. 2016, arXiv:1512.00567, section 7.
 */
export function crossEntropy(options: CrossEntropyOptions = {}): Loss {
  const { labelSmoothing = 0, classWeights } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new OptionError(`crossEntropy: labelSmoothing must be in [0, 1), got ${labelSmoothing}`);
  }
  const constants = classWeights === undefined ? null : checkClassWeights(classWeights);
  const plain = labelSmoothing === 0 && constants === null;

  function terms(logits: Value, labels: Value): LossTerms {
    const { shape } = checkLogits(logits);
    const classes = shape[1]!;
    const logs = logSoftmax(logits);
    const own = isClass(labels, classes);
    const shared = labelSmoothing / classes;
    const wanted =
      labelSmoothing === 0
        ? select(own, logs, 0)
        : mul(select(own, 1 - labelSmoothing + shared, shared), logs);
    if (constants === null) return { losses: neg(sum(wanted, [1])), weights: null };
    const weights = input(lossInput(CLASS_WEIGHTS), [classes]);
    return {
      losses: neg(sum(mul(wanted, weights), [1])),
      weights: sum(mul(select(own, 1, 0), weights), [1]),
    };
  }

  function checkLogits(logits: Pick<Value, "shape">): Pick<Value, "shape"> {
    const { shape } = logits;
    if (shape.length !== 2) {
      throw new ShapeError(
        `crossEntropy: prediction must be [N, classes], got ${showShape(shape)}`,
      );
    }
    const weights = constants?.length ?? shape[1];
    if (weights === shape[1]) return logits;
    throw new ShapeError(
      `crossEntropy: needs one class weight for each of ${shape[1]} classes, got ${weights}`,
    );
  }

  return Object.freeze({
    label: "crossEntropy",
    ...(constants && { constants: { [CLASS_WEIGHTS]: constants } }),
    target: (logits) => ({ shape: [checkLogits(logits).shape[0]!], dtype: "i32" }),
    classes: ({ shape }) => shape[1]!,
    apply: (logits, labels) =>
      plain ? crossEntropyOf(logits, labels) : weightedMean(terms(logits, labels), null).loss,
    terms,
    correct: correctCount,
  } satisfies Loss);
}

function checkClassWeights(weights: readonly number[]): Float32Array {
  const wrong = weights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (wrong >= 0) {
    throw new OptionError(
      `crossEntropy: classWeights must be finite and not negative, got ${weights[wrong]} (class ${wrong})`,
    );
  }
  if (weights.some((weight) => weight > 0)) return Float32Array.from(weights);
  throw new OptionError(
    `crossEntropy: classWeights must not all be 0, got ${weights.length} zeros`,
  );
}
