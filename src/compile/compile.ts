/**
 * A program's way from tensors to kernels: differentiate, expand, simplify, canonicalize, fuse,
 * schedule, lower, plan memory. Backends render what comes out.
 */
import { sizeOf, type DType } from "../base/shape.ts";
import { GraphError } from "../base/errors.ts";
import { inputOp } from "../graph/ops/input.ts";
import { stateOp } from "../graph/ops/state.ts";
import { printProgram } from "../graph/print.ts";
import {
  attrsOf,
  isOp,
  programValues,
  type Program,
  type Slot,
  type Value,
} from "../graph/value.ts";
import type { Buffer, Kernel } from "../loops/ir.ts";
import { printKernel } from "../loops/print.ts";
import { canonicalize } from "./canonicalize.ts";
import { accessOf } from "./access.ts";
import { differentiate } from "./differentiate.ts";
import { expand } from "./expand.ts";
import { fuse } from "./fuse.ts";
import type { Group } from "./groups.ts";
import type { LowerContext } from "./lower/context.ts";
import { allOfIt } from "./lower/share.ts";
import { fewRegisters, type Tiling } from "./lower/tiling.ts";
import { planMemory, type MemoryPlan } from "./plan-memory.ts";
import { printFusion, printMemory } from "./print.ts";
import { schedule, type Schedule } from "./schedule.ts";
import { lowerSteps, WORTH_SHARING, type Step } from "./steps.ts";
import { simplify } from "./simplify.ts";

/** What can be shown of a program on its way; `code` is the backend's own. */
export type Stage = "graph" | "fused" | "memory" | "loops" | "code";

export interface CompileTarget {
  /** Elements of a vector register. */
  readonly lanes: number;
  /** Threads that run the program together. Default 1. */
  readonly threads?: number;
  /** Least work of a kernel that threads share, in vector operations. Default 12,000: some 2 µs. */
  readonly worthSharing?: number;
  /** The sizes of matrix products' register tiles; default `fewRegisters`. */
  readonly tiling?: Tiling;
  /** The persistent buffer of a slot, the same for all programs of a session. */
  slotBuffer(slot: Slot): Buffer;
  /** Called with each stage's text, which is only made when asked for. */
  readonly inspect?: (stage: Stage, text: () => string) => void;
}

export interface NamedBuffer {
  readonly buffer: Buffer;
  readonly dtype: DType;
}

export interface CompiledProgram {
  readonly steps: readonly Step[];
  /** Of all steps and threads. */
  readonly kernels: readonly Kernel[];
  /** Inputs, outputs and temporaries; slots lie elsewhere. */
  readonly memory: MemoryPlan;
  readonly inputs: ReadonlyMap<string, NamedBuffer>;
  readonly outputs: ReadonlyMap<string, NamedBuffer>;
}

export function compileProgram(program: Program, target: CompileTarget): CompiledProgram {
  const ready = canonicalize(simplify(expand(differentiate(program))));
  target.inspect?.("graph", () => printProgram(ready));
  const plan = schedule(ready, fuse(ready));
  target.inspect?.("fused", () => printFusion(plan));

  const inputs = new Map<string, NamedBuffer>();
  for (const value of programValues(program)) {
    if (!isOp(value, inputOp)) continue;
    const { name } = attrsOf(value, inputOp);
    if (inputs.has(name)) continue;
    inputs.set(name, { buffer: newBuffer(name, value), dtype: value.dtype });
  }
  const buffers = storageBuffers(plan, target);
  const outputs = new Map(
    Object.entries(ready.outputs).map(([name, value]) => {
      const buffer = buffers.get(accessOf(value).root);
      if (buffer === undefined) throw new GraphError(`compile: output ${name} has no buffer`);
      return [name, { buffer, dtype: value.dtype }];
    }),
  );
  const context = loweringContext(target, inputs, buffers);
  const { threads = 1, worthSharing = WORTH_SHARING } = target;
  const steps = plan.groups.flatMap((group, i) =>
    lowerSteps(group, kernelName(group, i), context, threads, worthSharing),
  );
  const kernels = steps.flatMap(({ parts }) => parts);
  target.inspect?.("loops", () => kernels.map(printKernel).join("\n"));

  const slots = new Set<Buffer>();
  for (const value of programValues(ready)) {
    if (isOp(value, stateOp)) slots.add(target.slotBuffer(attrsOf(value, stateOp).slot));
  }
  for (const { slot } of program.writes) slots.add(target.slotBuffer(slot));
  const permanent = [...inputs.values(), ...outputs.values()].map(({ buffer }) => buffer);
  const memory = planMemory(
    steps.map(({ parts }) => parts),
    [...new Set(permanent)],
    slots,
  );
  target.inspect?.("memory", () => printMemory(kernels, memory));
  return { steps, kernels, memory, inputs, outputs };
}

function newBuffer(name: string, value: Value): Buffer {
  return { name, length: sizeOf(value.shape) };
}

/** Buffers of the values that live in memory. */
function storageBuffers({ storage }: Schedule, target: CompileTarget): Map<Value, Buffer> {
  const buffers = new Map<Value, Buffer>();
  let serial = 0;
  for (const [value, place] of storage) {
    if (place.kind === "slot") buffers.set(value, target.slotBuffer(place.slot));
    else if (place.kind === "output") buffers.set(value, newBuffer(place.name, value));
    else buffers.set(value, newBuffer(`${value.op.name}${serial++}`, value));
  }
  return buffers;
}

function loweringContext(
  target: CompileTarget,
  inputs: ReadonlyMap<string, NamedBuffer>,
  buffers: ReadonlyMap<Value, Buffer>,
): LowerContext {
  const shared = new Map<string, Buffer>();
  return {
    lanes: target.lanes,
    share: allOfIt,
    tiling: target.tiling ?? fewRegisters,
    inMemory: (value) => buffers.has(value),
    bufferOf(value) {
      if (isOp(value, inputOp)) return inputs.get(attrsOf(value, inputOp).name)!.buffer;
      if (isOp(value, stateOp)) return target.slotBuffer(attrsOf(value, stateOp).slot);
      const buffer = buffers.get(value);
      if (buffer === undefined) throw new GraphError(`lower: ${value.op.name} is not in memory`);
      return buffer;
    },
    scratch(name, length) {
      const buffer = shared.get(name) ?? { name, length };
      shared.set(name, buffer);
      return buffer;
    },
  };
}

/** `3-matmul-add-sigmoid`: its place in the program and what it computes. */
function kernelName(group: Group, index: number): string {
  const ops = [...new Set(group.nodes.map((node) => node.op.name))];
  const shown = ops.length > 4 ? [...ops.slice(0, 3), "etc"] : ops;
  return [index, ...shown].join("-");
}
