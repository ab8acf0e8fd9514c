import { apply, type OpDefinition, type Value } from "../value.ts";
import { inferLike } from "./infer-like.ts";
import { greater } from "./less.ts";
import { mul } from "./mul.ts";
import { select } from "./select.ts";

export interface LeakyReluAttrs {
  /** Slope below zero. */
  readonly slope: number;
}

/** x above zero, slope · x elsewhere. Gradient: dy above zero, slope · dy elsewhere. */
export const leakyReluOp: OpDefinition<LeakyReluAttrs> = {
  name: "leaky-relu",
  kind: "composite",
  infer: inferLike("leaky-relu"),
  meaning: ([x], { slope }) => select(greater(x!, 0), x!, mul(x!, slope)),
  gradient: ({ inputs: [x], grad, attrs: { slope } }) => [
    select(greater(x!, 0), grad, mul(grad, slope)),
  ],
};

export function leakyRelu(x: Value, { slope }: LeakyReluAttrs): Value {
  return apply(leakyReluOp, [x], { slope });
}
