import { OptionError } from "../base/errors.ts";

/** The observations of one `unitMoments` probe: `values.mean[i]` was seen after `steps[i]` updates. */
export interface MomentSeries {
  readonly steps: readonly number[];
  readonly values: Readonly<Record<string, readonly (readonly number[] | number)[]>>;
}

/** Row i is about the observation after `steps[i]` updates; one number per unit of the layer. */
export interface DistributionDrift {
  readonly steps: readonly number[];
  /** |μ − μ of the observation before|. */
  readonly meanChange: readonly (readonly number[])[];
  /** |σ² − σ² of the observation before|. */
  readonly varianceChange: readonly (readonly number[])[];
  /** μ − μ of the first observation. */
  readonly meanSinceFirst: readonly (readonly number[])[];
  /** σ² − σ² of the first observation. */
  readonly varianceSinceFirst: readonly (readonly number[])[];
}

/**
 * How the distribution of a layer's activations moves during training, unit by unit: from each
 * observation to the next, and since the first. A function of what was observed, so a resumed run
 * drifts as an uninterrupted one does. The paper's changes are from step to step: `every: 1`.
 *
 * Shape:  n observations give n − 1 rows.
 * Errors: OptionError unless the series holds `mean` and `variance` as lists.
 * Source: Santurkar et al. 2018, arXiv:1805.11604, figure 8.
 */
export function distributionDrift({ steps, values }: MomentSeries): DistributionDrift {
  const means = rowsOf(values, "mean");
  const variances = rowsOf(values, "variance");
  const absolute = (a: number, b: number): number => Math.abs(a - b);
  const signed = (a: number, b: number): number => a - b;
  return {
    steps: steps.slice(1),
    meanChange: compare(means, (i) => i - 1, absolute),
    varianceChange: compare(variances, (i) => i - 1, absolute),
    meanSinceFirst: compare(means, () => 0, signed),
    varianceSinceFirst: compare(variances, () => 0, signed),
  };
}

function rowsOf(values: MomentSeries["values"], name: string): readonly (readonly number[])[] {
  const rows = values[name] ?? [];
  return rows.map((row) => {
    if (typeof row !== "number") return row;
    throw new OptionError(
      `distributionDrift: ${name} must be lists as unitMoments observes them, got ${row}`,
    );
  });
}

function compare(
  rows: readonly (readonly number[])[],
  earlier: (i: number) => number,
  change: (now: number, then: number) => number,
): number[][] {
  return rows.slice(1).map((row, i) => {
    const then = rows[earlier(i + 1)]!;
    return row.map((value, unit) => change(value, then[unit]!));
  });
}
