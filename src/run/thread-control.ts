/**
 * The words of shared memory by which threads of one session find each other: the first bytes of
 * its heap. Words that one thread changes while others look at something else are a cache line apart.
 */
import { BackendError } from "../base/errors.ts";

interface ControlWords {
  /** Of the programs, which one is to be run. */
  readonly program: number;
  /** Runs begun. */
  readonly runs: number;
  /** Messages posted to each thread. */
  readonly posted: number;
  /** Changes with `runs` and `posted`: what idle threads look at. */
  readonly generation: number;
  /** Threads asleep until `generation` changes. */
  readonly sleepers: number;
  /** Not 0: some thread failed, and nobody shall wait for it. */
  readonly failed: number;
  /** Always 0: waiting for its change is sleeping. */
  readonly never: number;
  /** Times any thread has come to a meeting. */
  readonly met: number;
}

/** Their indices. */
export const word: ControlWords = {
  program: 0,
  runs: 1,
  posted: 2,
  generation: 16,
  sleepers: 32,
  failed: 48,
  never: 49,
  met: 64,
};

/** Bytes that the control words take, from address 0 on. */
export const CONTROL_BYTES = 320;

export type Control = Int32Array<SharedArrayBuffer>;

export function controlOf(memory: WebAssembly.Memory): Control {
  return new Int32Array(memory.buffer as unknown as SharedArrayBuffer, 0, CONTROL_BYTES / 4);
}

/** Milliseconds of spinning after which a waiting thread lets others have the processor. */
const AWAKE = 0.05;

/**
 * What a thread does that has waited at a meeting for some time, and again each time later: gives
 * up if another one failed or `patience` milliseconds are over; otherwise sleeps a little, where
 * the thread may, so that on a busy machine those it waits for come to their turn.
 *
 * Errors: BackendError when it gives up.
 */
export function lateHandler(control: Control, patience: number): (calls: number) => void {
  const sleepy = maySleep(control);
  let since = 0;
  return (calls) => {
    const now = performance.now();
    if (calls === 1) since = now;
    const waited = now - since;
    if (Atomics.load(control, word.failed) !== 0) {
      throw new BackendError("wasm: every thread must finish its part, got one that failed");
    }
    if (waited > patience) {
      Atomics.store(control, word.failed, 1);
      throw new BackendError(
        `wasm: every thread must come to each meeting within ${patience} ms, got one that did not`,
      );
    }
    if (sleepy && waited > AWAKE) {
      Atomics.wait(control, word.never, 0, Math.min(waited / 50, 1));
    }
  };
}

/** The main thread of a page may not sleep. */
function maySleep(control: Control): boolean {
  try {
    Atomics.wait(control, word.never, 1, 0);
    return true;
  } catch {
    return false;
  }
}
