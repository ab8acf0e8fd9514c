/** Everything the study compares on one problem, as probe values. */
import {
  dropout,
  linear,
  sequential,
  zeros,
  type Module,
  type Tensor,
  type Weights,
} from "../../nn/index.ts";
import type { ProbeValues } from "../../probes/index.ts";
import type { Backend } from "../../run/backend.ts";
import { monteCarlo } from "../../train/index.ts";
import { enumerateMasks, type Enumerated } from "./enumerate-masks.ts";
import {
  columnSquares,
  equalColumns,
  leastSquares,
  objectives,
  ridge,
  type ObjectiveName,
} from "./objectives.ts";
import type { Problem } from "./problem.ts";
import { symmetricSolve } from "./symmetric-solve.ts";

/** Where weights are learned and draws are averaged; the paper's value for hidden units. */
export const KEEP = 0.5;

/** Where formulas and enumeration are compared. */
export const KEEPS: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

const OBJECTIVES: readonly ObjectiveName[] = ["formula", "line-3", "line-4"];

/** Linear regression with dropout on its inputs. */
export function dropoutRegression(columns: number): Module {
  return sequential(dropout({ keep: KEEP }), linear(columns, 1, { weight: zeros, bias: false }));
}

/** Its one parameter: with inverted dropout it stands for keep · w, the weights at test time. */
export const WEIGHT = "1.weight";

/** The exact loss and its minimiser at one keep probability, from the masks alone. */
function enumerate(problem: Problem, keep: number): Enumerated & { minimiser: Float64Array } {
  const { gram, cross } = enumerateMasks(problem, new Float64Array(problem.columns), keep);
  const minimiser = symmetricSolve(gram, cross);
  return { ...enumerateMasks(problem, minimiser, keep), minimiser };
}

/**
 * At each keep probability, where the exact loss is smallest: that loss and what each formula says
 * it is, and how far the minimiser of each formula is from there.
 */
export function compareFormulas(problem: Problem): ProbeValues {
  const values: Record<string, number[]> = { keep: [...KEEPS], enumerated: [] };
  for (const keep of KEEPS) {
    const exact = enumerate(problem, keep);
    values["enumerated"]!.push(exact.loss);
    for (const name of OBJECTIVES) {
      const objective = objectives[name];
      const apart = distance(objective.minimiser(problem, keep), exact.minimiser);
      (values[name] ??= []).push(objective.loss(problem, exact.minimiser, keep));
      (values[`${name}-apart`] ??= []).push(apart);
    }
  }
  return values;
}

/**
 * With columns of squared norm n, the formula must be ridge regression of keep · w with strength
 * n (1 − keep) / keep: the largest relative distance over the keep probabilities.
 */
export function ridgeGap(problem: Problem): number {
  const equal = equalColumns(problem);
  const gaps = KEEPS.map((keep) => {
    const atTest = objectives.formula.minimiser(equal, keep).map((weight) => keep * weight);
    return distance(atTest, ridge(equal, (equal.rows * (1 - keep)) / keep));
  });
  return Math.max(...gaps);
}

export interface DrawOptions {
  readonly seed: number;
  /** Masks per row. */
  readonly samples: number;
  readonly backend: Backend;
}

/**
 * The dropout layer's own masks: the mean loss over the draws beside the exact one, at the weights
 * that minimise it; and the share of inputs that were kept.
 */
export async function compareDraws(problem: Problem, options: DrawOptions): Promise<ProbeValues> {
  const { columns } = problem;
  const weights = enumerate(problem, KEEP).minimiser.map(Math.fround);
  const exact = enumerateMasks(problem, weights, KEEP);
  const model = dropoutRegression(columns);
  const held = new Map([[WEIGHT, columnTensor(weights.map((weight) => KEEP * weight))]]);
  const { samples } = options;
  const squares = await meanSquares(model, held, problem, problem.targets, options);
  const drawn = squares.reduce((sum, square) => sum + square, 0);
  const deviations = (drawn - exact.loss) / Math.sqrt(exact.variance / samples);
  return {
    samples,
    drawn,
    enumerated: exact.loss,
    deviations,
    kept: await keptShare(columns, options),
  };
}

/** Inputs of one come out as 1 / keep or 0, so their mean square is kept / keep². */
async function keptShare(columns: number, options: DrawOptions): Promise<number> {
  const rows = 64;
  const ones = new Float64Array(rows * columns).fill(1);
  const layer = sequential(dropout({ keep: KEEP }));
  const squares = await meanSquares(
    layer,
    new Map(),
    { inputs: ones, rows, columns },
    null,
    options,
  );
  return (squares.reduce((sum, square) => sum + square, 0) / squares.length) * KEEP ** 2;
}

/** The draws' mean of (output − target)², per output, from their mean and unbiased variance. */
async function meanSquares(
  model: Module,
  weights: Weights,
  { inputs, rows, columns }: Pick<Problem, "inputs" | "rows" | "columns">,
  targets: Float64Array | null,
  { samples, seed, backend }: DrawOptions,
): Promise<number[]> {
  const examples = { inputs: Float32Array.from(inputs), shape: [columns], count: rows };
  const drawn = await monteCarlo(model, weights, examples, {
    samples,
    seed,
    output: "numbers",
    backend,
  });
  return Array.from(drawn.mean.data, (mean, at) => {
    const spread = (drawn.variance.data[at]! * (samples - 1)) / samples;
    return (mean - (targets?.[at] ?? 0)) ** 2 + spread;
  });
}

/** What stochastic gradient descent learned beside what each formula says, all as at test time. */
export function compareMinimisers(problem: Problem, learned: ArrayLike<number>): ProbeValues {
  const found = Float64Array.from(learned);
  const values: Record<string, number[] | number> = { learned: [...found] };
  for (const name of OBJECTIVES) {
    const unscaled = objectives[name].minimiser(problem, KEEP);
    const scaled = unscaled.map((weight) => KEEP * weight);
    // Where a wrong line leaves open which of the two a network would have, it gets the nearer.
    const either = [distance(found, scaled), distance(found, unscaled)];
    values[name] = [...scaled];
    values[`${name}-distance`] = name === "formula" ? either[0]! : Math.min(...either);
  }
  const plain = leastSquares(problem);
  return {
    ...values,
    "least-squares": [...plain],
    "least-squares-distance": distance(found, plain),
  };
}

/**
 * A step size that gradient descent on the mean squared error bears with any mask: half of one
 * over an upper bound of the expected curvature, 2 · trace(XᵀX) / (n · keep).
 */
export function stepSize(problem: Problem): number {
  const trace = columnSquares(problem).reduce((sum, square) => sum + square, 0);
  return (problem.rows * KEEP) / (4 * trace);
}

/** ‖found − expected‖ / ‖expected‖. */
export function distance(found: Float64Array, expected: Float64Array): number {
  const squares = found.reduce((sum, value, at) => sum + (value - expected[at]!) ** 2, 0);
  return Math.sqrt(squares / expected.reduce((sum, value) => sum + value ** 2, 0));
}

function columnTensor(values: Float64Array): Tensor {
  return { shape: [values.length, 1], dtype: "f32", data: Float32Array.from(values) };
}
