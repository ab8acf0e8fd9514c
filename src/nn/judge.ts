import { OptionError } from "../base/errors.ts";
import { div } from "../graph/ops/div.ts";
import { maximum } from "../graph/ops/maximum.ts";
import { mul } from "../graph/ops/mul.ts";
import { sum } from "../graph/ops/sum.ts";
import type { Value } from "../graph/value.ts";
import type { Loss, LossTerms } from "./loss.ts";

/** A batch's mean loss, and what to weigh it with when batches are put together. */
export interface Judgement {
  readonly loss: Value;
  /** The mean's divisor, a scalar; null if it is the number of examples. */
  readonly weight: Value | null;
}

/** The least a sum of weights counts as: where all weights are 0 the mean is 0, not 0 / 0. */
const LEAST_WEIGHT = 1e-30;

/**
 * The mean loss of a batch; Σ s · loss / Σ s if its examples have weights s.
 *
 * Shape:  sampleWeights f32 [N].
 * Errors: OptionError for sample weights with a loss that has no terms.
 */
export function judge(
  loss: Loss,
  prediction: Value,
  target: Value,
  sampleWeights: Value | null,
): Judgement {
  const terms = loss.terms?.(prediction, target) ?? null;
  if (terms === null || (terms.weights === null && sampleWeights === null)) {
    if (sampleWeights === null) return { loss: loss.apply(prediction, target), weight: null };
    throw new OptionError(
      `judge: a loss must have terms for examples to have weights, got ${loss.label}`,
    );
  }
  return weightedMean(terms, sampleWeights);
}

/** Σ s · losses / Σ s · weights. */
export function weightedMean(
  { losses, weights }: LossTerms,
  sampleWeights: Value | null,
): Judgement {
  const scaled = sampleWeights === null ? losses : mul(losses, sampleWeights);
  const both = weights !== null && sampleWeights !== null;
  const divisors = both ? mul(weights, sampleWeights) : (weights ?? sampleWeights);
  if (divisors === null) return { loss: div(sum(scaled), losses.shape[0]!), weight: null };
  const weight = sum(divisors);
  return { loss: div(sum(scaled), maximum(weight, LEAST_WEIGHT)), weight };
}
