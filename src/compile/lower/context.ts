/** What lowering knows beyond the group at hand: which buffer holds which value, and the vector width. */
import type { Buffer } from "../../loops/ir.ts";
import type { Value } from "../../graph/value.ts";
import type { Share } from "./share.ts";
import type { Tiling } from "./tiling.ts";

export interface LowerContext {
  /** Lanes of a vector register. */
  readonly lanes: number;
  /** The sizes of matrix products' register tiles. */
  readonly tiling: Tiling;
  /** Which part of each kernel to make. */
  readonly share: Share;
  /** The buffer of an input, a state or a computed value that lives in memory. */
  bufferOf(value: Value): Buffer;
  /** Does the value live in memory? */
  inMemory(value: Value): boolean;
  /** A temporary of `length` elements; the same for all shares of a kernel. */
  scratch(name: string, length: number): Buffer;
}
