/** What the native backend needs of the machine it runs on. The command line's room provides it. */

export interface NativeHost {
  /** For people: `gcc 12.2.0, 512-bit SIMD with FMA`. */
  readonly description: string;
  /** Elements of 4 bytes in a vector register. */
  readonly lanes: number;
  /** Vector registers. */
  readonly registers: number;
  /** Where an array buffer's bytes are. They stay there for as long as the buffer is referenced. */
  addressOf(memory: ArrayBuffer): bigint;
  /**
   * Compiles and loads C, or takes the library from the cache.
   *
   * Errors: an Error whose message is the compiler's first complaint.
   */
  compile(source: string): Promise<NativeLibrary>;
}

export interface NativeLibrary {
  /** Was it in the cache? */
  readonly cached: boolean;
  /** What compiling took, or reading the cache. */
  readonly milliseconds: number;
  /** The exported function `void name(char *const *base)`, called with its table of addresses. */
  entry(name: string): (bases: BigUint64Array) => void;
}

/** A host, or why there is none. `broken`: there is a compiler, but it does not do. */
export type NativeHostResult =
  | { readonly host: NativeHost }
  | { readonly reason: string; readonly broken: boolean };
