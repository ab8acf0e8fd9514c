/**
 * Batch normalization of a small mini-batch with every number in between kept, forward and
 * backward, in the paper's own steps.
 *
 * Source: Ioffe & Szegedy 2015, arXiv:1502.03167, Algorithm 1 and the chain rule of section 3.
 */

/** A matrix in rows: one row per example, one column per channel. */
export type Matrix = readonly (readonly number[])[];

export interface TransformInput {
  /** [m, C], m ≥ 1. */
  readonly input: Matrix;
  /** γ, [C]. */
  readonly scale: readonly number[];
  /** β, [C]. */
  readonly shift: readonly number[];
  /** ε, in units of x². */
  readonly eps: number;
  /** ∂ℓ/∂y, [m, C]. */
  readonly outputGradient: Matrix;
}

export interface TransformTrace extends TransformInput {
  /** μ, [C]. */
  readonly mean: readonly number[];
  /** σ², biased: divided by m. */
  readonly variance: readonly number[];
  /** x̂, [m, C]. */
  readonly normalized: Matrix;
  /** y, [m, C]. */
  readonly output: Matrix;
  /** ∂ℓ/∂γ, ∂ℓ/∂β, [C]. */
  readonly scaleGradient: readonly number[];
  readonly shiftGradient: readonly number[];
  /** ∂ℓ/∂x̂, [m, C]. */
  readonly normalizedGradient: Matrix;
  /** ∂ℓ/∂σ² and ∂ℓ/∂μ, [C]. */
  readonly varianceGradient: readonly number[];
  readonly meanGradient: readonly number[];
  /** ∂ℓ/∂x, [m, C]. */
  readonly inputGradient: Matrix;
}

export function traceBatchNorm(given: TransformInput): TransformTrace {
  const { input, scale, shift, eps, outputGradient } = given;
  const count = input.length;
  const mean = perChannel(input, (x) => sum(x) / count);
  const variance = perChannel(input, (x, c) => sum(x.map((v) => (v - mean[c]!) ** 2)) / count);
  const inverse = variance.map((v) => 1 / Math.sqrt(v + eps));
  const normalized = perCell(input, (x, c) => (x - mean[c]!) * inverse[c]!);
  const output = perCell(normalized, (x, c) => scale[c]! * x + shift[c]!);

  const normalizedGradient = perCell(outputGradient, (g, c) => g * scale[c]!);
  const varianceGradient = perChannel(
    normalizedGradient,
    (g, c) => sum(g.map((each, i) => each * (input[i]![c]! - mean[c]!))) * -0.5 * inverse[c]! ** 3,
  );
  const meanGradient = perChannel(
    normalizedGradient,
    (g, c) =>
      -inverse[c]! * sum(g) +
      (varianceGradient[c]! * -2 * sum(input.map((row) => row[c]! - mean[c]!))) / count,
  );
  const inputGradient = perCell(
    normalizedGradient,
    (g, c, i) =>
      g * inverse[c]! +
      (varianceGradient[c]! * 2 * (input[i]![c]! - mean[c]!)) / count +
      meanGradient[c]! / count,
  );
  return Object.freeze({
    ...given,
    mean,
    variance,
    normalized,
    output,
    scaleGradient: perChannel(outputGradient, (g, c) =>
      sum(g.map((each, i) => each * normalized[i]![c]!)),
    ),
    shiftGradient: perChannel(outputGradient, sum),
    normalizedGradient,
    varianceGradient,
    meanGradient,
    inputGradient,
  });
}

/** ∂ℓ/∂x in one line: γ / (m √(σ² + ε)) · (m g − Σg − x̂ Σ(g x̂)). The same numbers as the chain. */
export function compactInputGradient({
  outputGradient,
  normalized,
  scale,
  variance,
  eps,
  scaleGradient,
  shiftGradient,
}: TransformTrace): Matrix {
  const count = outputGradient.length;
  return perCell(
    outputGradient,
    (g, c, i) =>
      (scale[c]! / (count * Math.sqrt(variance[c]! + eps))) *
      (count * g - shiftGradient[c]! - normalized[i]![c]! * scaleGradient[c]!),
  );
}

function perChannel(
  matrix: Matrix,
  of: (column: readonly number[], channel: number) => number,
): number[] {
  const [first = []] = matrix;
  return first.map((_, c) =>
    of(
      matrix.map((row) => row[c]!),
      c,
    ),
  );
}

function perCell(
  matrix: Matrix,
  of: (value: number, channel: number, row: number) => number,
): number[][] {
  return matrix.map((row, i) => row.map((value, c) => of(value, c, i)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
