import type { Value } from "../value.ts";
import { add } from "./add.ts";
import { mul } from "./mul.ts";

/** Horner's rule; coefficients from the highest power down, at least two. */
export function polynomial([first, ...rest]: readonly number[], x: Value): Value {
  const [second, ...others] = rest;
  const start = add(mul(x, first!), second!);
  return others.reduce((total, coefficient) => add(mul(total, x), coefficient), start);
}
