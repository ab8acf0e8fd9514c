/**
 * A thread beside the session's own. While idle it looks at the generation, for a moment awake,
 * since training runs step after step, then asleep; it returns to its event loop only for a message
 * that was posted.
 *
 * Argument that no change is missed: the session changes `runs` or `posted`, then `generation`; the
 * thread reads `generation` before it reads the other two, and waits only while it is as it was
 * read. A thread counts itself into `sleepers` before it compares `generation` for the last time,
 * and the session looks at `sleepers` after changing `generation`, all in one order for everybody:
 * one of the two sees the other. A run ends only when all threads have met, so there is never more
 * than one run to do.
 */
import { GraphError } from "../base/errors.ts";
import { controlOf, lateHandler, word, type Control } from "./thread-control.ts";
import type { ThreadAnswer, ThreadMessage } from "./thread-host.ts";

/** Looks at the generation before going to sleep: some 100 µs. */
const SPINS = 10_000;

interface Part {
  readonly run: (expected: number) => void;
  readonly meetings: number;
}

/** What to do with the messages of a thread's session. */
export function wasmThread(post: (answer: ThreadAnswer) => void): (message: ThreadMessage) => void {
  let work: ((message: ThreadMessage) => void) | null = null;
  return (message) => {
    if (work !== null) {
      work(message);
      return;
    }
    if (message.type !== "setup") {
      throw new GraphError(`wasm-thread: setup must come first, got ${message.type}`);
    }
    work = worker(message, post);
  };
}

type Setup = Extract<ThreadMessage, { type: "setup" }>;

function worker(
  { memory, thread, threads, patience }: Setup,
  post: (answer: ThreadAnswer) => void,
): (message: ThreadMessage) => void {
  const control = controlOf(memory);
  const env = { memory, late: lateHandler(control, patience) };
  const programs: Part[] = [];
  let met = 0;
  let ran = 0;

  function runOnce(): void {
    const { run, meetings } = programs[Atomics.load(control, word.program)]!;
    run(met);
    met = (met + meetings * threads) | 0;
    ran = (ran + 1) | 0;
  }

  function work(): void {
    for (;;) {
      const seen = Atomics.load(control, word.generation);
      if (Atomics.load(control, word.runs) !== ran) runOnce();
      else if (Atomics.load(control, word.posted) !== programs.length) return;
      else awaitChange(control, seen);
    }
  }

  return (message) => {
    try {
      if (message.type !== "program") {
        throw new GraphError(`wasm-thread: setup must come once, got ${message.type} again`);
      }
      const { exports } = new WebAssembly.Instance(message.module, { env });
      const run = exports[`run${thread}`] as Part["run"];
      programs.push({ run, meetings: message.meetings });
      post({ programs: programs.length });
      work();
    } catch (error) {
      Atomics.store(control, word.failed, 1);
      throw error;
    }
  };
}

function awaitChange(control: Control, seen: number): void {
  for (let spin = 0; spin < SPINS; spin++) {
    if (Atomics.load(control, word.generation) !== seen) return;
  }
  Atomics.add(control, word.sleepers, 1);
  Atomics.wait(control, word.generation, seen);
  Atomics.sub(control, word.sleepers, 1);
}
