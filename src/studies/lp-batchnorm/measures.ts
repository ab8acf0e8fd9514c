import type { Arm, Measure } from "../../experiments/index.ts";
import { measures as shiftMeasures } from "../covariate-shift/measures.ts";
import { landscapeMeasures, type LandscapeMeasure } from "../networks/landscape-measures.ts";
import type { Between } from "../networks/normalizers.ts";
import type { NetworkArm } from "../networks/train-network.ts";
import { finalTestAccuracy, trainingSpeed } from "../networks/training-measures.ts";

export type LpNorm = "plain" | "bn" | "l1" | "l2" | "linf";
export type LpArm = `vgg-${LpNorm}` | `linear-${LpNorm}`;
export type LpMeasure = "training-speed" | "final-test" | "final-loss" | LandscapeMeasure;

export interface LpChoice {
  readonly norm: LpNorm;
  readonly short: string;
  readonly between: Between;
  readonly description: string;
}

const AVERAGE =
  "behind every product: less its mean over the batch, divided by the average norm of the values before the mean is taken away";

export const choices: readonly LpChoice[] = [
  { norm: "plain", short: "none", between: "none", description: "No normalization." },
  { norm: "bn", short: "BN", between: "batch", description: "Batch normalization, ε = 1e-5." },
  {
    norm: "l1",
    short: "ℓ₁",
    between: "l1",
    description: `${AVERAGE}, mean |x|; scale and shift.`,
  },
  {
    norm: "l2",
    short: "ℓ₂",
    between: "l2",
    description: `${AVERAGE}, (mean x²)^½; scale and shift.`,
  },
  {
    norm: "linf",
    short: "ℓ∞",
    between: "linf",
    description: `${AVERAGE}, max |x|; scale and shift.`,
  },
];

/** The normalizations that the study is about. */
export const lpNorms: readonly Exclude<LpNorm, "plain" | "bn">[] = ["l1", "l2", "linf"];

export const networks: readonly {
  readonly network: NetworkArm["network"];
  readonly title: string;
  readonly learningRate: number;
  armOf(norm: LpNorm): LpArm;
}[] = [
  { network: "vgg", title: "VGG", learningRate: 0.1, armOf: (norm) => `vgg-${norm}` },
  {
    network: "deep-linear",
    title: "deep linear network",
    learningRate: 1e-6,
    armOf: (norm) => `linear-${norm}`,
  },
];

export const arms: readonly Arm<LpArm>[] = networks.flatMap(({ title, armOf }) =>
  choices.map(({ norm, short, description }) => ({
    id: armOf(norm),
    label: `${title}, ${short}`,
    short,
    description,
  })),
);

export const settings: Readonly<Record<LpArm, NetworkArm>> = Object.fromEntries(
  networks.flatMap(({ network, learningRate, armOf }) =>
    choices.map(({ norm, between }) => [armOf(norm), { network, between, learningRate }] as const),
  ),
) as Record<LpArm, NetworkArm>;

export const measures: Readonly<Record<LpMeasure, Measure>> = {
  "training-speed": onlyVgg(trainingSpeed),
  "final-test": onlyVgg(finalTestAccuracy),
  "final-loss": shiftMeasures["final-loss"],
  ...landscapeMeasures(
    Object.fromEntries(
      Object.entries(settings).map(([arm, { learningRate }]) => [arm, learningRate]),
    ),
  ),
};

/** A deep linear network classifies nothing. */
function onlyVgg(measure: Measure): Measure {
  return {
    ...measure,
    of: (record, scale) =>
      record.arm.startsWith("vgg-") ? measure.of(record, scale) : { value: null, atLeast: false },
  };
}

/** Name of the probe that the check looks at. */
export const NORMALIZATION = "normalization";
