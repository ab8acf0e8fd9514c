/**
 * What dropout's expected loss is said to be: the paper's formula, and two lines that circulate.
 * X is [n, d] here, w the weights while units are dropped, `keep` the probability to keep an input.
 */
import type { Problem } from "./problem.ts";
import { symmetricSolve } from "./symmetric-solve.ts";

export type ObjectiveName = "formula" | "line-3" | "line-4";

export interface Objective {
  loss(problem: Problem, weights: Float64Array, keep: number): number;
  /** The weights that minimise it. */
  minimiser(problem: Problem, keep: number): Float64Array;
}

/**
 * - `formula`: ‖y − keep · Xw‖² + keep (1 − keep) ‖Γw‖², Γ = diag(XᵀX)^½; its minimiser solves
 *   (keep · XᵀX + (1 − keep) diag(XᵀX)) w = Xᵀy.
 * - `line-3`: ‖y‖² − 2 keep · wᵀXᵀy + keep ‖Xw‖²: one coin for a whole row, not one per input.
 * - `line-4`: ‖y − Xw‖² + keep ‖w‖², written there as (1 − p)‖w‖² with p the probability to drop.
 *
 * Source: Srivastava et al. 2014, JMLR 15, section 9.1, for the first.
 */
export const objectives: Readonly<Record<ObjectiveName, Objective>> = {
  formula: {
    loss(problem, weights, keep) {
      const penalty = columnSquares(problem).reduce(
        (sum, norm, j) => sum + norm * weights[j]! ** 2,
        0,
      );
      return squaredError(problem, weights, keep) + keep * (1 - keep) * penalty;
    },
    minimiser(problem, keep) {
      const gram = gramOf(problem).map((value) => keep * value);
      columnSquares(problem).forEach((norm, j) => addToDiagonal(gram, j, (1 - keep) * norm));
      return symmetricSolve(gram, crossOf(problem));
    },
  },
  "line-3": {
    loss(problem, weights, keep) {
      const none = squaredError(problem, weights, 0);
      return (1 - keep) * none + keep * squaredError(problem, weights, 1);
    },
    minimiser: (problem) => leastSquares(problem),
  },
  "line-4": {
    loss(problem, weights, keep) {
      const penalty = weights.reduce((sum, weight) => sum + weight ** 2, 0);
      return squaredError(problem, weights, 1) + keep * penalty;
    },
    minimiser: (problem, keep) => ridge(problem, keep),
  },
};

/** argmin ‖y − Xw‖². */
export function leastSquares(problem: Problem): Float64Array {
  return ridge(problem, 0);
}

/** argmin ‖y − Xw‖² + strength · ‖w‖². */
export function ridge(problem: Problem, strength: number): Float64Array {
  const gram = gramOf(problem);
  for (let j = 0; j < problem.columns; j++) addToDiagonal(gram, j, strength);
  return symmetricSolve(gram, crossOf(problem));
}

/** The problem with every column scaled to squared norm n, as a standardized one has it. */
export function equalColumns(problem: Problem): Problem {
  const norms = columnSquares(problem);
  const scaled = problem.inputs.map(
    (value, at) => value * Math.sqrt(problem.rows / norms[at % problem.columns]!),
  );
  return { ...problem, inputs: scaled };
}

/** diag(XᵀX): Γ's squares. */
export function columnSquares({ inputs, columns }: Problem): Float64Array {
  const squares = new Float64Array(columns);
  inputs.forEach((value, at) => (squares[at % columns]! += value ** 2));
  return squares;
}

/** ‖y − factor · Xw‖². */
function squaredError(problem: Problem, weights: Float64Array, factor: number): number {
  const { inputs, targets, columns } = problem;
  return targets.reduce((sum, target, row) => {
    let output = 0;
    for (let j = 0; j < columns; j++) output += inputs[row * columns + j]! * weights[j]!;
    return sum + (target - factor * output) ** 2;
  }, 0);
}

function gramOf({ inputs, rows, columns }: Problem): Float64Array {
  const gram = new Float64Array(columns * columns);
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < columns; j++) {
        gram[i * columns + j]! += inputs[from + i]! * inputs[from + j]!;
      }
    }
  }
  return gram;
}

function crossOf({ inputs, targets, columns }: Problem): Float64Array {
  const cross = new Float64Array(columns);
  inputs.forEach(
    (value, at) => (cross[at % columns]! += value * targets[Math.floor(at / columns)]!),
  );
  return cross;
}

function addToDiagonal(matrix: Float64Array, at: number, value: number): void {
  matrix[at * (Math.sqrt(matrix.length) + 1)]! += value;
}
