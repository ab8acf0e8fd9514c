/**
 * The terms of the theorems for one unit, in float64 from what the engine computed in f32: the
 * second way beside the engine's own backward pass.
 */

/** One unit's columns over a batch of m examples. */
export interface UnitColumns {
  /** Its pre-activations y. */
  readonly y: ArrayLike<number>;
  /** Gradient of the loss with respect to what normalization hands on, g = ∂L/∂z. */
  readonly g: ArrayLike<number>;
  /** Gradient with respect to y, as the backward pass says. */
  readonly v: ArrayLike<number>;
  /** What normalization multiplies with. */
  readonly gamma: number;
}

export interface UnitTerms {
  readonly m: number;
  /** γ² / σ², σ² the biased variance of y. */
  readonly gain: number;
  readonly sigma: number;
  /** ‖g‖², ‖v‖². */
  readonly gg: number;
  readonly vv: number;
  /** ⟨1, g⟩ and ⟨g, ŷ⟩, with ŷ = (y − mean) / σ. */
  readonly gSum: number;
  readonly gAlong: number;
}

/** Shape: columns of length m ≥ 2. */
export function unitTerms({ y, g, v, gamma }: UnitColumns): UnitTerms {
  const m = y.length;
  let mean = 0;
  for (let b = 0; b < m; b++) mean += y[b]! / m;
  let variance = 0;
  for (let b = 0; b < m; b++) variance += (y[b]! - mean) ** 2 / m;
  const sigma = Math.sqrt(variance);
  let [gg, vv, gSum, gAlong] = [0, 0, 0, 0];
  for (let b = 0; b < m; b++) {
    gg += g[b]! ** 2;
    vv += v[b]! ** 2;
    gSum += g[b]!;
    gAlong += (g[b]! * (y[b]! - mean)) / sigma;
  }
  return { m, gain: gamma ** 2 / variance, sigma, gg, vv, gSum, gAlong };
}

/**
 * What theorem 4.1 puts in the place of ‖∂L/∂y‖²: γ²/σ² (‖g‖² − ⟨1, g⟩²/m − ⟨g, ŷ⟩²/m).
 *
 * Source: Santurkar et al. 2018, arXiv:1805.11604, theorem 4.1, where it is a bound.
 */
export function projectedGradient({ m, gain, gg, gSum, gAlong }: UnitTerms): number {
  return gain * (gg - gSum ** 2 / m - gAlong ** 2 / m);
}

/**
 * What theorem 4.2 puts in the place of vᵀ ∂²L/∂y² v: γ²/σ² vᵀHv − γ/(mσ²) ⟨g, ŷ⟩ ‖v‖², and the
 * size of its terms, to measure an error by.
 *
 * Source: Santurkar et al. 2018, arXiv:1805.11604, theorem 4.2, where it is a bound.
 */
export function projectedCurvature(
  terms: UnitTerms,
  gamma: number,
  alongV: number,
): { readonly value: number; readonly size: number } {
  const { m, gain, sigma, gAlong, vv } = terms;
  const first = gain * alongV;
  const second = (gamma / (m * sigma ** 2)) * gAlong * vv;
  return { value: first - second, size: Math.abs(first) + Math.abs(second) };
}

/**
 * The largest ‖Xᵀv‖² over inputs X of spectral norm λ, λ²‖v‖², as theorem 4.4 should say it:
 * γ²/σ² (λ²‖g‖² − λ²⟨1, g⟩²/m − λ²⟨g, ŷ⟩²/m).
 *
 * Source: derived from theorem 4.1; what the paper prints does not hold (see `printedWeightBound`).
 */
export function weightBound(terms: UnitTerms, norm: number): number {
  return norm ** 2 * projectedGradient(terms);
}

/**
 * The right side of theorem 4.4 as printed, with its g² as given (`"literal"`) or read as g
 * (`"kind"`), where g = λ²‖∂L/∂z‖², for a loss multiplied by `lossScale`.
 */
export function printedWeightBound(
  { m, gain, gg, gSum, gAlong }: UnitTerms,
  norm: number,
  { reading, lossScale = 1 }: { readonly reading: "literal" | "kind"; readonly lossScale?: number },
): number {
  const largest = norm ** 2 * gg * lossScale ** 2;
  const first = reading === "literal" ? largest ** 2 : largest;
  const mean = (gSum * lossScale) / m;
  return gain * (first - m * mean ** 2 - norm ** 2 * (gAlong * lossScale) ** 2);
}

/**
 * Spectral norm of a matrix, by power iteration on XᵀX until it changes by less than 1e-10.
 *
 * Shape: data row-major [rows, columns].
 */
export function spectralNorm(data: ArrayLike<number>, rows: number, columns: number): number {
  let right = new Float64Array(columns).fill(1 / Math.sqrt(columns));
  const left = new Float64Array(rows);
  let norm = 0;
  for (let round = 0; round < 1000; round++) {
    const next = new Float64Array(columns);
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (let j = 0; j < columns; j++) sum += data[i * columns + j]! * right[j]!;
      left[i] = sum;
      for (let j = 0; j < columns; j++) next[j]! += data[i * columns + j]! * sum;
    }
    const length = Math.hypot(...next);
    const found = Math.sqrt(length);
    if (length === 0) return 0;
    right = next.map((value) => value / length);
    if (Math.abs(found - norm) <= 1e-10 * found) return found;
    norm = found;
  }
  return norm;
}
