import type { Slot } from "../graph/value.ts";
import type { Tensor, Weights } from "../nn/index.ts";
import type { Session } from "../run/backend.ts";

/** Named buffers, read out of and put back into a session. */
export interface NamedSlot {
  readonly path: string;
  readonly slot: Slot;
}

export function readSlots(session: Session, slots: readonly NamedSlot[]): Weights {
  return new Map(
    slots.map(({ path, slot }): [string, Tensor] => {
      const { shape, dtype } = slot;
      return [path, { shape, dtype: dtype === "bool" ? "u32" : dtype, data: session.read(slot) }];
    }),
  );
}

export function writeSlots(session: Session, slots: readonly NamedSlot[], values: Weights): void {
  for (const { path, slot } of slots) {
    const tensor = values.get(path);
    if (tensor !== undefined) session.write(slot, tensor.data);
  }
}
