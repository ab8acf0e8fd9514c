import { OptionError } from "../base/errors.ts";
import { concat } from "../graph/ops/concat.ts";
import type { Value } from "../graph/value.ts";
import type { Module, Pass } from "./module.ts";
import { addAlike } from "./residual.ts";

export interface Parallel<Branches extends readonly Module[] = readonly Module[]> extends Module {
  readonly branches: Branches;
  readonly join: "concat" | "add";
}

/**
 * All branches applied to the same x, then joined: concatenated along the last axis, or added.
 *
 * Shape:  x [N, ...S, C] → y [N, ...S′, ΣCᵢ], or [N, ...S′, C′] for the sum.
 * Errors: OptionError without branches or for another join; ShapeError if their outputs do not fit.
 */
export function parallel<const Branches extends readonly Module[]>(
  branches: Branches,
  join: "concat" | "add",
): Parallel<Branches> {
  if (branches.length === 0) throw new OptionError("parallel: needs at least one branch, got none");
  if (join !== "concat" && join !== "add") {
    throw new OptionError(`parallel: join must be "concat" or "add", got ${JSON.stringify(join)}`);
  }
  function apply(x: Value, pass: Pass): Value {
    const outputs = branches.map((branch) => pass.apply(branch, x));
    if (join === "concat") return concat(outputs, -1);
    return outputs.reduce((total, output) => addAlike(total, output, "parallel"));
  }
  return Object.freeze({ label: `parallel("${join}")`, branches, join, apply });
}
