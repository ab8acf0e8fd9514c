/** What more `doctor` tells of WebAssembly than backends need to know: found by asking the engine. */
import { detectWasm, type WasmFeatures } from "../run/index.ts";

/** Begins every module: `\0asm`, version 1. */
const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** One memory of 1 page, at most 1, shared. */
const sharedMemory = [...header, 0x05, 0x04, 0x01, 0x03, 0x01, 0x01];

/** type (f32, f32, f32) -> f32; one function of it; exported as "f". */
const exportsF = [
  0x01, 0x08, 0x01, 0x60, 0x03, 0x7d, 0x7d, 0x7d, 0x01, 0x7d, 0x03, 0x02, 0x01, 0x00, 0x07, 0x05,
  0x01, 0x01, 0x66, 0x00, 0x00,
];

/** local.get i, f32x4.splat. */
const splatLocal = (i: number): number[] => [0x20, i, 0xfd, 0x13];

/** f(a, b, c): lane 0 of f32x4.relaxed_madd of the three, in one body of 20 bytes without locals. */
const relaxedMadd = [
  ...header,
  ...exportsF,
  0x0a,
  0x16,
  0x01,
  0x14,
  0x00,
  ...splatLocal(0),
  ...splatLocal(1),
  ...splatLocal(2),
  0xfd,
  0x85,
  0x02,
  0xfd,
  0x1f,
  0x00,
  0x0b,
];

export interface EngineFeatures extends WasmFeatures {
  /** Does a relaxed multiply-add round once? Null without relaxed SIMD. */
  readonly fusedMultiplyAdd: boolean | null;
  readonly sharedMemory: boolean;
}

export function engineFeatures(): EngineFeatures {
  const features = detectWasm();
  return {
    ...features,
    fusedMultiplyAdd: features.relaxedSimd ? roundsOnce() : null,
    sharedMemory: WebAssembly.validate(Uint8Array.from(sharedMemory)),
  };
}

/** (1 + 2⁻¹²)² = 1 + 2⁻¹¹ + 2⁻²⁴; rounding the product to f32 first loses the last term. */
function roundsOnce(): boolean {
  const module = new WebAssembly.Module(Uint8Array.from(relaxedMadd));
  const f = new WebAssembly.Instance(module).exports["f"] as (
    a: number,
    b: number,
    c: number,
  ) => number;
  const a = 1 + 2 ** -12;
  return f(a, a, -(1 + 2 ** -11)) === 2 ** -24;
}
