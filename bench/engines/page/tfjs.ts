import { tfjsEngine } from "../tfjs-engine.ts";
import type { Tf, TfWasm } from "../tfjs-types.ts";
import { answerWith } from "./answer.ts";

/** On the backend that the worker's address names. */
export function startTfjs(version: string, tf: Tf, wasm: TfWasm): void {
  answerWith(() => {
    const backend = new URL(self.location.href).searchParams.get("backend") ?? "wasm";
    wasm.setWasmPaths("/tfjs/");
    wasm.setThreadsCount(1);
    return tfjsEngine(tf, backend, `TensorFlow.js ${version}, ${backend}`);
  });
}
