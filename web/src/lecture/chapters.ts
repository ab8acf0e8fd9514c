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
  load(): Promise<{ readonly default: Component }>;
}

export const chapters: readonly Chapter[] = [
  {
    id: "ridge",
    title: "Dropout is ridge regression",
    idea: "On linear regression, dropping inputs is the same as a penalty: not on the weights, but on the weights times the length of their columns.",
    part: "Dropout",
    load: () => import("./ridge/ridge.svelte"),
  },
  {
    id: "transform",
    title: "The transform, number by number",
    idea: "Each channel of a mini-batch is shifted and scaled to mean 0 and variance 1, then to whatever it has learned; and every gradient knows it.",
    part: "Batch normalization",
    load: () => import("./transform/transform.svelte"),
  },
  {
    id: "normalizers",
    title: "Who shares a mean?",
    idea: "Batch, layer, instance and group normalization are one formula; they differ in which values share one mean and one variance.",
    part: "Alternatives",
    load: () => import("./normalizers/normalizers.svelte"),
  },
];
