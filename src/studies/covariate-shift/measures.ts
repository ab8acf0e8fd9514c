import type { Measure, ProbeSeries } from "../../experiments/index.ts";
import { NOT_FINITE } from "../../probes/index.ts";
import { TRAINING } from "../networks/train-vgg.ts";

export type ShiftMeasure = "cosine" | "relative" | "distance" | "final-loss";

/** Names of the probes. */
export const SHIFT = "covariate-shift";
export const NORMALIZATION = "normalization";

const OVER = "the mean over both layers shown of the network and all observations";

export const measures: Readonly<Record<ShiftMeasure, Measure>> = {
  cosine: shiftMeasure({
    label: "Cosine of G and G′",
    unit: "",
    definition: `Cosine of the angle between a layer’s gradient before (G) and after (G′) the layers below it take their step of gradient descent, on the same batch; 1 without internal covariate shift; ${OVER}.`,
    digits: 2,
    of: (series) => meanOf(all(series, "cosine")),
  }),
  relative: shiftMeasure({
    label: "‖G − G′‖ ÷ ‖G‖",
    unit: "",
    definition: `Distance of the two gradients in units of the first one’s length; 0 without internal covariate shift; ${OVER}.`,
    digits: 2,
    of: (series) => meanOf(all(series, "relative")),
  }),
  distance: shiftMeasure({
    label: "‖G − G′‖, as a power of ten",
    unit: "powers of ten",
    definition: `Logarithm to base 10 of the distance of the two gradients, in units of the loss per unit of parameters; ${OVER}.`,
    digits: 2,
    of: (series) => meanOf(all(series, "distance"), Math.log10),
  }),
  "final-loss": {
    label: "Loss in training at the end, as a power of ten",
    unit: "powers of ten",
    definition:
      "Logarithm to base 10 of the loss in training at the end (VGG: cross-entropy in nats, the mean of the last 4 observations of 8 batches; deep linear network: sum of squares over all examples, likewise the mean of the last 4).",
    digits: 3,
    of(record) {
      const seen = (record.probes[TRAINING]?.values["loss"] ?? []).slice(-4).map(Number);
      const mean = record.outcome === "finished" ? meanOf(seen) : null;
      return { value: mean === null ? null : Math.log10(mean), atLeast: false };
    },
  },
};

function shiftMeasure({
  of,
  ...about
}: Omit<Measure, "of"> & { of(series: ProbeSeries): number | null }): Measure {
  return {
    ...about,
    of({ outcome, probes }) {
      const series = probes[SHIFT];
      const value = outcome === "finished" && series !== undefined ? of(series) : null;
      return { value, atLeast: false };
    },
  };
}

function all({ values }: ProbeSeries, name: string): number[] {
  return (values[name] ?? []).flat();
}

/** Mean of the values or of what `scale` makes of them; null without one, or if one is not finite. */
function meanOf(
  values: readonly number[],
  scale: (value: number) => number = (value) => value,
): number | null {
  const lost = values.some((value) => !Number.isFinite(value) || value >= NOT_FINITE);
  if (values.length === 0 || lost) return null;
  return values.reduce((sum, value) => sum + scale(value), 0) / values.length;
}
