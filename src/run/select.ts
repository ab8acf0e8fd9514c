import { OptionError } from "../base/errors.ts";
import type { Backend } from "./backend.ts";
import { reference } from "./reference.ts";
import { wasmBackend } from "./wasm.ts";

export type BackendName = "auto" | "wasm" | "reference";

/** The names `selectBackend` takes. */
export const backendNames: readonly BackendName[] = ["auto", "wasm", "reference"];

/**
 * The backend of that name; `auto` is the fastest one that runs here. Whoever prints a result
 * names the backend that was chosen.
 *
 * Errors: OptionError for an unknown name; BackendError if it does not run here.
 */
export async function selectBackend(name: BackendName = "auto"): Promise<Backend> {
  switch (name) {
    case "auto":
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
