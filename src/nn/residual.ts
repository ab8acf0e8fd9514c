import { ShapeError } from "../base/errors.ts";
import { sameShape, showShape } from "../base/shape.ts";
import { add } from "../graph/ops/add.ts";
import type { Value } from "../graph/value.ts";
import type { Module, Pass } from "./module.ts";

export interface Residual<Branch extends Module = Module> extends Module {
  readonly branch: Branch;
  /** What x goes through before it is added; null: nothing. */
  readonly shortcut: Module | null;
}

export interface ResidualOptions {
  /** Such as a 1×1 convolution, where the branch changes the shape. Defaults to *none*. */
  readonly shortcut?: Module;
}

/**
 * y = shortcut(x) + branch(x); without a shortcut y = x + branch(x).
 *
 * Errors: ShapeError unless both have one shape.
 * Source: He et al. 2016, arXiv:1512.03385, equations 1 and 2.
 */
export function residual<const Branch extends Module>(
  branch: Branch,
  { shortcut }: ResidualOptions = {},
): Residual<Branch> {
  function apply(x: Value, pass: Pass): Value {
    const straight = shortcut === undefined ? x : pass.apply(shortcut, x);
    return addAlike(straight, pass.apply(branch, x), "residual");
  }
  return Object.freeze({ label: "residual", branch, shortcut: shortcut ?? null, apply });
}

/** The sum of two values of one shape; NumPy broadcasting would hide a mistake here. */
export function addAlike(straight: Value, branched: Value, who: string): Value {
  if (sameShape(straight.shape, branched.shape)) return add(straight, branched);
  throw new ShapeError(
    `${who}: the branch must keep the shape ${showShape(straight.shape)}, got ${showShape(branched.shape)}`,
  );
}
