import type { ProbeValues } from "../../probes/index.ts";
import {
  printedWeightBound,
  projectedCurvature,
  projectedGradient,
  spectralNorm,
  unitTerms,
  weightBound,
} from "./unit-terms.ts";

/** What was read of one layer on one batch of m examples; matrices row-major. */
export interface LayerArrays {
  readonly batchSize: number;
  /** [m, in]: what the dense layer receives. */
  readonly x: Float32Array;
  /** [m, units]: pre-activations, and gradients after and before normalization. */
  readonly y: Float32Array;
  readonly g: Float32Array;
  readonly v: Float32Array;
  /** [in, units]. */
  readonly weightGradient: Float32Array;
  /** [units]. */
  readonly gamma: Float32Array;
}

/** Curvature of the loss along one unit's gradients: vᵀĤv in y; vᵀHv and gᵀHg in z. */
export interface UnitCurvature {
  readonly vHatV: number;
  readonly vHv: number;
  readonly gHg: number;
}

/**
 * Both sides of the theorems for every unit that has a gradient, as ratios:
 *
 * - `kept`, `keptPredicted`: ‖∂L/∂y‖² and theorem 4.1's right side, in units of γ²/σ² ‖g‖²;
 * - `curvature`, `curvaturePredicted`: vᵀĤv and theorem 4.2's right side, in units of the sum of
 *   that side's absolute terms;
 * - `alignment`: ⟨g, ŷ⟩ / (‖g‖ ‖ŷ‖), which 4.2 wants not negative;
 * - `order`: gᵀHg − vᵀHv in units of the sum of their absolute values: 4.2’s second form, with gᵀHg in
 *   the place of vᵀHv, holds where it is not negative;
 * - `weight`: ‖∂L/∂W‖² in units of the corrected bound of 4.4, at most 1;
 * - `printed`: the bound of 4.4 as printed, read kindly, in units of the largest ‖∂L/∂W‖² over
 *   inputs of the batch's norm: below 1 it is no bound;
 * - `literalMean`, `literalSum`: the same as printed to the letter, for the mean and for the sum of
 *   the examples' losses, which a true inequality could not tell apart.
 *
 * `live` is the share of units that have a gradient at all.
 */
export function observedRatios(
  arrays: LayerArrays,
  curvatureOf: (unit: number) => UnitCurvature,
): ProbeValues {
  const { batchSize: m, x, y, g, v, gamma, weightGradient } = arrays;
  const units = gamma.length;
  const norm = spectralNorm(x, m, x.length / m);
  const column = (data: Float32Array, unit: number): Float64Array =>
    Float64Array.from({ length: data.length / units }, (_, row) => data[row * units + unit]!);
  const rows = Array.from({ length: units }, (_, unit) => {
    const terms = unitTerms({
      y: column(y, unit),
      g: column(g, unit),
      v: column(v, unit),
      gamma: gamma[unit]!,
    });
    const { gain, gg, vv, gAlong } = terms;
    if (!(gg > 0 && vv > 0)) return null;
    const { vHatV, vHv, gHg } = curvatureOf(unit);
    const predicted = projectedCurvature(terms, gamma[unit]!, vHv);
    const largest = norm ** 2 * vv;
    const printed = (reading: "literal" | "kind", lossScale: number): number =>
      printedWeightBound(terms, norm, { reading, lossScale }) / (largest * lossScale ** 2);
    return {
      kept: vv / (gain * gg),
      keptPredicted: projectedGradient(terms) / (gain * gg),
      curvature: vHatV / predicted.size,
      curvaturePredicted: predicted.value / predicted.size,
      alignment: gAlong / Math.sqrt(gg * m),
      order: (gHg - vHv) / (Math.abs(gHg) + Math.abs(vHv)),
      weight: squaredNorm(column(weightGradient, unit)) / weightBound(terms, norm),
      printed: printed("kind", 1),
      literalMean: printed("literal", 1),
      literalSum: printed("literal", m),
    };
  });
  const live = rows.filter((row) => row !== null);
  const names = Object.keys(live[0] ?? {}) as (keyof (typeof live)[number])[];
  return {
    ...Object.fromEntries(names.map((name) => [name, live.map((row) => row[name])])),
    live: live.length / units,
  };
}

function squaredNorm(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}
