/** The persistent buffers of a program that is compiled without a session. */
import { sizeOf } from "../src/base/shape.ts";
import type { Slot } from "../src/graph/value.ts";
import type { Buffer } from "../src/loops/ir.ts";

/** One buffer per slot, the same at every call: readers and writers of a slot must meet there. */
export function slotBuffers(): (slot: Slot) => Buffer {
  const buffers = new Map<Slot, Buffer>();
  return (slot) => {
    const buffer = buffers.get(slot) ?? { name: slot.name, length: sizeOf(slot.shape) };
    buffers.set(slot, buffer);
    return buffer;
  };
}
