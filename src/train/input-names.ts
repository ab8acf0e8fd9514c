import { inputOp } from "../graph/ops/input.ts";
import { attrsOf, isOp, programValues, type Program } from "../graph/value.ts";

/** The names of the inputs that a program reads. */
export function inputNames(program: Program): ReadonlySet<string> {
  const inputs = programValues(program).filter((value) => isOp(value, inputOp));
  return new Set(inputs.map((value) => attrsOf(value, inputOp).name));
}
