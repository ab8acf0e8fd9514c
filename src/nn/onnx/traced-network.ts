import { OptionError } from "../../base/errors.ts";
import type { DType, Shape } from "../../base/shape.ts";
import { constantOp } from "../../graph/ops/constant.ts";
import { input } from "../../graph/ops/input.ts";
import { sliceOp } from "../../graph/ops/slice.ts";
import { stateOp } from "../../graph/ops/state.ts";
import { attrsOf, isOp, topologicalOrder, type Slot, type Value } from "../../graph/value.ts";
import { interpret } from "../../graph/interpret.ts";
import { memberTree, type MemberTree } from "../member-tree.ts";
import type { Module } from "../module.ts";
import { trace, type Observation } from "../trace.ts";
import { checkWeights, type Weights } from "../weights.ts";
import { absorb } from "./absorb.ts";
import { expand } from "./expand.ts";

export interface InputDescription {
  /** Shape of one example. */
  readonly shape: Shape;
  readonly dtype: Extract<DType, "f32" | "i32">;
  readonly batch: number | "any";
  /** Take normalization into weights? */
  readonly fold: boolean;
}

/** A network's graph at test, ready to be written in ONNX's words. */
export interface TracedNetwork {
  readonly input: Value;
  readonly output: Value;
  /** Inputs before users. */
  readonly values: readonly Value[];
  /** Where in the model a value comes from: `0.branch.2`. */
  placeOf(value: Value): string;
  /** The same, as a message says it. */
  describe(value: Value): string;
  /** Does it depend on the network's input? Everything else is a number known now. */
  varies(value: Value): boolean;
  /** The value's sizes; null where it is a multiple of an unknown batch size. */
  sizesOf(value: Value): readonly (number | null)[];
  /** The elements of a value that does not vary. */
  elementsOf(value: Value): ArrayLike<number>;
  /** What a value that does not vary is called: as the weight that it is or is computed from. */
  nameOf(value: Value): string;
}

/** Two batch sizes; what differs between their graphs depends on the batch size. */
const [ONE_SIZE, OTHER_SIZE] = [2, 3];

/**
 * Traces the model in phase `eval`, for one batch size or for all.
 *
 * Errors: DataError if the weights are not the model's; OptionError if the graph for one batch
 *         size is not the graph for another, and "any" was asked for.
 */
export function traceNetwork(
  model: Module,
  weights: Weights,
  description: InputDescription,
): TracedNetwork {
  const tree = memberTree(model);
  checkWeights(tree.members, weights, "exportOnnx");
  const { batch } = description;
  const one = traceFor(model, tree, description, batch === "any" ? ONE_SIZE : batch);
  const describe = (value: Value): string => one.places.get(value)?.text ?? "the network";
  const twins = batch === "any" ? twinsOf(model, tree, description, one) : new Map<Value, Value>();
  const varying = dependents(one.values, one.x);
  const slots = new Map<Slot, ArrayLike<number>>(
    tree.members.map(({ slot, path }) => [slot, weights.get(path)!.data]),
  );
  return {
    input: one.x,
    output: one.output,
    values: one.values,
    placeOf: (value) => one.places.get(value)?.path ?? "",
    describe,
    varies: (value) => varying.has(value),
    sizesOf: (value) => {
      const twin = twins.get(value) ?? value;
      return value.shape.map((size, axis) => (size === twin.shape[axis] ? size : null));
    },
    elementsOf(value) {
      // Weights as they are: the interpreter's copy would take twice their memory.
      const slot = slotOf(value);
      if (slot !== null) return slots.get(slot)!;
      return interpret({ outputs: { value }, writes: [] }, { slots }).outputs["value"]!.data;
    },
    nameOf(value) {
      const own = slotOf(value);
      if (own !== null) return own.name;
      const sources = topologicalOrder([value]).flatMap((part) => slotOf(part)?.name ?? []);
      return sources.length > 0 ? `${sources[0]!}/computed` : value.op.name;
    },
  };
}

function slotOf(value: Value): Slot | null {
  return isOp(value, stateOp) ? attrsOf(value, stateOp).slot : null;
}

interface Place {
  readonly path: string;
  readonly text: string;
}

interface OneTrace {
  readonly x: Value;
  readonly output: Value;
  readonly values: readonly Value[];
  readonly places: ReadonlyMap<Value, Place>;
}

function traceFor(
  model: Module,
  tree: MemberTree,
  { shape, dtype, fold }: InputDescription,
  size: number,
): OneTrace {
  const x = input("input", [size, ...shape], dtype);
  const traced = trace(model, x, { phase: "eval", tree });
  const original = placesOf(traced.observations);
  const expanded = new Map<Value, Place>();
  const whole = expand(traced.output, placing(original, expanded));
  if (!fold) return { x, output: whole, values: topologicalOrder([whole]), places: expanded };
  const varying = dependents(topologicalOrder([whole]), x);
  const places = new Map<Value, Place>();
  const output = absorb(whole, (value) => varying.has(value), placing(expanded, places));
  return { x, output, values: topologicalOrder([output]), places };
}

/** Tells new values the places of those they were made from. */
function placing(
  known: ReadonlyMap<Value, Place>,
  places: Map<Value, Place>,
): (value: Value, origin: Value) => void {
  return (value, origin) => {
    const place = known.get(value) ?? known.get(origin);
    if (place !== undefined && !places.has(value)) places.set(value, place);
  };
}

/** What is computed from `x`. */
function dependents(values: readonly Value[], x: Value): Set<Value> {
  const found = new Set<Value>();
  for (const value of values) {
    if (value === x || value.inputs.some((operand) => found.has(operand))) found.add(value);
  }
  return found;
}

/** The innermost layer that each value was made in. */
function placesOf(observations: readonly Observation[]): Map<Value, Place> {
  const places = new Map<Value, Place>();
  for (const { path, label, input: before, output } of observations) {
    const place = { path, text: path === "" ? label : `layer "${path}", ${label}` };
    const known = { has: (value: Value) => value === before || places.has(value) };
    for (const value of topologicalOrder([output], known)) places.set(value, place);
  }
  return places;
}

/** For each value of the one graph, its counterpart in the graph for the other batch size. */
function twinsOf(
  model: Module,
  tree: MemberTree,
  description: InputDescription,
  one: OneTrace,
): Map<Value, Value> {
  const other = traceFor(model, tree, description, OTHER_SIZE);
  const twins = new Map<Value, Value>();
  for (const [i, value] of one.values.entries()) {
    const twin = other.values[i];
    if (twin === undefined || twin.op !== value.op || !alike(value, twin)) {
      const where = one.places.get(value)?.text ?? "the network";
      throw new OptionError(
        `exportOnnx: batch must be a number for a network that computes with it, got "any" (${where})`,
      );
    }
    twins.set(value, twin);
  }
  return twins;
}

/** Do they differ by the batch size alone, where it is a size and not a number computed with? */
function alike(value: Value, twin: Value): boolean {
  if (isOp(value, constantOp)) {
    return attrsOf(value, constantOp).value === attrsOf(twin, constantOp).value;
  }
  if (isOp(value, sliceOp)) {
    const [a, b] = [attrsOf(value, sliceOp), attrsOf(twin, sliceOp)];
    const toTheEnd = (axis: number): boolean =>
      a.end[axis] === value.inputs[0]!.shape[axis] && b.end[axis] === twin.inputs[0]!.shape[axis];
    return (
      a.start.join() === b.start.join() &&
      a.end.every((end, axis) => end === b.end[axis] || toTheEnd(axis))
    );
  }
  const { shape: _one, slot: _slot, ...rest } = value.attrs;
  const { shape: _other, slot: _sameSlot, ...otherRest } = twin.attrs;
  return JSON.stringify(rest) === JSON.stringify(otherRest);
}
