import { sizeOf } from "../base/shape.ts";
import { reshape } from "../graph/ops/reshape.ts";
import type { Module } from "./module.ts";

/** Joins all axes but the first: x [N, ...S] → y [N, |S|]. */
export function flatten(): Module {
  return Object.freeze({
    label: "flatten",
    apply: (x) => reshape(x, [x.shape[0]!, sizeOf(x.shape.slice(1))]),
  } satisfies Module);
}
