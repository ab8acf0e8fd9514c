import { relu as reluOf } from "../graph/ops/relu.ts";
import type { Module } from "./module.ts";

/** Rectifier: y = max(x, 0), element by element. */
export function relu(): Module {
  return Object.freeze({ label: "relu", apply: (x) => reluOf(x) } satisfies Module);
}
