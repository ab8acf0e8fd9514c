import { tanh as tanhOf } from "../graph/ops/tanh.ts";
import type { Module } from "./module.ts";

/** Hyperbolic tangent, element by element. */
export function tanh(): Module {
  return Object.freeze({ label: "tanh", apply: (x) => tanhOf(x) } satisfies Module);
}
