/**
 * The values of a group at one place of its loops, as lane arithmetic. A frame remembers what is
 * known there: each value and each load is rendered once per frame.
 */
import { GraphError } from "../../base/errors.ts";
import { stridesOf } from "../../base/shape.ts";
import type { Value } from "../../graph/value.ts";
import {
  addIndex,
  binary,
  constantIndex,
  fma,
  i32,
  load,
  scaleIndex,
  splat,
  unary,
  type KernelBuilder,
} from "../../loops/builder.ts";
import type { Expr, Index } from "../../loops/ir.ts";
import type { Access } from "../access.ts";
import { readsOf, type Group, type Level } from "../groups.ts";
import { domainStrides, type Axis } from "./axes.ts";
import type { LowerContext } from "./context.ts";
import { lowerPointwise } from "./pointwise.ts";
import { randomLanes } from "./random.ts";

/** A place in the loops: the coordinate of each axis, and how many elements along the last one. */
export interface Place {
  readonly at: readonly Index[];
  readonly lanes: number;
  /** Lanes in use; the others hold anything. */
  readonly count: number;
}

export interface Frame {
  readonly place: Place;
  readonly level: Level;
  readonly values: Map<Value, Expr>;
  readonly loads: Map<string, Expr>;
  /** Values of the group that can be loaded: a pass before this one has stored them. */
  readonly stored: ReadonlySet<Value>;
  /** The frame of the reduced shape, for kept values. */
  readonly kept: Frame | null;
}

export function newFrame(
  place: Place,
  level: Level,
  kept: Frame | null = null,
  stored: ReadonlySet<Value> = new Set(),
): Frame {
  return { place, level, values: new Map(), loads: new Map(), stored, kept };
}

/** What evaluating a group's values needs to know. */
export interface Evaluation {
  readonly k: KernelBuilder;
  readonly group: Group;
  readonly axes: readonly Axis[];
  readonly context: LowerContext;
  /** How often each value is read inside the group. */
  readonly uses: ReadonlyMap<Value, number>;
}

export function newEvaluation(
  k: KernelBuilder,
  group: Group,
  axes: readonly Axis[],
  context: LowerContext,
): Evaluation {
  return { k, group, axes, context, uses: useCounts(group) };
}

/** The value of a node of the group. */
export function evaluate(here: Evaluation, node: Value, frame: Frame): Expr {
  const known = frame.values.get(node);
  if (known !== undefined) return known;
  const reads = readsOf(node);
  if (node.op.kind === "view") {
    return remember(here, node, read(here, reads[0]!, node.shape, frame), frame);
  }
  if (node.op.kind !== "pointwise") {
    throw new GraphError(`lower: ${node.op.name} is not at hand in its group`);
  }
  const product = node.op.name === "add" ? contractedProduct(here, reads, frame) : null;
  if (product !== null) {
    const factors = readsOf(product).map((access, i) =>
      read(here, access, product.inputs[i]!.shape, frame),
    );
    const other = reads.findIndex(({ root }) => root !== product);
    const addend = read(here, reads[other]!, node.inputs[other]!.shape, frame);
    return remember(here, node, fma(factors[0]!, factors[1]!, addend), frame);
  }
  const operands = reads.map((access, i) => read(here, access, node.inputs[i]!.shape, frame));
  return remember(here, node, lowerPointwise(here.k, node, operands), frame);
}

/** The value of a node's only operand, for reductions. */
export function evaluateOperand(here: Evaluation, node: Value, frame: Frame): Expr {
  return read(here, readsOf(node)[0]!, node.inputs[0]!.shape, frame);
}

/** Computes a node's value and writes it to its buffer. */
export function store(here: Evaluation, node: Value, frame: Frame): void {
  const value = evaluate(here, node, frame);
  const access: Access = { root: node, strides: stridesOf(node.shape), offset: 0 };
  const strides = stridesOver(here, node.shape, access, frame.level);
  const index = elementIndex(strides, 0, frame.place);
  const stored = node.dtype === "bool" ? unary("i32.from-mask", value) : value;
  here.k.store(here.context.bufferOf(node), index, stored, frame.place.count);
}

function read(here: Evaluation, access: Access, shape: readonly number[], frame: Frame): Expr {
  const { group, context } = here;
  const { root, offset } = access;
  const known = frame.values.get(root);
  if (known !== undefined) return splat(known, frame.place.lanes);
  if (root.op.name === "constant") return constantLanes(root, frame.place.lanes);
  const strides = stridesOver(here, shape, access, frame.level);
  if (root.op.name === "iota") return indexLanes(strides, offset, frame.place);
  if (root.op.name === "random-bits") return randomBitsAt(here, root, strides, offset, frame);
  const level = group.levels.get(root);
  if (level === "kept" && frame.kept !== null) {
    return splat(evaluate(here, root, frame.kept), frame.place.lanes);
  }
  const computedHere = level !== undefined && !frame.stored.has(root);
  const inMemory = context.inMemory(root) || root.op.kind === "source";
  if (computedHere || !inMemory) return evaluate(here, root, frame);
  return loadAt(here, root, strides, offset, frame);
}

function stridesOver(
  { group, axes }: Evaluation,
  shape: readonly number[],
  access: Access,
  level: Level,
): number[] {
  const strides = domainStrides(group, level, shape, access);
  return axes.map(({ innermost }) => strides[innermost]!);
}

function randomBitsAt(
  here: Evaluation,
  root: Value,
  strides: readonly number[],
  offset: number,
  frame: Frame,
): Expr {
  const { k, context } = here;
  const { lanes } = frame.place;
  const key = context.bufferOf(readsOf(root)[0]!.root);
  const word = (i: number): Expr => {
    const name = `key ${key.name} ${i}`;
    const known = frame.loads.get(name);
    if (known !== undefined) return known;
    const loaded = k.let(splat(load(key, constantIndex(i), { type: "i32" }), lanes), "key");
    frame.loads.set(name, loaded);
    return loaded;
  };
  const index = indexLanes(strides, offset, frame.place);
  return remember(here, root, randomLanes(k, index, word(0), word(1)), frame);
}

function loadAt(
  { k, context }: Evaluation,
  root: Value,
  strides: readonly number[],
  offset: number,
  frame: Frame,
): Expr {
  const { lanes, count } = frame.place;
  const { dtype } = root;
  const buffer = context.bufferOf(root);
  const index = elementIndex(strides, offset, frame.place);
  const stride = strides.at(-1) ?? 0;
  const name = `${buffer.name} ${stride} ${dtype} ${indexName(index)}`;
  const known = frame.loads.get(name);
  if (known !== undefined) return known;
  const type = dtype === "f32" ? "f32" : "i32";
  const raw =
    lanes === 1 || stride === 0
      ? splat(load(buffer, index, { type }), lanes)
      : load(buffer, index, { type, lanes, count, stride });
  const typed = dtype === "bool" ? unary("mask.not", binary("i32.eq", raw, i32(0, lanes))) : raw;
  const loaded = k.let(typed, "x");
  frame.loads.set(name, loaded);
  return loaded;
}

function remember({ k }: Evaluation, value: Value, expr: Expr, frame: Frame): Expr {
  const held = k.let(expr, "v");
  frame.values.set(value, held);
  return held;
}

/** A product that only this sum reads: one instruction for both. */
function contractedProduct(
  { group, context, uses }: Evaluation,
  reads: readonly Access[],
  frame: Frame,
): Value | null {
  const found = reads.find(
    ({ root }) =>
      root.op.name === "mul" &&
      root.dtype === "f32" &&
      group.levels.get(root) === frame.level &&
      uses.get(root) === 1 &&
      !context.inMemory(root) &&
      !frame.values.has(root),
  );
  return found?.root ?? null;
}

function elementIndex(strides: readonly number[], offset: number, { at }: Place): Index {
  return at.reduce(
    (sum, coordinate, axis) => addIndex(sum, scaleIndex(coordinate, strides[axis]!)),
    constantIndex(offset),
  );
}

/** The flat index of each lane, as an integer. */
function indexLanes(strides: readonly number[], offset: number, place: Place): Expr {
  const index = elementIndex(strides, offset, place);
  const stride = strides[strides.length - 1] ?? 0;
  const { lanes } = place;
  if (lanes === 1 || stride === 1) return { kind: "lane-index", index, lanes };
  const base = splat({ kind: "lane-index", index, lanes: 1 }, lanes);
  if (stride === 0) return base;
  const steps: Expr = { kind: "lane-index", index: constantIndex(0), lanes };
  return binary("i32.add", base, binary("i32.mul", steps, i32(stride, lanes)));
}

function constantLanes(root: Value, lanes: number): Expr {
  const { value } = root.attrs as unknown as { readonly value: number };
  const type = root.dtype === "f32" ? "f32" : root.dtype === "bool" ? "mask" : "i32";
  return { kind: "const", type, lanes, value: type === "i32" ? value | 0 : value };
}

function indexName({ terms, offset }: Index): string {
  return [
    offset,
    ...terms.map(({ variable, coefficient }) => `${variable.name}*${coefficient}`),
  ].join("+");
}

function useCounts(group: Group): Map<Value, number> {
  const counts = new Map<Value, number>();
  for (const node of group.nodes) {
    for (const { root } of readsOf(node)) counts.set(root, (counts.get(root) ?? 0) + 1);
  }
  return counts;
}
