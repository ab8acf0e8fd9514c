import type { Problem } from "../problem.ts";

/** A peer, or ourselves, ready to be asked for training steps. One lives in each child process. */
export interface Engine {
  /** For people: `jax-js 0.1.25, wasm, jit`. */
  readonly description: string;
  /** Compiles the step of a problem, or throws an Error that says what the engine cannot do. */
  load(problem: Problem): Promise<Trainer>;
}

export interface Trainer {
  /** Back to the problem's initial tensors. */
  reset(): void | Promise<void>;
  /** `count` training steps; when it is done, so are the updates. */
  run(count: number): void | Promise<void>;
  /** Mean loss of the batch at the last step, before its update. */
  loss(): number | Promise<number>;
  /** The layers' tensors now, by name, weights as [inputs, outputs]. */
  tensors(): ReadonlyMap<string, Float32Array> | Promise<ReadonlyMap<string, Float32Array>>;
  /** The library's own training loop, watched after each step; only ours has one here. */
  train?(steps: number, onStep: (step: number) => void): Promise<void>;
}
