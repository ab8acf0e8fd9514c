/** Runs of studies that compare normalizations in a VGG and in a deep linear network alike. */
import { sizeNamed, type RunSetup, type Scale } from "../../experiments/index.ts";
import { crossEntropy, type Loss } from "../../nn/index.ts";
import type { BatchOptions, Probe } from "../../probes/index.ts";
import type { TrainEvent } from "../../train/index.ts";
import type { Between } from "./normalizers.ts";
import { sumOfSquares } from "./sum-of-squares.ts";
import { trainDeepLinear } from "./train-deep-linear.ts";
import { nextBatches, trainVgg } from "./train-vgg.ts";

/** What an arm trains. */
export interface NetworkArm {
  readonly network: "vgg" | "deep-linear";
  readonly between: Between;
  readonly learningRate: number;
}

/** What an arm's probes are made from. */
export interface NetworkSite {
  readonly loss: Loss;
  /** The batch that training takes next; of a deep linear network all there is. */
  readonly next: BatchOptions;
  /** Steps between observations. */
  readonly every: number;
  /** Paths of the numbered layers, those that hold a weight: layer k is at k − 1. */
  readonly layers: readonly string[];
  /** Where layer k's activations are received, and whose they are, for `normalizationError`. */
  activation(layer: number): {
    readonly layer: string;
    readonly target?: { readonly scale: string; readonly shift: string };
  };
}

/** A scale's sizes that a deep linear network needs beside a VGG's. */
export const deepLinearSizes: Readonly<
  Record<"quick" | "standard" | "paper", Scale["sizes"] & object>
> = {
  quick: { linearSteps: 3_000, linearEvery: 50 },
  standard: { linearSteps: 10_000, linearEvery: 100 },
  paper: { linearSteps: 10_000, linearEvery: 50 },
};

/** Trains one arm; a deep linear network for as many steps as the scale's sizes say. */
export function trainNetwork(
  setup: RunSetup,
  { network, between, learningRate }: NetworkArm,
  observe: (site: NetworkSite) => readonly Probe[],
): AsyncIterable<TrainEvent> {
  const { scale } = setup;
  if (network === "vgg") {
    return trainVgg(setup, {
      between,
      learningRate,
      observe: ({ layers }) =>
        observe({
          loss: crossEntropy(),
          next: nextBatches(setup, 1),
          every: scale.observeEvery,
          layers: layers.map(({ convolution }) => convolution),
          activation(layer) {
            const { nonlinearity, between: module } = layers[layer - 1]!;
            return { layer: nonlinearity, ...targetOf(module) };
          },
        }),
    });
  }
  const every = sizeNamed(scale, "linearEvery");
  return trainDeepLinear(setup, {
    between,
    learningRate,
    steps: sizeNamed(scale, "linearSteps"),
    observeEvery: every,
    observe: ({ layers }, next) =>
      observe({
        loss: sumOfSquares(),
        next,
        every,
        layers,
        activation(layer) {
          const module = between === "none" ? null : String(Number(layers[layer - 1]) + 1);
          // What the next layer receives is what this one hands on.
          return { layer: layers[layer]!, ...targetOf(module) };
        },
      }),
  });
}

function targetOf(module: string | null): Pick<ReturnType<NetworkSite["activation"]>, "target"> {
  return module === null ? {} : { target: { scale: `${module}.scale`, shift: `${module}.shift` } };
}
