/** What this engine's WebAssembly can do, found by validating the smallest module that uses it. */
import { emitModule } from "../emit/wasm/module.ts";
import { add, constantIndex, f32, fma, kernelBuilder, load } from "../loops/builder.ts";
import type { Buffer, Expr } from "../loops/ir.ts";

export interface WasmFeatures {
  readonly simd: boolean;
  /** Relaxed SIMD, which has the fused multiply-add. */
  readonly relaxedSimd: boolean;
}

export function detectWasm(): WasmFeatures {
  if (typeof WebAssembly === "undefined") return { simd: false, relaxedSimd: false };
  return {
    simd: validates((x) => add(x, f32(1, 4)), false),
    relaxedSimd: validates((x) => fma(x, x, x), true),
  };
}

function validates(compute: (x: Expr) => Expr, relaxedFma: boolean): boolean {
  const buffer: Buffer = { name: "probe", length: 4 };
  const k = kernelBuilder("probe");
  const x = k.let(load(buffer, constantIndex(0), { lanes: 4 }));
  k.store(buffer, constantIndex(0), compute(x));
  const memory = { minimum: 1, shared: false };
  return WebAssembly.validate(emitModule([k.finish()], { addressOf: () => 0, relaxedFma, memory }));
}
