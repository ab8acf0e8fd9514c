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
  binary,
  constantIndex,
  f32,
  i32,
  kernelBuilder,
  select,
  type KernelBuilder,
} from "../../loops/builder.ts";
import type { Expr, Kernel, Register } from "../../loops/ir.ts";
import type { LoopGroup } from "../groups.ts";
import { phasesOf } from "../schedule.ts";
import { mergedAxes } from "./axes.ts";
import type { LowerContext } from "./context.ts";
import {
  evaluate,
  evaluateOperand,
  newEvaluation,
  newFrame,
  store,
  type Evaluation,
  type Frame,
  type Place,
} from "./evaluate.ts";
import { overKept, overReduced } from "./sweep.ts";

/** What is done in one sweep over the reduced axes. */
interface Phase {
  /** Reductions that this sweep completes. */
  readonly reductions: readonly Value[];
  /** Full values that it writes to memory. */
  readonly results: readonly Value[];
  /** Values of the reduced shape that can be computed after it. */
  readonly kept: readonly Value[];
}

export function lowerLoopGroup(group: LoopGroup, name: string, context: LowerContext): Kernel {
  const k = kernelBuilder(name);
  const axes = mergedAxes(group);
  const here = newEvaluation(k, group, axes, context);
  const phases = phasesInOrder(group, context);
  const vectorIsReduced = axes.at(-1)?.reduced ?? false;
  overKept(k, axes, context.lanes, context.share, (place) => {
    const outside = vectorIsReduced ? { ...place, lanes: 1, count: 1 } : place;
    const keptFrame = newFrame(outside, "kept");
    const stored = new Set<Value>();
    for (const phase of phases) {
      if (phase.reductions.length + phase.results.length > 0) {
        sweep(here, phase, place, keptFrame, new Set(stored));
      }
      for (const node of phase.results) stored.add(node);
      for (const node of phase.kept) {
        if (context.inMemory(node)) store(here, node, keptFrame);
        else evaluate(here, node, keptFrame);
      }
    }
  });
  return k.finish();
}

function phasesInOrder(group: LoopGroup, context: LowerContext): Phase[] {
  const phases = phasesOf(group);
  const last = Math.max(...phases.values());
  return Array.from({ length: last + 1 }, (_, phase) => {
    const kept = group.nodes.filter(
      (node) => group.levels.get(node) === "kept" && phases.get(node) === phase + 1,
    );
    return {
      reductions: kept.filter((node) => node.op.kind === "reduce"),
      results: group.nodes.filter(
        (node) =>
          group.levels.get(node) === "full" && phases.get(node) === phase && context.inMemory(node),
      ),
      kept,
    };
  });
}

/** One pass over the reduced axes: fills `keptFrame` with the reductions it completes. */
function sweep(
  here: Evaluation,
  { reductions, results }: Phase,
  place: Place,
  keptFrame: Frame,
  stored: ReadonlySet<Value>,
): void {
  const { k, axes, context } = here;
  const vectorIsReduced = axes.at(-1)?.reduced ?? false;
  const lanes = vectorIsReduced ? context.lanes : place.lanes;
  const accumulators = (name: string): Register[] =>
    reductions.map((node) => k.variable(identityOf(node, lanes), name));
  const totals = accumulators("sum");
  const atElement =
    (targets: readonly Register[]) =>
    (element: Place): void => {
      const frame = newFrame(element, "full", keptFrame, stored);
      for (const node of results) store(here, node, frame);
      reductions.forEach((node, i) => {
        const value = evaluateOperand(here, node, frame);
        accumulate(k, node, targets[i]!, vectorIsReduced ? masked(node, value, element) : value);
      });
    };
  overReduced(k, axes, context.lanes, place, (isPart, over) => {
    if (!isPart || reductions.length === 0) {
      over(atElement(totals));
      return;
    }
    const partial = accumulators("part");
    over(atElement(partial));
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
