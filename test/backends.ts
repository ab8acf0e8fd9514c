/** The backends that behaviour is tested on: whatever holds, holds on each of them. */
import type { Backend } from "../src/run/backend.ts";
import { reference } from "../src/run/reference.ts";
import { nativeBackendOn } from "../src/run/native.ts";
import { wasmBackend } from "../src/run/wasm.ts";
import { nativeHost } from "./native-host.ts";

export const backends: readonly Backend[] = [
  reference,
  wasmBackend(),
  wasmBackend({ fma: false }),
  ...(nativeHost === null ? [] : [nativeBackendOn(nativeHost)]),
];
