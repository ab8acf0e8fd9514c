import { apply, type OpDefinition, type Value } from "../value.ts";

/** x itself. Gradient: zero, whatever x depends on. */
export const stopGradientOp: OpDefinition = {
  name: "stop-gradient",
  kind: "composite",
  infer: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  meaning: ([x]) => x!,
  gradient: () => [null],
};

export function stopGradient(x: Value): Value {
  return apply(stopGradientOp, [x], {});
}
