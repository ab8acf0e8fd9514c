/**
 * A program's kernels in the order they run. With several threads, a kernel worth it comes in as
 * many parts; the threads meet where one must see what another has written.
 */
import { sizeOf } from "../base/shape.ts";
import { isOp } from "../graph/value.ts";
import { padOp } from "../graph/ops/pad.ts";
import type { Buffer, Kernel } from "../loops/ir.ts";
import type { Group } from "./groups.ts";
import type { LowerContext } from "./lower/context.ts";
import { lowerLoopGroup } from "./lower/loop-group.ts";
import { lowerMatmul } from "./lower/matmul.ts";
import { allOfIt, type Share } from "./lower/share.ts";
import { canSharePad, lowerSingle } from "./lower/single.ts";
import { accessedBy } from "./plan-memory.ts";
import { EXPENSIVE_OPS } from "./recompute.ts";

/** Thread i runs part i, if there is one. */
export interface Step {
  readonly parts: readonly Kernel[];
}

/**
 * Least work for which meeting other threads pays, in vector operations: some 2 µs, where a
 * meeting takes 0.2 µs.
 */
export const WORTH_SHARING: number = 12_000;

export function lowerSteps(
  group: Group,
  name: string,
  context: LowerContext,
  threads: number,
  worthSharing: number,
): Step[] {
  const lower = (share: Share): readonly Kernel[] =>
    lowerGroup(
      group,
      share.index === 0 ? name : `${name}-part${share.index}`,
      { ...context, share },
      name,
    );
  if (threads === 1 || !canShare(group) || workOf(group, context.lanes) < worthSharing) {
    return lower(allOfIt).map((kernel) => ({ parts: [kernel] }));
  }
  const shares = Array.from({ length: threads }, (_, index) => lower({ index, count: threads }));
  return shares[0]!.map((_, i) => ({ parts: shares.flatMap((kernels) => kernels[i] ?? []) }));
}

function lowerGroup(
  group: Group,
  name: string,
  context: LowerContext,
  scratch: string,
): readonly Kernel[] {
  switch (group.kind) {
    case "loops":
      return [lowerLoopGroup(group, name, context)];
    case "matmul":
      return lowerMatmul(group, name, scratch, context);
    case "single":
      return [lowerSingle(group, name, context)];
  }
}

/** Is there an axis to cut along? */
function canShare(group: Group): boolean {
  if (group.kind === "matmul") return true;
  if (group.kind === "single") return isOp(group.nodes[0]!, padOp) && canSharePad(group.nodes[0]!);
  return group.domain.length > (group.reduced?.length ?? 0);
}

/** Roughly, in vector operations. */
function workOf(group: Group, lanes: number): number {
  const elements = sizeOf(group.domain);
  if (group.kind === "matmul") {
    const rows = elements / group.domain.at(-1)!;
    const depth = sizeOf(group.product.inputs[0]!.shape) / rows;
    return (elements * depth) / lanes;
  }
  const full = group.nodes.filter((node) => group.levels.get(node) === "full");
  const costs = full.map(({ op }): number => (EXPENSIVE_OPS.has(op.name) ? 15 : 2));
  return (elements * costs.reduce((sum, cost) => sum + cost, 2)) / lanes;
}

/** Bytes of a buffer: `from` its address up to `to`. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * Before which steps all threads must meet: where a step reads what another thread may have
 * written since they last met, or writes what another may still read or write. Addresses count,
 * not buffers, since temporaries share places.
 */
export function meetings(steps: readonly Step[], addressOf: (buffer: Buffer) => number): boolean[] {
  let read: Stretch[] = [];
  let written: Stretch[] = [];
  return steps.map(({ parts }) => {
    const access = parts.map(accessedBy);
    const stretches = (buffers: Iterable<Buffer>): Stretch[] =>
      [...buffers].map((buffer) => {
        const from = addressOf(buffer);
        return { from, to: from + buffer.length * 4 };
      });
    const reads = stretches(new Set(access.flatMap((part) => [...part.read])));
    const writes = stretches(new Set(access.flatMap((part) => [...part.written])));
    const meet = overlap(reads, written) || overlap(writes, written) || overlap(writes, read);
    read = meet ? reads : [...read, ...reads];
    written = meet ? writes : [...written, ...writes];
    return meet;
  });
}

function overlap(some: readonly Stretch[], others: readonly Stretch[]): boolean {
  return some.some((a) => others.some((b) => a.from < b.to && b.from < a.to));
}
