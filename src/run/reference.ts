/**
 * The `reference` backend: the float64 interpreter behind the backends' common face. Slow, on
 * every machine, and the definition of right.
 */
import { BackendError, ShapeError } from "../base/errors.ts";
import { showShape, sizeOf, type DType, type TensorType } from "../base/shape.ts";
import { differentiate } from "../compile/differentiate.ts";
import { expand } from "../compile/expand.ts";
import { simplify } from "../compile/simplify.ts";
import { interpret } from "../graph/interpret.ts";
import { inputOp } from "../graph/ops/input.ts";
import { stateOp } from "../graph/ops/state.ts";
import { attrsOf, isOp, programValues, type Program, type Slot } from "../graph/value.ts";
import { verify } from "../graph/verify.ts";
import type { Backend, BufferView, Executable, Session } from "./backend.ts";

export const reference: Backend = {
  name: "reference",
  description: "reference, float64 interpreter, 1 thread",
  open: () => Promise.resolve(openSession()),
};

function openSession(): Session {
  const slots = new Map<Slot, Float64Array>();
  const memoryOf = (slot: Slot): Float64Array => {
    const data = slots.get(slot) ?? new Float64Array(sizeOf(slot.shape));
    slots.set(slot, data);
    return data;
  };
  return {
    backend: reference,
    // Async, so that a refusal is a rejected promise, as on every backend.
    compile: async (program, options = {}) =>
      prepare(program, slots, memoryOf, options.name ?? "program"),
    read: (slot) => toView(slot.dtype, slots.get(slot) ?? new Float64Array(sizeOf(slot.shape))),
    write(slot, data) {
      if (data.length !== sizeOf(slot.shape)) {
        throw new ShapeError(
          `write: slot "${slot.name}" takes ${sizeOf(slot.shape)} elements ` +
            `${showShape(slot.shape)}, got ${data.length}`,
        );
      }
      memoryOf(slot).set(stored(slot, data));
    },
  };
}

function prepare(
  program: Program,
  slots: Map<Slot, Float64Array>,
  memoryOf: (slot: Slot) => Float64Array,
  name: string,
): Executable {
  verify(program, { who: name });
  const inputs: Record<string, BufferView> = {};
  for (const value of programValues(program)) {
    if (isOp(value, inputOp)) inputs[attrsOf(value, inputOp).name] = viewOf(value);
    if (isOp(value, stateOp)) memoryOf(attrsOf(value, stateOp).slot);
  }
  for (const { slot } of program.writes) memoryOf(slot);
  const outputs: Record<string, BufferView> = {};
  for (const [key, value] of Object.entries(program.outputs)) outputs[key] = viewOf(value);
  const ready = simplify(expand(differentiate(program)));

  const find = (views: Readonly<Record<string, BufferView>>, kind: string, key: string) => {
    const view = Object.hasOwn(views, key) ? views[key] : undefined;
    if (view !== undefined) return view;
    const known = Object.keys(views).join(", ") || "none";
    throw new BackendError(`${name}: ${kind} must be one of ${known}, got ${key}`);
  };
  return {
    input: (key) => find(inputs, "input", key),
    output: (key) => find(outputs, "output", key),
    run() {
      const result = interpret(ready, { inputs, slots });
      for (const [key, { data }] of Object.entries(result.outputs)) outputs[key]!.set(data);
      for (const [slot, data] of result.writes) slots.set(slot, stored(slot, data));
    },
  };
}

/**
 * A copy, since a write may hand over the very array another slot holds; as a slot keeps it: f32
 * on every backend, so that what is read out and put back later is the whole state.
 */
function stored({ dtype }: Slot, data: ArrayLike<number>): Float64Array {
  return dtype === "f32" ? Float64Array.from(data, Math.fround) : Float64Array.from(data);
}

function viewOf({ shape, dtype }: TensorType): BufferView {
  return toView(dtype, new Float64Array(sizeOf(shape)));
}

function toView(dtype: DType, data: Float64Array): BufferView {
  if (dtype === "f32") return Float32Array.from(data);
  return dtype === "i32" ? Int32Array.from(data) : Uint32Array.from(data);
}
