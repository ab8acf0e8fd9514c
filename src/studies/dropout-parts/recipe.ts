/** How the networks of the dropout studies are trained: the paper's ways, as shares of a run. */
import {
  maxNorm,
  polynomialDecay,
  sgd,
  type Constraint,
  type Optimizer,
} from "../../train/index.ts";

export const BATCH_SIZE = 100;

/** Share of units kept, as in all of the paper's networks for MNIST. */
export const KEEP_HIDDEN = 0.5;
export const KEEP_INPUT = 0.8;

/** Bound on the norm of the weights into a unit, in every layer (the paper's appendix B.1). */
export const MAX_NORM = 2;

const FIRST_MOMENTUM = 0.5;
const LAST_MOMENTUM = 0.95;
/** Share of the run in which momentum comes 63 % of the way to its last value. */
const MOMENTUM_RISE = 0.1;

/**
 * Gradient descent with momentum from 0.5 to 0.95, at a rate that falls in a straight line to zero.
 *
 * Source: Srivastava et al. 2014, JMLR 15, appendices A.2 and B.1: large decaying rates, high
 *         final momentum; the forms are ours.
 */
export function dropoutOptimizer(firstRate: number, steps: number): Optimizer {
  const rise = LAST_MOMENTUM - FIRST_MOMENTUM;
  return sgd({
    learningRate: polynomialDecay({ start: firstRate, end: 0, steps }),
    momentum: (step) => LAST_MOMENTUM - rise * Math.exp(-step / (MOMENTUM_RISE * steps)),
  });
}

export function normBound(bounded: boolean): readonly Constraint[] {
  return bounded ? [maxNorm(MAX_NORM)] : [];
}

/** What the recipe holds, for a protocol. */
export const RECIPE_TEXTS: Readonly<Record<string, string>> = {
  "First weights":
    "Gaussian, He’s for ReLU and Glorot’s for logistic units and the softmax; biases 0; bitwise the same in all arms of a seed with the same sizes",
  "Batch order": "bitwise the same in all arms of a seed, reshuffled each epoch",
  "Batch size": String(BATCH_SIZE),
  Optimizer: `stochastic gradient descent; momentum from ${FIRST_MOMENTUM} to ${LAST_MOMENTUM}, 63 % of the way after a tenth of the run; the learning rate falls in a straight line to 0`,
  Loss: "cross-entropy, mean over the batch",
};
