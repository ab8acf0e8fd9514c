import { add, state, type Program, type Slot } from "../src/graph/index.ts";

/** Large enough that threads share the work. */
export const counter: Slot = { name: "counter", shape: [128, 256], dtype: "f32" };

/** Adds one to every element of the counter. */
export const counting: Program = {
  outputs: {},
  writes: [{ slot: counter, value: add(state(counter), 1) }],
};
