/** The lecture's table of contents. Each chapter is a chunk of its own, loaded when it is opened. */
import type { Component } from "svelte";

export interface Chapter {
  /** In the address: `?chapter=ridge`. */
  readonly id: string;
  readonly title: string;
  /** The one idea, in a sentence. */
  readonly idea: string;
  readonly part:
    | "Dropout"
    | "Batch normalization"
    | "Batch normalization, revisited"
    | "Alternatives";
  /** Ids of the studies that judge the same claims with several seeds, at the papers' scale if asked. */
  readonly studies: readonly string[];
  load(): Promise<{ readonly default: Component }>;
}

export const chapters: readonly Chapter[] = [
  {
    id: "thinned",
    title: "Thinned networks",
    idea: "Dropout trains a different part of the network with each example: one of 2ⁿ networks that share their weights.",
    part: "Dropout",
    studies: ["dropout-rate"],
    load: () => import("./thinned/thinned.svelte"),
  },
  {
    id: "averaging",
    title: "One network for all of them",
    idea: "At test time one network with scaled weights stands for the mean of all thinned ones: exactly for what the next layer receives, roughly for everything after.",
    part: "Dropout",
    studies: ["dropout-averaging"],
    load: () => import("./averaging/averaging.svelte"),
  },
  {
    id: "ridge",
    title: "Dropout is ridge regression",
    idea: "On linear regression, dropping inputs is the same as a penalty: not on the weights, but on the weights times the length of their columns.",
    part: "Dropout",
    studies: ["dropout-regression"],
    load: () => import("./ridge/ridge.svelte"),
  },
  {
    id: "transform",
    title: "The transform, number by number",
    idea: "Each channel of a mini-batch is shifted and scaled to mean 0 and variance 1, then to whatever it has learned; and every gradient knows it.",
    part: "Batch normalization",
    studies: ["batchnorm-theorems"],
    load: () => import("./transform/transform.svelte"),
  },
  {
    id: "statistics",
    title: "Training and test statistics",
    idea: "Training divides by the batch’s biased variance; testing needs the data’s, which is m / (m − 1) times as large; and small batches go wrong all the same.",
    part: "Batch normalization",
    studies: ["groupnorm-batch-size"],
    load: () => import("./statistics/statistics.svelte"),
  },
  {
    id: "drift",
    title: "What a sigmoid receives",
    idea: "A layer’s inputs come from layers that train as well, and so they drift; with batch normalization they drift less, and the network learns sooner.",
    part: "Batch normalization",
    studies: ["batchnorm-mnist"],
    load: () => import("./drift/drift.svelte"),
  },
  {
    id: "rates",
    title: "Learning rate × 30",
    idea: "With batch normalization a network bears learning rates that kill the same network without it.",
    part: "Batch normalization",
    studies: ["batchnorm-learning-rate", "batchnorm-inception"],
    load: () => import("./rates/rates.svelte"),
  },
  {
    id: "shift",
    title: "Does it reduce covariate shift?",
    idea: "Noise can make the distributions inside a network drift more than without any normalization, and it still trains faster than that network.",
    part: "Batch normalization, revisited",
    studies: ["noisy-batchnorm", "covariate-shift"],
    load: () => import("./shift/shift.svelte"),
  },
  {
    id: "landscape",
    title: "The landscape along the gradient",
    idea: "With batch normalization the loss and its gradient change less along the step that training takes: the gradient holds for longer.",
    part: "Batch normalization, revisited",
    studies: ["loss-landscape"],
    load: () => import("./landscape/landscape.svelte"),
  },
  {
    id: "normalizers",
    title: "Who shares a mean?",
    idea: "Batch, layer, instance and group normalization are one formula; they differ in which values share one mean and one variance.",
    part: "Alternatives",
    studies: ["normalizers", "groupnorm-batch-size"],
    load: () => import("./normalizers/normalizers.svelte"),
  },
  {
    id: "depth",
    title: "Normal by itself",
    idea: "With SELU, mean 0 and variance 1 are a fixed point: thirty-two layers deep, without any normalization layer.",
    part: "Alternatives",
    studies: ["self-normalizing"],
    load: () => import("./depth/depth.svelte"),
  },
];
