/**
 * Linear regression whose inputs are dropped at random, each entry by its own coin: the expected
 * squared error, by the closed form and by counting every mask; and two lines that circulate in
 * place of the closed form and are wrong.
 *
 * Source: Srivastava et al. 2014, JMLR 15, section 9.1.
 */
import { solve } from "./solve.ts";

/** Examples in rows: X [n, d], y [n]. */
export interface Regression {
  readonly inputs: readonly (readonly number[])[];
  readonly targets: readonly number[];
}

/** Σ (y − X w)². */
export function squaredError({ inputs, targets }: Regression, weights: readonly number[]): number {
  return inputs.reduce((sum, row, i) => sum + (targets[i]! - dot(row, weights)) ** 2, 0);
}

/** E‖y − (R∗X) w‖² = ‖y − q X w‖² + q (1 − q) ‖Γ w‖², q the probability to keep. */
export function marginalLoss(
  regression: Regression,
  weights: readonly number[],
  keep: number,
): number {
  const scaled = weights.map((weight) => keep * weight);
  const penalty = columnSquares(regression).reduce((sum, s, j) => sum + s * weights[j]! ** 2, 0);
  return squaredError(regression, scaled) + keep * (1 - keep) * penalty;
}

/** The weights with the least expected loss: (q XᵀX + (1 − q) diag XᵀX) w = Xᵀy. */
export function dropoutWeights(regression: Regression, keep: number): number[] {
  const { inputs, targets } = regression;
  const squares = columnSquares(regression);
  const matrix = squares.map((square, j) =>
    squares.map((_, k) => {
      const product = inputs.reduce((sum, row) => sum + row[j]! * row[k]!, 0);
      return keep * product + (j === k ? (1 - keep) * square : 0);
    }),
  );
  return solve(
    matrix,
    squares.map((_, j) => inputs.reduce((sum, row, i) => sum + row[j]! * targets[i]!, 0)),
  );
}

/** Least squares with a penalty of one weight per column: (XᵀX + diag λ) w̃ = Xᵀy. */
export function ridgeWeights(regression: Regression, penalties: readonly number[]): number[] {
  const { inputs, targets } = regression;
  const matrix = penalties.map((penalty, j) =>
    penalties.map((_, k) => {
      const product = inputs.reduce((sum, row) => sum + row[j]! * row[k]!, 0);
      return product + (j === k ? penalty : 0);
    }),
  );
  return solve(
    matrix,
    penalties.map((_, j) => inputs.reduce((sum, row, i) => sum + row[j]! * targets[i]!, 0)),
  );
}

/** Γ² = diag XᵀX: the sum of squares of each column. Not its variance: the columns keep their means. */
export function columnSquares({ inputs }: Regression): number[] {
  const [first = []] = inputs;
  return first.map((_, j) => inputs.reduce((sum, row) => sum + row[j]! ** 2, 0));
}

/** As printed on the way to a ridge penalty: ‖y‖² − 2 q wᵀXᵀy + q ‖X w‖². */
export function printedThirdLine(
  regression: Regression,
  weights: readonly number[],
  keep: number,
): number {
  return regression.inputs.reduce((sum, row, i) => {
    const target = regression.targets[i]!;
    const fitted = dot(row, weights);
    return sum + target ** 2 - 2 * keep * target * fitted + keep * fitted ** 2;
  }, 0);
}

/** As printed for the result: ‖y − X w‖² + q ‖w‖². */
export function printedFourthLine(
  regression: Regression,
  weights: readonly number[],
  keep: number,
): number {
  return squaredError(regression, weights) + keep * dot(weights, weights);
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, i) => sum + value * right[i]!, 0);
}
