/**
 * One JSON object per line in each direction; the parent asks, the child answers in order.
 * `torch-engine.py` speaks it too.
 */
export type Request =
  | { readonly command: "load"; readonly directory: string }
  /**
   * The steps of a network's check from its initial tensors, with the masks given; the final tensors
   * are written to `file` (f32). Of an operation: one run, and its result.
   */
  | { readonly command: "check"; readonly file: string }
  /** Steps from the initial tensors for at least `seconds`, after a short run-up. */
  | { readonly command: "time"; readonly seconds: number }
  /** Growth of the JavaScript heap over `steps` steps of `fit`. Only our own engine answers it. */
  | { readonly command: "heap"; readonly steps: number };

export interface Replies {
  /** First of all, unasked. */
  readonly ready: { readonly description: string; readonly warning?: string };
  readonly load: Record<string, never>;
  /** Losses, none of an operation, and the seconds that a step took, first calls and all. */
  readonly check: { readonly losses: readonly number[]; readonly seconds: number };
  readonly time: { readonly steps: number; readonly msPerStep: number };
  readonly heap: { readonly bytes: number; readonly steps: number };
}

/** An answer, or why there is none. */
export type Reply<Name extends keyof Replies> = Replies[Name] | { readonly error: string };
