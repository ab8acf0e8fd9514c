import { OptionError } from "../base/errors.ts";
import type { Backend } from "./backend.ts";
import { reference } from "./reference.ts";

export type BackendName = "auto" | "reference";

/**
 * The backend of that name; `auto` is the fastest one that runs here. Whoever prints a result
 * names the backend that was chosen.
 *
 * Errors: OptionError for an unknown name.
 */
export function selectBackend(name: BackendName = "auto"): Promise<Backend> {
  if (name === "auto" || name === "reference") return Promise.resolve(reference);
  throw new OptionError(`selectBackend: name must be "auto" or "reference", got ${JSON.stringify(name)}`);
}
