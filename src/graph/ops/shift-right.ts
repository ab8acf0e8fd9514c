import { OptionError } from "../../base/errors.ts";
import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise } from "./define-pointwise.ts";

export interface ShiftRightAttrs {
  /** In [0, 31]. */
  readonly bits: number;
}

/** x >>> bits, for u32: zeros come in from the left. No gradient. */
export const shiftRightOp: OpDefinition<ShiftRightAttrs> = definePointwise(1, {
  name: "shift-right",
  accepts: [["u32"]],
  scalar: (x, _b, _c, { bits }) => x >>> bits,
});

export function shiftRight(x: Value, bits: number): Value {
  if (!Number.isInteger(bits) || bits < 0 || bits > 31) {
    throw new OptionError(`shift-right: bits must be an integer in [0, 31], got ${bits}`);
  }
  return applyPointwise(shiftRightOp, [x], { bits });
}
