import { silu as siluOf } from "../graph/ops/silu.ts";
import type { Module } from "./module.ts";

/** Sigmoid linear unit, also called swish: y = x / (1 + e⁻ˣ), element by element. */
export function silu(): Module {
  return Object.freeze({ label: "silu", apply: (x) => siluOf(x) } satisfies Module);
}
