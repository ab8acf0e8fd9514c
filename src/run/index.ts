/** Backends: where programs run. */
export {
  type Backend,
  type BufferView,
  type CompileOptions,
  type Executable,
  type Session,
} from "./backend.ts";
export { nativeBackendOn } from "./native.ts";
export type { NativeHost, NativeLibrary } from "./native-host.ts";
export { reference } from "./reference.ts";
export { type BackendName, type SelectOptions, backendNames, selectBackend } from "./select.ts";
export { detectWasm, type WasmFeatures } from "./wasm-features.ts";
export { wasmBackend, type WasmBackendOptions } from "./wasm.ts";
