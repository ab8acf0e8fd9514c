import { sigmoid as sigmoidOf } from "../graph/ops/sigmoid.ts";
import type { Module } from "./module.ts";

/** Logistic function: y = 1 / (1 + e⁻ˣ), element by element. */
export function sigmoid(): Module {
  return Object.freeze({ label: "sigmoid", apply: (x) => sigmoidOf(x) } satisfies Module);
}
