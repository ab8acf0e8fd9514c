import { apply, type OpDefinition, type Slot, type Value } from "../value.ts";

export interface StateAttrs {
  readonly slot: Slot;
}

/** The content of a persistent buffer before the run. Slots are compared by identity. */
export const stateOp: OpDefinition<StateAttrs> = {
  name: "state",
  kind: "source",
  infer: (_, { slot }) => ({ shape: slot.shape, dtype: slot.dtype }),
};

export function state(slot: Slot): Value {
  return apply(stateOp, [], { slot });
}
