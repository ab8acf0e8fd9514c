import type { NetworkProblem, OperationProblem } from "../problem.ts";

/** A peer, or ourselves, ready to be asked for training steps. One lives in each child process. */
export interface Engine {
  /** For people: `jax-js 0.1.25, wasm, jit`. */
  readonly description: string;
  /** Compiles the step of a network, or throws an Error that says what the engine cannot do. */
  load(problem: NetworkProblem): Promise<Trainer>;
  /** The same for an operation. */
  loadOperation(problem: OperationProblem): Promise<Calculator>;
}

/** What is timed. */
interface Repeated {
  /** Back to the initial state. */
  reset(): void | Promise<void>;
  /** Does it `count` times; when it is done, so is the work. */
  run(count: number): void | Promise<void>;
}

/** Runs an operation on its operands. */
export interface Calculator extends Repeated {
  /** Of the last run, dense, channels last. */
  result(): Float32Array | Promise<Float32Array>;
}

/** Runs training steps; `reset` goes back to the problem's initial tensors. */
export interface Trainer extends Repeated {
  /** Mean loss of the batch at the last step, before its update. */
  loss(): number | Promise<number>;
  /** The layers' tensors now, by name, weights as [..., inputs, outputs]. */
  tensors(): ReadonlyMap<string, Float32Array> | Promise<ReadonlyMap<string, Float32Array>>;
  /**
   * Take dropout masks as `dropoutMask` gives them, for the check, or draw them. Engines whose own
   * masks are these have no need of it; others draw by their library's means when they are timed.
   */
  giveMasks?(given: boolean): void;
  /** The library's own training loop, watched after each step; only ours has one here. */
  train?(steps: number, onStep: (step: number) => void): Promise<void>;
}
