/** What the rest of the house sees of a backend: programs in, typed arrays in and out. */
import type { Stage } from "../compile/compile.ts";
import type { Program, Slot } from "../graph/value.ts";

export type BufferView = Float32Array | Int32Array | Uint32Array;

export interface Backend {
  readonly name: "reference" | "wasm" | "native";
  /** One line for people: `wasm, 128-bit SIMD with FMA, 1 thread`. */
  readonly description: string;
  /** What the user should know of the choice of this backend, such as why a faster one is not used. */
  readonly note?: string;
  /** A fresh memory with no slots and no programs. */
  open(): Promise<Session>;
}

/** One memory, in which programs share their persistent buffers (slots, compared by identity). */
export interface Session {
  readonly backend: Backend;
  /** Compiles a program; slots it names for the first time are allocated and zeroed. */
  compile(program: Program, options?: CompileOptions): Promise<Executable>;
  /** A copy of a slot's content, dense and row-major; zeros if no program has named it yet. */
  read(slot: Slot): BufferView;
  /** Replaces a slot's content; allocates it if need be. Throws ShapeError on a wrong length. */
  write(slot: Slot, data: ArrayLike<number>): void;
}

export interface CompileOptions {
  /** For messages and printed stages, such as `train-step`. */
  readonly name?: string;
  /** Called with each stage the backend goes through; the text is only made when asked for. */
  readonly inspect?: (stage: Stage, text: () => string) => void;
}

export interface Executable {
  /** Where to put an input before `run`. Valid until the session compiles another program. */
  input(name: string): BufferView;
  /** Where to read an output after `run`. Valid until the next `run` or `compile` of the session. */
  output(name: string): BufferView;
  /** Runs the program once: one call, no allocation. */
  run(): void;
}
