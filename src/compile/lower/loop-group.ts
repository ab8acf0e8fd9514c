/**
 * A group of pointwise values and reductions as one loop nest.
 *
 * The kept axes are the outer loops. Inside them, each phase is a pass over the reduced axes:
 * phase 0 computes what needs no reduction, phase 1 what needs the reductions of phase 0, and so
 * on. The last axis is the vector axis: where it is kept, each lane has its own sums; where it is
 * reduced, the lanes are summed at the end of the pass.
 */
import type { Value } from "../../graph/value.ts";
import {
  add,
  addIndex,
  binary,
  constantIndex,
  f32,
  i32,
  kernelBuilder,
  select,
  type KernelBuilder,
} from "../../loops/builder.ts";
import type { Expr, Index, Kernel, Register } from "../../loops/ir.ts";
import type { LoopGroup } from "../fuse.ts";
import { phasesOf } from "../schedule.ts";
import { mergedAxes } from "./axes.ts";
import type { LowerContext } from "./context.ts";
import { evaluator, newFrame, type Frame, type Place } from "./evaluate.ts";

/**
 * Longest run of additions into one accumulator. A longer sum is a sum of partial sums, so its
 * rounding error grows with the square root of the length instead of the length.
 */
const LONGEST_SUM = 256;

export function lowerLoopGroup(group: LoopGroup, name: string, context: LowerContext): Kernel {
  const k = kernelBuilder(name);
  const axes = mergedAxes(group);
  const rules = evaluator(k, group, axes, context);
  const phases = phasesOf(group);
  const lastPhase = Math.max(...phases.values());
  const vectorAxis = axes.length - 1;
  const vectorIsReduced = axes[vectorAxis]?.reduced ?? false;
  const keptAxes = axes.flatMap(({ reduced }, axis) => (reduced ? [] : [axis]));
  const reducedAxes = axes.flatMap(({ reduced }, axis) => (reduced ? [axis] : []));

  function atKeptPlace(place: Place): void {
    const keptFrame = newFrame(vectorIsReduced ? { ...place, lanes: 1, count: 1 } : place, "kept");
    const stored = new Set<Value>();
    for (let phase = 0; phase <= lastPhase; phase++) {
      const reductions = group.nodes.filter(
        (node) => node.op.kind === "reduce" && phases.get(node) === phase + 1,
      );
      const results = group.nodes.filter(
        (node) =>
          group.levels.get(node) === "full" && phases.get(node) === phase && context.inMemory(node),
      );
      if (reductions.length + results.length > 0) pass(place, keptFrame, reductions, results, stored);
      for (const node of results) stored.add(node);
      for (const node of group.nodes) {
        if (group.levels.get(node) !== "kept" || phases.get(node) !== phase + 1) continue;
        const value = rules.evaluate(node, keptFrame);
        if (context.inMemory(node)) rules.store(node, value, keptFrame);
      }
    }
  }

  /** One sweep over the reduced axes. */
  function pass(
    place: Place,
    keptFrame: Frame,
    reductions: readonly Value[],
    results: readonly Value[],
    stored: ReadonlySet<Value>,
  ): void {
    const lanes = vectorIsReduced ? context.lanes : place.lanes;
    const before = new Set(stored);
    const totals = reductions.map((node) => k.variable(identityOf(node, lanes), "sum"));
    const atElement = (targets: readonly Register[]) => (element: Place): void => {
      const frame = newFrame(element, "full", keptFrame, before);
      for (const node of results) rules.store(node, rules.evaluate(node, frame), frame);
      reductions.forEach((node, i) => {
        const value = rules.operand(node, frame);
        accumulate(k, node, targets[i]!, vectorIsReduced ? masked(node, value, element) : value);
      });
    };
    sweep(k, context.lanes, reducedAxes, axes, vectorIsReduced, place, (chunked, inner) => {
      if (!chunked || reductions.length === 0) return inner(atElement(totals));
      const partial = reductions.map((node) => k.variable(identityOf(node, lanes), "part"));
      inner(atElement(partial));
      reductions.forEach((node, i) => {
        accumulate(k, node, totals[i]!, { kind: "register", register: partial[i]! });
      });
    });
    reductions.forEach((node, i) => {
      const total: Expr = { kind: "register", register: totals[i]! };
      const op = node.op.name === "max" ? "f32.max" : "f32.add";
      const value = vectorIsReduced ? k.let({ kind: "reduce", op, value: total }, "sum") : total;
      keptFrame.values.set(node, value);
    });
  }

  const start: Place = { at: axes.map(() => constantIndex(0)), lanes: 1, count: 1 };
  const outer = vectorIsReduced ? keptAxes : keptAxes.slice(0, -1);
  nest(k, outer, axes, start, (place) => {
    if (vectorIsReduced || axes.length === 0) return atKeptPlace(place);
    if (axes[vectorAxis]!.reduced) return atKeptPlace(place);
    blocks(k, vectorAxis, axes[vectorAxis]!.size, context.lanes, place, atKeptPlace);
  });
  return k.finish();
}

/** Loops over `order`, one element at a time. */
function nest(
  k: KernelBuilder,
  order: readonly number[],
  axes: readonly { readonly size: number }[],
  place: Place,
  body: (place: Place) => void,
): void {
  const [axis, ...rest] = order;
  if (axis === undefined) return body(place);
  k.loop("i", 0, axes[axis]!.size, 1, (at) => {
    nest(k, rest, axes, moved(place, axis, at), body);
  });
}

/** Loops along one axis in vectors; the last one may be partly filled. */
function blocks(
  k: KernelBuilder,
  axis: number,
  size: number,
  lanes: number,
  place: Place,
  body: (place: Place) => void,
): void {
  const whole = size - (size % lanes);
  k.loop("c", 0, whole, lanes, (at) => body({ ...moved(place, axis, at), lanes, count: lanes }));
  if (whole < size) {
    const tail = constantIndex(whole);
    body({ ...moved(place, axis, tail), lanes, count: size - whole });
  }
}

/**
 * Loops over the reduced axes. Where they are long, `around` is called once per stretch, with
 * `chunked` true, so that it can keep partial sums.
 */
function sweep(
  k: KernelBuilder,
  lanes: number,
  reducedAxes: readonly number[],
  axes: readonly { readonly size: number }[],
  vectorIsReduced: boolean,
  place: Place,
  around: (chunked: boolean, inner: (body: (element: Place) => void) => void) => void,
): void {
  const vectorAxis = vectorIsReduced ? axes.length - 1 : -1;
  const steps = (axis: number): number => axes[axis]!.size / (axis === vectorAxis ? lanes : 1);
  const loops = (order: readonly number[], from: Place, body: (element: Place) => void): void => {
    const scalarAxes = order.filter((axis) => axis !== vectorAxis);
    nest(k, scalarAxes, axes, from, (at) => {
      if (!order.includes(vectorAxis)) return body(at);
      blocks(k, vectorAxis, axes[vectorAxis]!.size, lanes, at, body);
    });
  };
  const total = reducedAxes.reduce((product, axis) => product * steps(axis), 1);
  const [first, ...rest] = reducedAxes;
  if (first === undefined || total <= LONGEST_SUM) {
    return around(false, (body) => loops(reducedAxes, place, body));
  }
  if (rest.length > 0) {
    k.loop("r", 0, axes[first]!.size, 1, (at) => {
      around(true, (body) => loops(rest, moved(place, first, at), body));
    });
    return;
  }
  stretches(k, first, axes[first]!.size, first === vectorAxis ? lanes : 1, place, around);
}

/** One long axis, in stretches of LONGEST_SUM steps and a rest. */
function stretches(
  k: KernelBuilder,
  axis: number,
  size: number,
  step: number,
  place: Place,
  around: (chunked: boolean, inner: (body: (element: Place) => void) => void) => void,
): void {
  const length = LONGEST_SUM * step;
  const whole = size - (size % length);
  const within = (start: Index, extent: number) => (body: (element: Place) => void): void => {
    const full = extent - (extent % step);
    const lanes = step === 1 ? place.lanes : step;
    const count = step === 1 ? place.count : step;
    k.loop("r", 0, full, step, (at) => {
      body({ ...moved(place, axis, addIndex(start, at)), lanes, count });
    });
    if (full < extent) {
      const tail = addIndex(start, constantIndex(full));
      body({ ...moved(place, axis, tail), lanes, count: extent - full });
    }
  };
  k.loop("s", 0, whole, length, (start) => around(true, within(start, length)));
  if (whole < size) around(true, within(constantIndex(whole), size - whole));
}

function moved(place: Place, axis: number, at: Index): Place {
  return { ...place, at: place.at.map((coordinate, i) => (i === axis ? at : coordinate)) };
}

function identityOf(node: Value, lanes: number): Expr {
  return f32(node.op.name === "max" ? -Infinity : 0, lanes);
}

function accumulate(k: KernelBuilder, node: Value, target: Register, value: Expr): void {
  const held: Expr = { kind: "register", register: target };
  k.set(target, node.op.name === "max" ? binary("f32.max", held, value) : add(held, value));
}

/** Lanes beyond `count` must not take part in a sum over lanes. */
function masked(node: Value, value: Expr, { lanes, count }: Place): Expr {
  if (count === lanes) return value;
  const lane: Expr = { kind: "lane-index", index: constantIndex(0), lanes };
  return select(binary("i32.lt-s", lane, i32(count, lanes)), value, identityOf(node, lanes));
}
