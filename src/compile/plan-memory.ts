/**
 * Gives every buffer of a program a fixed place in one arena. Two temporaries share a place
 * when no kernel between the first and the last use of one touches the other.
 */
import { operandsOf, type Buffer, type Expr, type Kernel, type Stmt } from "../loops/ir.ts";

export interface MemoryPlan {
  /** Byte offset of each buffer from the arena's start. */
  readonly offsets: ReadonlyMap<Buffer, number>;
  /** The arena's size in bytes. */
  readonly size: number;
  /** What the temporaries would take without sharing, in bytes. */
  readonly unshared: number;
  /** Permanent buffers and the most temporaries alive at once, in bytes: no plan takes less. */
  readonly least: number;
}

/** A cache line: no two buffers share one. */
const ALIGNMENT = 64;

/**
 * Kernels of one step run at the same time. `permanent` buffers keep a place of their own; buffers
 * in `elsewhere` (the slots) have one already; all others are temporaries that live from their
 * first use to their last.
 */
export function planMemory(
  steps: readonly (readonly Kernel[])[],
  permanent: readonly Buffer[],
  elsewhere: ReadonlySet<Buffer>,
): MemoryPlan {
  const offsets = new Map<Buffer, number>();
  let size = 0;
  for (const buffer of permanent) {
    offsets.set(buffer, size);
    size += bytesOf(buffer);
  }
  const lifetimes = lifetimesOf(steps);
  const temporaries = [...lifetimes]
    .filter(([buffer]) => !offsets.has(buffer) && !elsewhere.has(buffer))
    .toSorted(([a], [b]) => b.length - a.length);
  const start = size;
  const placed: { from: number; to: number; first: number; last: number }[] = [];
  for (const [buffer, { first, last }] of temporaries) {
    const length = bytesOf(buffer);
    const inTheWay = placed
      .filter((other) => other.first <= last && first <= other.last)
      .toSorted((a, b) => a.from - b.from);
    let from = start;
    for (const other of inTheWay) {
      if (from + length <= other.from) break;
      from = Math.max(from, other.to);
    }
    placed.push({ from, to: from + length, first, last });
    offsets.set(buffer, from);
    size = Math.max(size, from + length);
  }
  const unshared = temporaries.reduce((sum, [buffer]) => sum + bytesOf(buffer), 0);
  const live = steps.map((_, at) =>
    temporaries
      .filter(([, { first, last }]) => first <= at && at <= last)
      .reduce((sum, [buffer]) => sum + bytesOf(buffer), 0),
  );
  return { offsets, size, unshared, least: start + Math.max(0, ...live) };
}

function bytesOf(buffer: Buffer): number {
  return Math.ceil((buffer.length * 4) / ALIGNMENT) * ALIGNMENT;
}

interface Lifetime {
  readonly first: number;
  readonly last: number;
}

function lifetimesOf(steps: readonly (readonly Kernel[])[]): Map<Buffer, Lifetime> {
  const lifetimes = new Map<Buffer, Lifetime>();
  steps.forEach((kernels, at) => {
    for (const buffer of kernels.flatMap((kernel) => [...buffersOf(kernel)])) {
      lifetimes.set(buffer, { first: lifetimes.get(buffer)?.first ?? at, last: at });
    }
  });
  return lifetimes;
}

/** Every buffer a kernel reads or writes. */
export function buffersOf(kernel: Kernel): Set<Buffer> {
  const { read, written } = accessedBy(kernel);
  return new Set([...read, ...written]);
}

export interface Accessed {
  readonly read: ReadonlySet<Buffer>;
  readonly written: ReadonlySet<Buffer>;
}

export function accessedBy(kernel: Kernel): Accessed {
  const read = new Set<Buffer>();
  const written = new Set<Buffer>();
  const inExpr = (expr: Expr): void => {
    if (expr.kind === "load") read.add(expr.buffer);
    for (const child of operandsOf(expr)) inExpr(child);
  };
  const inStatement = (statement: Stmt): void => {
    if (statement.kind === "for") {
      statement.body.forEach(inStatement);
      return;
    }
    if (statement.kind === "store") written.add(statement.buffer);
    inExpr(statement.value);
  };
  kernel.body.forEach(inStatement);
  return { read, written };
}
