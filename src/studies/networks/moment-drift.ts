/** How far the distributions of a layer's units travel between observations, in their own spreads. */
import { distributionDrift, type MomentSeries } from "../../probes/index.ts";

export interface MomentDrift {
  /** |Δμ| in units of the unit's σ. */
  readonly mean: number;
  /** |Δσ²| in units of the unit's σ². */
  readonly variance: number;
}

/**
 * The change from one observation to the next, averaged over training and divided by the unit's own
 * average spread: σ, the root of its variance averaged over training, for the mean, and that
 * variance for the variance. Of the layer's units the median; units without spread are left out.
 * Null without two observations or any such unit.
 */
export function momentDrift(series: MomentSeries | undefined): MomentDrift | null {
  if (series === undefined || series.steps.length < 2) return null;
  const { meanChange, varianceChange } = distributionDrift(series);
  const variances = columnMeans(series.values["variance"] as readonly (readonly number[])[]);
  const units = variances.flatMap((variance, unit) => (variance > 0 ? [unit] : []));
  const [means, changes] = [columnMeans(meanChange), columnMeans(varianceChange)];
  const mean = median(units.map((unit) => means[unit]! / Math.sqrt(variances[unit]!)));
  const variance = median(units.map((unit) => changes[unit]! / variances[unit]!));
  return mean === null || variance === null ? null : { mean, variance };
}

/** The mean over observations of each unit. */
function columnMeans(rows: readonly (readonly number[])[]): number[] {
  const units = rows[0]?.length ?? 0;
  return Array.from(
    { length: units },
    (_, unit) => rows.reduce((sum, row) => sum + row[unit]!, 0) / rows.length,
  );
}

function median(values: readonly number[]): number | null {
  if (values.length === 0 || values.some((value) => !Number.isFinite(value))) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return (sorted[Math.floor(half)]! + sorted[Math.ceil(half)]!) / 2;
}
