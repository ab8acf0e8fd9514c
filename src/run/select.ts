// The package decides by where it runs which module this is: see `imports` in package.json.
import { openNativeHost } from "#native-host";
import { BackendError, OptionError } from "../base/errors.ts";
import type { Backend } from "./backend.ts";
import { nativeBackendOn } from "./native.ts";
import { reference } from "./reference.ts";
import { wasmBackend } from "./wasm.ts";

/** The names `selectBackend` takes. */
export const backendNames = ["auto", "native", "wasm", "reference"] as const;

export type BackendName = (typeof backendNames)[number];

/**
 * The backend of that name; `auto` is the fastest one that runs here: `native` where there is Node
 * and a C compiler that works, else `wasm`. A compiler that is there and does not work is told of
 * in the chosen backend's `note`. Whoever prints a result names the backend that was chosen.
 *
 * Errors: OptionError for an unknown name; BackendError if it does not run here.
 */
export async function selectBackend(name: BackendName = "auto"): Promise<Backend> {
  switch (name) {
    case "auto":
      return fastestBackend();
    case "native":
      return nativeBackend();
    case "wasm":
      return wasmBackend();
    case "reference":
      return reference;
    default:
      throw new OptionError(
        `selectBackend: name must be ${backendNames.join(", ")}, got ${JSON.stringify(name)}`,
      );
  }
}

async function fastestBackend(): Promise<Backend> {
  const found = await openNativeHost();
  if ("host" in found) return nativeBackendOn(found.host);
  const backend = wasmBackend();
  return found.broken ? { ...backend, note: `native is not used: ${found.reason}` } : backend;
}

async function nativeBackend(): Promise<Backend> {
  const found = await openNativeHost();
  if ("host" in found) return nativeBackendOn(found.host);
  throw new BackendError(`native: ${found.reason}`);
}
