import type {
  InterventionCheck,
  Measure,
  ProbeSeries,
  RunRecord,
  RunResult,
} from "../../experiments/index.ts";
import { normalizedLayers } from "./model.ts";

export type TheoremMeasure =
  | "gradient-error"
  | "curvature-error"
  | "restored-error"
  | "weight-use"
  | "printed-false"
  | "unit-dependent"
  | "scale-error"
  | "removed"
  | "aligned"
  | "second-form";

/** Errors up to this are rounding: 1e-4, about 1,000 roundings of f32. */
export const TOLERANCE_PPM = 100;
/** The same where two backward passes add up, and terms of both signs in H cancel. */
export const CURVATURE_TOLERANCE_PPM = 1000;

type Series = Pick<ProbeSeries, "values">;

export const measures: Readonly<Record<TheoremMeasure, Measure>> = {
  "gradient-error": ratioMeasure({
    label: "Theorem 4.1: largest error",
    unit: "ppm",
    definition:
      "Largest difference between ‖∂L/∂y‖² as the backward pass says and γ²/σ² (‖g‖² − ⟨1, g⟩²/m − ⟨g, ŷ⟩²/m), in millionths of γ²/σ² ‖g‖²; over all units, layers and observations.",
    digits: 2,
    of: (series) => million(largestGap(series, "kept", "keptPredicted")),
  }),
  "curvature-error": ratioMeasure({
    label: "Theorem 4.2: largest error",
    unit: "ppm",
    definition:
      "Largest difference between vᵀ(∂²L/∂y²)v, v = ∂L/∂y, as the backward pass of the backward pass says, and γ²/σ² vᵀHv − γ/(mσ²) ⟨g, ŷ⟩ ‖v‖², in millionths of the sum of these two terms’ sizes; over all units, layers and observations.",
    digits: 2,
    of: (series) => million(largestGap(series, "curvature", "curvaturePredicted")),
  }),
  "restored-error": ratioMeasure({
    label: "Observation 4.3: largest error",
    unit: "ppm",
    definition:
      "Largest difference between y and its normalization with scale σ and shift μ, in millionths of the layer’s largest |y|; over all layers and observations.",
    digits: 3,
    of: (series) => million(largest(series, "restored")),
  }),
  "weight-use": ratioMeasure({
    label: "Theorem 4.4, corrected: largest ‖∂L/∂W‖²",
    unit: "%",
    definition:
      "‖∂L/∂W‖² of a unit in units of γ²/σ² λ² (‖g‖² − ⟨1, g⟩²/m − ⟨g, ŷ⟩²/m), λ the spectral norm of the batch of inputs; the largest over all units, layers and observations. Above 100 % the bound would be broken; the rest is its slack.",
    digits: 1,
    of: (series) => largest(series, "weight"),
  }),
  "printed-false": ratioMeasure({
    label: "Theorem 4.4 as printed: broken",
    unit: "%",
    definition:
      "Share of units, over layers and observations, for which γ²/σ² (g − m μ² − λ² ⟨∂L/∂z, ŷ⟩²), with the printed g² read as g = λ² ‖∂L/∂z‖², is below the largest ‖∂L/∂W‖² over inputs of spectral norm λ, which it is to bound.",
    digits: 1,
    of: (series) => shareOf(series, "printed", (value) => value < 1),
  }),
  "unit-dependent": ratioMeasure({
    label: "Theorem 4.4 to the letter: truth depends on the loss’s unit",
    unit: "%",
    definition:
      "Share of units for which the inequality as printed, g² and all, is false for the mean of the examples’ losses and true for their sum, or the other way round: a true inequality cannot tell the two apart.",
    digits: 1,
    of: (series) => unitDependent(series),
  }),
  "scale-error": ratioMeasure({
    label: "Observation 4.5: largest error",
    unit: "ppm",
    definition:
      "The larger of two: how far the outputs move when a layer’s W becomes kW, k = ⟨W₀, W⟩/‖W‖², in millionths of the largest output; and how far ‖W₀ − kW‖² is from ‖W₀ − W‖² − (‖W‖² − ⟨W, W₀⟩)²/‖W‖², in millionths of ‖W₀‖². W₀ are the first weights, W those of the moment in place of an optimum; over all layers and observations.",
    digits: 2,
    of: (series) => million(maxOf([largest(series, "scaled"), largest(series, "nearerError")])),
  }),
  removed: ratioMeasure({
    label: "Share of the squared gradient removed",
    unit: "%",
    definition:
      "What the projection takes away: (⟨1, g⟩² + ⟨g, ŷ⟩²)/(m ‖g‖²), the mean over all units, layers and observations.",
    digits: 2,
    of(series) {
      const kept = meanValue(series, "keptPredicted");
      return kept === null ? null : 1 - kept;
    },
  }),
  aligned: ratioMeasure({
    label: "Units with ⟨g, ŷ⟩ ≥ 0",
    unit: "%",
    definition:
      "Share of units for which the last term of theorem 4.2 lowers the curvature, which the paper asks for; over all layers and observations.",
    digits: 1,
    of: (series) => shareOf(series, "alignment", (value) => value >= 0),
  }),
  "second-form": ratioMeasure({
    label: "Units for which 4.2’s second form holds",
    unit: "%",
    definition:
      "Share of units with vᵀHv ≤ gᵀHg, so that gᵀHg may stand in its place; the paper gets it from an assumption on H. Over all layers and observations.",
    digits: 1,
    of: (series) => shareOf(series, "order", (value) => value >= 0),
  }),
};

function ratioMeasure({
  of,
  ...about
}: Omit<Measure, "of"> & { of(series: readonly Series[]): number | null }): Measure {
  return {
    ...about,
    of: (record) => ({
      value: record.outcome === "finished" ? of(seriesOf(record)) : null,
      atLeast: false,
    }),
  };
}

function seriesOf({ probes }: Pick<RunRecord, "probes">): Series[] {
  return normalizedLayers.flatMap(({ name }) => probes[name] ?? []);
}

/** All numbers of that name: over layers, observations and units. */
function all(series: readonly Series[], name: string): number[] {
  return series.flatMap(({ values }) => (values[name] ?? []).flat());
}

function maxOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function largest(series: readonly Series[], name: string): number | null {
  return maxOf(all(series, name));
}

function largestGap(series: readonly Series[], one: string, other: string): number | null {
  const others = all(series, other);
  return maxOf(all(series, one).map((value, i) => Math.abs(value - others[i]!)));
}

function meanValue(series: readonly Series[], name: string): number | null {
  const values = all(series, name);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function shareOf(
  series: readonly Series[],
  name: string,
  holds: (value: number) => boolean,
): number | null {
  const values = all(series, name);
  return values.length === 0 ? null : values.filter(holds).length / values.length;
}

function unitDependent(series: readonly Series[]): number | null {
  const sums = all(series, "literalSum");
  const means = all(series, "literalMean");
  if (means.length === 0) return null;
  return means.filter((value, i) => value < 1 !== sums[i]! < 1).length / means.length;
}

function million(share: number | null): number | null {
  return share === null ? null : share * 1e6;
}

/** What figures and check need: the first and the last observation. */
export function keptProbes({ probes }: RunRecord): RunRecord["probes"] {
  return Object.fromEntries(
    Object.entries(probes).map(([name, { unit, steps, values }]) => {
      const ends = <T>(seen: readonly T[]): T[] =>
        seen.length < 2 ? [...seen] : [seen[0]!, seen.at(-1)!];
      const kept = Object.entries(values).map(([key, seen]) => [key, ends(seen)] as const);
      return [name, { unit, steps: ends(steps), values: Object.fromEntries(kept) }];
    }),
  );
}

/** Share of units that must have a gradient for the check to pass. */
const LIVE = 0.9;
/** By how much of the squared distance 4.5 must bring the weights nearer: else they did not move. */
const MOVED = 1e-3;

/**
 * Was there something to check? Nearly every unit must have a gradient at every observation, and
 * by the last one training must have turned the weights away from the first ones.
 */
export function checkTheorems(runs: readonly RunResult[]): InterventionCheck {
  const series = runs.map(seriesOf);
  const live = series.flat().flatMap(({ values }) => (values["live"] ?? []).flat());
  const turned = series.flat().map(({ values }) => 1 - Number((values["nearer"] ?? []).at(-1)));
  const least = live.length === 0 ? NaN : Math.min(...live);
  const turn = turned.length === 0 ? NaN : Math.min(...turned);
  const passed = least >= LIVE && turn >= MOVED;
  return {
    passed,
    because:
      `at every observation at least ${percent(least)} of a layer's units had a gradient (needed: ${percent(LIVE)}); ` +
      `by the last one, shrinking the weights as in observation 4.5 brought them nearer to the first ones by at least ${percent(turn)} of the squared distance (needed: ${percent(MOVED)})`,
  };
}

function percent(share: number): string {
  return Number.isFinite(share) ? `${Number((share * 100).toPrecision(2))} %` : "an unknown share";
}
