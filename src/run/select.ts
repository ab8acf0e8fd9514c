// The package decides by where it runs which module this is: see `imports` in package.json.
import { openNativeHost } from "#native-host";
import { BackendError, OptionError } from "../base/errors.ts";
import type { Backend } from "./backend.ts";
import type { NativeHost } from "./native-host.ts";
import { wasmBackend } from "./wasm.ts";

/** The names `selectBackend` takes. */
export const backendNames = ["auto", "native", "wasm", "reference"] as const;

export type BackendName = (typeof backendNames)[number];

export interface SelectOptions {
  /**
   * Threads that work on each step together; the results are bitwise the same for any number.
   * `reference` takes only one, and `wasm` in a browser more only where the page is cross-origin
   * isolated. Defaults to *1*: several runs at a time, one thread each, use a machine better than
   * one run on all of it.
   */
  readonly threads?: number;
}

/**
 * The backend of that name; `auto` is the fastest one that runs here: `native` where there is Node
 * and a C compiler that works, else `wasm`. A compiler that is there and does not work is told of
 * in the chosen backend's `note`. Whoever prints a result names the backend that was chosen.
 *
 * Errors: OptionError for an unknown name or number of threads; BackendError if it does not run here.
 */
export async function selectBackend(
  name: BackendName = "auto",
  { threads = 1 }: SelectOptions = {},
): Promise<Backend> {
  switch (name) {
    case "auto":
      return fastestBackend(threads);
    case "native":
      return nativeBackend(threads);
    case "wasm":
      return wasmBackend({ threads });
    case "reference":
      return (await import("./reference.ts")).reference;
    default:
      throw new OptionError(
        `selectBackend: name must be ${backendNames.join(", ")}, got ${JSON.stringify(name)}`,
      );
  }
}

async function fastestBackend(threads: number): Promise<Backend> {
  const found = await openNativeHost();
  if ("host" in found) return openNative(found.host, threads);
  const backend = wasmBackend({ threads });
  return found.broken ? { ...backend, note: `native is not used: ${found.reason}` } : backend;
}

async function nativeBackend(threads: number): Promise<Backend> {
  const found = await openNativeHost();
  if ("host" in found) return openNative(found.host, threads);
  throw new BackendError(`native: ${found.reason}`);
}

/** Loaded where there is a host for it, so that a page never carries what writes C. */
async function openNative(host: NativeHost, threads: number): Promise<Backend> {
  const { nativeBackendOn } = await import("./native.ts");
  return nativeBackendOn(host, threads);
}
