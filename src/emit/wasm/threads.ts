/**
 * A program run by several threads: `run0`, `run1`, … are what each of them calls, with the value
 * the meeting counter has before the run. Threads meet by counting: each adds one per meeting, and
 * goes on when all have. The counter only grows, so nobody passes a meeting before everybody has
 * come, and it may wrap around, since only differences are looked at. A run ends with a meeting.
 *
 * Source: WebAssembly threads proposal, binary format (prefix 0xfe).
 */
import type { Kernel } from "../../loops/ir.ts";
import { signed, unsigned, type Bytes } from "./encode.ts";
import { control, integer, local } from "./instructions.ts";

export interface ThreadPlan {
  /** Threads that take part. */
  readonly count: number;
  /** The kernels, step by step: thread i runs part i, if there is one. */
  readonly steps: readonly {
    readonly parts: readonly Kernel[];
    /** Must all threads meet before it? */
    readonly meet: boolean;
  }[];
  /** The byte address of the meeting counter, a multiple of 4. */
  readonly counter: number;
}

/** How many meetings a run has. */
export function meetingsOf({ steps }: ThreadPlan): number {
  return steps.filter(({ meet }) => meet).length + 1;
}

/** Looks at the counter, some 20 µs, before the host is asked what to do. */
const SPINS = 20_000;

const atomic: Record<"load" | "add", Bytes> = { load: [0xfe, 0x10], add: [0xfe, 0x1e] };

/** `(expected) → ()`: comes to a meeting and waits until the counter has reached `expected`. */
export function meetCode(counter: number, lateFunction: number): Bytes {
  const [expected, spin, calls] = [0, 1, 2];
  const zero = [...integer.const, 0];
  const one = [...integer.const, 1];
  const place = [2, ...unsigned(counter)];
  const come = [zero, one, atomic.add, place, control.drop];
  const missing = [zero, atomic.load, place, local.get(expected), integer.sub];
  const leaveIfNone = [zero, integer.greaterOrEqual, control.branchIf(2)];
  const lookAgain = [local.get(spin), one, integer.sub, local.tee(spin), control.branchIf(0)];
  const setSpins = [integer.const, signed(SPINS), local.set(spin)];
  const look = [control.loop, ...missing, ...leaveIfNone, ...lookAgain, control.end];
  const countCalls = [local.get(calls), one, integer.add, local.tee(calls)];
  const ask = [...countCalls, control.call(lateFunction), control.branch(0)];
  const wait = [
    control.block,
    control.loop,
    ...setSpins,
    ...look,
    ...ask,
    control.end,
    control.end,
  ];
  return [...come, ...wait, control.end].flat();
}

/** `meetCode`'s locals beside its parameter: two of type i32. */
export const meetLocals: Bytes = [1, 2, 0x7f];

/** `(expected) → ()`: one thread's part of the program. */
export function threadCode(
  { count, steps }: ThreadPlan,
  thread: number,
  indexOf: (kernel: Kernel) => number,
  meetFunction: number,
): Bytes {
  const expectMore = [...local.get(0), ...integer.const, ...signed(count), ...integer.add];
  const meet = [...expectMore, ...local.tee(0), ...control.call(meetFunction)];
  const calls = steps.flatMap(({ parts, meet: first }) => {
    const kernel = parts[thread];
    return [...(first ? meet : []), ...(kernel === undefined ? [] : control.call(indexOf(kernel)))];
  });
  return [...calls, ...meet, ...control.end];
}
