import type { OpDefinition, Value } from "../value.ts";
import { applyPointwise, definePointwise } from "./define-pointwise.ts";

/** The largest integer not above x. Gradient: zero (it is flat wherever it is smooth). */
export const floorOp: OpDefinition = definePointwise(1, {
  name: "floor",
  scalar: (x) => Math.floor(x),
  gradient: () => [null],
});

export function floor(x: Value): Value {
  return applyPointwise(floorOp, [x], {});
}
