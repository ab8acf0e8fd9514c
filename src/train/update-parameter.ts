import { OptionError } from "../base/errors.ts";
import { state } from "../graph/ops/state.ts";
import type { Program, Slot, Value } from "../graph/value.ts";
import type { NamedMember } from "../nn/index.ts";
import type { Constraint } from "./max-norm.ts";
import type { Optimizer } from "./optimizer.ts";

/** A buffer that the optimizer keeps beside a parameter. */
export interface OptimizerSlot {
  /** Its name in a checkpoint: `optimizer/velocity/0.weight`. */
  readonly path: string;
  readonly slot: Slot;
}

interface UpdateRules {
  readonly optimizer: Optimizer;
  readonly constraints: readonly Constraint[];
  readonly scalars: Readonly<Record<string, Value>>;
}

/** The optimizer's rule for one parameter and its buffers, then the constraints on it. */
export function updateParameter(
  { optimizer, constraints, scalars }: UpdateRules,
  { path, slot, value }: NamedMember & { readonly value: Value },
  gradient: Value,
): { readonly slots: readonly OptimizerSlot[]; readonly writes: Program["writes"] } {
  const slots = optimizer.buffers.map((name) => {
    const bufferPath = `optimizer/${name}/${path}`;
    const { shape, dtype } = slot;
    return { name, path: bufferPath, slot: { name: bufferPath, shape, dtype } };
  });
  const buffers = Object.fromEntries(slots.map((buffer) => [buffer.name, state(buffer.slot)]));
  const next = optimizer.update({ path, parameter: value, gradient, buffers, scalars });
  const parameter = constraints
    .filter(({ appliesTo }) => appliesTo({ path, shape: slot.shape }))
    .reduce((updated, constraint) => constraint.apply(updated), next.parameter);
  const bufferWrites = slots.map((buffer) => {
    const after = next.buffers[buffer.name];
    if (after !== undefined) return { slot: buffer.slot, value: after };
    throw new OptionError(
      `${optimizer.label}: update must return buffer "${buffer.name}", got none`,
    );
  });
  return { slots, writes: [{ slot, value: parameter }, ...bufferWrites] };
}
