import { fileURLToPath } from "node:url";
import { importPeer } from "./import-peer.ts";
import { serve } from "./serve.ts";
import { tfjsEngine } from "./tfjs-engine.ts";
import type { Tf, TfWasm } from "./tfjs-types.ts";

/** On its WebAssembly backend: SIMD, one thread. */
await serve(async () => {
  const { module: tf, version } = await importPeer<Tf>("@tensorflow/tfjs");
  const backend = await importPeer<TfWasm>("@tensorflow/tfjs-backend-wasm");
  backend.module.setWasmPaths(fileURLToPath(new URL("dist/", backend.directory)));
  backend.module.setThreadsCount(1);
  return tfjsEngine(tf, "wasm", `TensorFlow.js ${version}, wasm, SIMD`);
});
