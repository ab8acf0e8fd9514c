import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PeakClass } from "../roster.ts";
import type { WasmPeak } from "./wasm-peak.ts";

/** GFLOP/s of one thread by class; null where the machine has no way to do or to build it. */
export type Peaks = Readonly<Record<PeakClass, number | null>>;

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Compiles the native kernel; null without a C compiler. */
export function buildNativePeak(scratch: string): string | null {
  const program = join(mkdtempSync(join(scratch, "peak-")), "native-peak");
  try {
    execFileSync("cc", ["-O3", "-march=native", pathOf("native-peak.c"), "-o", program], {
      stdio: "ignore",
    });
    return program;
  } catch {
    return null;
  }
}

/** Each in a fresh process, like the engines it is held against. */
export function measurePeaks(nativePeak: string | null): Peaks {
  const output = execFileSync(process.execPath, [pathOf("wasm-peak.ts")], { encoding: "utf8" });
  const wasm = JSON.parse(output) as WasmPeak;
  const native =
    nativePeak === null ? null : Number(execFileSync(nativePeak, { encoding: "utf8" }));
  return { "wasm-fma": wasm.fma, "wasm-no-fma": wasm.noFma, native };
}
