import type { Module, Observation } from "../nn/index.ts";

/** Something that is legal and yet not what one wants, or seldom. */
export interface Mistake {
  readonly rule:
    | "bias-before-normalization"
    | "small-batch"
    | "dropout-before-normalization"
    | "selu-initialization"
    | "selu-dropout"
    | "decay-on-scale-or-shift"
    | "statistics-never-updated"
    | "train-eval-gap";
  /** `mistake`: almost surely not meant; `warning`: often worse than it could be. */
  readonly severity: "mistake" | "warning";
  /** The layer's path in the model. */
  readonly path: string;
  /** What was found, with its numbers. */
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

/** The kind of a layer, from its label: `batchNorm` of `batchNorm(100)`. */
export function kindOf({ label }: Pick<Module, "label">): string {
  return label.split("(")[0]!;
}

/** A path without the number of a repeated application. */
export function placeOf({ path }: Pick<Observation, "path">): string {
  return path.replace(/#\d+$/, "");
}

/** The layers that hold no others, in the order of application. */
export function leavesOf(observations: readonly Observation[]): Observation[] {
  return observations.filter((outer) => {
    const place = placeOf(outer);
    const isInside = ({ path }: Observation): boolean =>
      path !== outer.path && (place === "" || path.startsWith(`${place}.`));
    return !observations.some(isInside);
  });
}

/**
 * The leaf whose output reaches a leaf's input untouched; null if there is none. Where a layer does
 * nothing (dropout at test) and hands on its input, it is that layer.
 */
export function leafBefore(leaves: readonly Observation[], leaf: Observation): Observation | null {
  const before = leaves.slice(0, leaves.indexOf(leaf));
  return before.findLast(({ output }) => output === leaf.input) ?? null;
}
